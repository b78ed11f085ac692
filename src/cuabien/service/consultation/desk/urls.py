"""Addresses of the desk, beneath /desk/; each view names the act that it is."""

from __future__ import annotations

from django.urls import path

from cuabien.service.consultation.desk import comments, consultations, entering, more

urlpatterns = [
    path("", comments.index, name="desk"),
    path("comments/", comments.comments, name="desk-comments"),
    path("comments/<slug:identity>/", comments.comment, name="desk-comment"),
    path("comments/<slug:identity>/who/", comments.who, name="desk-who"),
    path("comments/<slug:identity>/pictures/<slug:sha256>.webp", comments.picture, name="desk-picture"),
    path("comments/<slug:identity>/hide/", comments.hide, name="desk-hide"),
    path("comments/<slug:identity>/restore/", comments.restore, name="desk-restore"),
    path("comments/<slug:identity>/erase/", comments.erase, name="desk-erase"),
    path("comments/<slug:identity>/assign/", comments.assign, name="desk-assign"),
    path("comments/<slug:identity>/theme/", comments.theme, name="desk-theme"),
    path("comments/<slug:identity>/merge/", more.merge, name="desk-merge"),
    path("consultations/<slug:identity>/themes/", more.its_themes, name="desk-themes"),
    path("dialogue/", more.meetings, name="desk-dialogue"),
    path("dialogue/<slug:identity>/", more.meeting, name="desk-meeting"),
    path("answer/", comments.answer, name="desk-answer"),
    path("phrases/", comments.phrases, name="desk-phrases"),
    path("prepare/", consultations.prepare, name="desk-prepare"),
    path("consultations/<slug:identity>/", consultations.consultation, name="desk-consultation"),
    path("consultations/<slug:identity>/period/", consultations.period, name="desk-period"),
    path("consultations/<slug:identity>/agencies/", consultations.agencies, name="desk-agencies"),
    path("consultations/<slug:identity>/enter/", entering.enter, name="desk-enter"),
    path("consultations/<slug:identity>/steps/<slug:act>/", consultations.step, name="desk-step"),
    path("response/<slug:form>/", consultations.response, name="desk-response"),
    path("record/", consultations.record, name="desk-record"),
]

beside = [
    path("agency/<slug:key>/", entering.agency, name="agency"),
    path("dialogue/", more.calendar, name="dialogue"),
]
"""What belongs to the desk and is open to others: each says to whom."""

"""Addresses of the desk, beneath /desk/; each view names the act that it is."""

from __future__ import annotations

from django.urls import path

from cuabien.service.consultation.desk import comments

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
    path("answer/", comments.answer, name="desk-answer"),
    path("phrases/", comments.phrases, name="desk-phrases"),
]

"""Every address of the service. Pages stand twice: Vietnamese at /, English at /en/."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from cuabien.service import editions, ogc, pages, pages_of_edition, pages_of_record, pages_of_subjects
from cuabien.service.api import api
from cuabien.service.consultation import following
from cuabien.service.consultation import pages as consultation
from cuabien.service.consultation.desk.urls import beside as beside_the_desk
from cuabien.service.consultation.desk.urls import urlpatterns as desk
from cuabien.service.people import desk as people_desk
from cuabien.service.people.urls import urlpatterns as accounts
from cuabien.service.trying import pages as trying

urlpatterns = [
    path("api/v1/", api.urls),
    path("robots.txt", pages.robots),
    path("ogc/", ogc.answer),
    path("ogc/<path:path>", ogc.answer),
    path("editions/index.json", editions.index),
    path("editions/feed.atom", editions.feed),
    path("editions/<str:edition>/", editions.file),
    path("editions/<str:edition>/<path:path>", editions.file),
    path("ledger/ledger.jsonl", consultation.ledger_lines, name="ledger-lines"),
    path("ledger/roots.csv", consultation.ledger_roots, name="ledger-roots"),
    path(
        "comments/<slug:identity>/pictures/<slug:sha256>.webp", consultation.picture, name="comment-picture"
    ),
    path("favicon.ico", pages.favicon),
    *i18n_patterns(
        path("", pages.explorer, name="explorer"),
        path("areas/", pages.areas, name="areas"),
        path("areas/<str:identity>/", pages.area, name="area"),
        path("areas/<str:identity>/growth/", pages_of_subjects.growth_of, name="growth"),
        path("subjects/", pages_of_subjects.all_subjects, name="subjects"),
        path("subjects/<str:identity>/", pages_of_subjects.subject, name="subject"),
        path("connection/", pages_of_subjects.connection, name="connection"),
        path("compare/", pages_of_subjects.compare, name="compare"),
        path("try/", trying.form, name="try"),
        path("try/compare/", trying.compare, name="try-compare"),
        path("try/<str:identity>/", trying.change, name="tried"),
        path("projects/", pages.projects, name="projects"),
        path("projects/<str:identity>/", pages.project, name="project"),
        path("targets/", pages.targets, name="targets"),
        path("claims/", pages.claims, name="claims"),
        path("programme/", pages.programme, name="programme"),
        path("programme/<str:identity>/", pages.statement, name="statement"),
        path("checks/", pages.checks, name="checks"),
        path("indicators/", pages.indicators, name="indicators"),
        path("indicators/<str:identity>/", pages.indicator, name="indicator"),
        path("variables/<str:identity>/", pages.variable, name="variable"),
        path("flags/", pages.flags, name="flags"),
        path("peers/", pages.peers, name="peers"),
        path("layers/", pages.layers, name="layers"),
        path("layers/<str:identity>/", pages.layer, name="layer"),
        path("documents/", pages.documents, name="documents"),
        path("documents/<str:identity>/", pages.document, name="document"),
        path("sources/", pages.sources, name="sources"),
        path("sources/<str:identity>/", pages.source, name="source"),
        path("how-wrong/", pages.how_wrong, name="how-wrong"),
        path("editions/", editions.page, name="editions"),
        path("edition/", pages_of_edition.this_edition, name="edition"),
        path("record/", pages_of_record.index, name="record"),
        path("record/changes/<str:identity>/", pages_of_record.change, name="record-change"),
        path("record/<str:identity>/", pages_of_record.consultation, name="record-consultation"),
        path("record/<str:identity>/comments/<int:page>/", pages_of_record.comments, name="record-comments"),
        path("record/<str:identity>/answers/<int:page>/", pages_of_record.answers, name="record-answers"),
        path("consultations/", consultation.index, name="consultations"),
        path("consultations/<slug:identity>/", consultation.consultation, name="consultation"),
        path("consultations/<slug:identity>/feed.atom", consultation.feed, name="consultation-feed"),
        path("consultations/<slug:identity>/say/", consultation.say, name="say"),
        path("comments/<slug:identity>/", consultation.comment, name="comment"),
        path("comments/<slug:identity>/voice/", consultation.voice, name="voice"),
        path("comments/<slug:identity>/withdraw/", consultation.withdraw, name="withdraw"),
        path("follow/", following.follow, name="follow"),
        path("follow/<slug:key>/", following.following, name="following"),
        path("receipts/", consultation.receipts, name="receipts"),
        path("ledger/", consultation.ledger_page, name="ledger"),
        path("ledger/log/", consultation.log, name="moderation-log"),
        path("about/", pages.about, name="about"),
        path("accounts/", include(accounts)),
        path("desk/", include(desk)),
        *beside_the_desk,
        path("desk/roles/", people_desk.roles, name="desk-roles"),
        path("desk/deeds/", people_desk.record, name="desk-deeds"),
        prefix_default_language=False,
    ),
]

handler400 = "cuabien.service.pages.bad_request"
handler404 = "cuabien.service.pages.not_found"
handler429 = "cuabien.service.people.pages.too_many"
handler500 = "cuabien.service.pages.broken"

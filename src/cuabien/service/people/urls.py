"""The addresses of accounts, under /accounts/ and /en/accounts/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from cuabien.service.people import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.account, name="account"),
    path("data/", pages.data, name="account-data"),
    path("sessions/", pages.sessions, name="account-sessions"),
    path("delete/", pages.delete, name="account-delete"),
    path("deleted/", pages.deleted, name="account-deleted"),
    path("", include("allauth.account.urls")),
    path("second-factor/", include("allauth.mfa.urls")),
    path("other/", include("allauth.socialaccount.urls")),
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),
]

"""The application of accounts, roles and the record of official acts."""

from __future__ import annotations

from django.apps import AppConfig


class People(AppConfig):
    name = "cuabien.service.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cuabien.service.people import signals

        signals.connect()

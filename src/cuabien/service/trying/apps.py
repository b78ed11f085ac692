"""The one application of the service that has tables."""

from __future__ import annotations

from django.apps import AppConfig


class Trying(AppConfig):
    name = "cuabien.service.trying"
    label = "trying"
    default_auto_field = "django.db.models.BigAutoField"

"""The application of the service that holds what was said, answered and promised."""

from __future__ import annotations

from django.apps import AppConfig


class Consultation(AppConfig):
    name = "cuabien.service.consultation"
    label = "consultation"
    default_auto_field = "django.db.models.BigAutoField"

"""Where sessions are kept: in our table, with whose they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as InDatabase


class SessionStore(InDatabase):
    @classmethod
    def get_model_class(cls) -> Any:
        from cuabien.service.people.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = UUID(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        return row

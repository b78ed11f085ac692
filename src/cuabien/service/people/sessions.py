"""Where sessions are kept: in our table, with whose they are and since when they are signed in."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any
from uuid import UUID

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
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
        steps = data.get(AUTHENTICATION_METHODS_SESSION_KEY) or [{"at": time.time()}]
        row.made_at = dt.datetime.fromtimestamp(steps[0]["at"], dt.UTC)
        return row

"""Ten characters at least, in our own words: Django's refusal of a short password has no Vietnamese."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

SHORTEST = 10


class LongEnough:
    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < SHORTEST:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        return gettext("The password has %(least)s characters or more.") % {"least": SHORTEST}

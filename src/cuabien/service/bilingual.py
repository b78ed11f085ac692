"""The service's words in both languages at once, for answers that do not know their reader (the API)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import translation
from django.utils.translation import gettext

LANGUAGES = ("vi", "en")


def both(template: str, /, **values: object) -> dict[str, str]:
    """{"vi": ..., "en": ...} of one English msgid with %(name)s places."""
    words = {}
    for language in LANGUAGES:
        with translation.override(language):
            text = gettext(template)
            words[language] = text % values if values else text
    return words


def named(item: object, field: str = "name") -> dict[str, str]:
    """{"vi": item.name_vi, "en": item.name_en}; where one is blank, the other stands for it."""

    def read(key: str) -> str:
        value = item.get(key) if isinstance(item, Mapping) else getattr(item, key, None)
        return str(value) if value else ""

    vi, en = read(f"{field}_vi"), read(f"{field}_en")
    return {"vi": vi or en, "en": en or vi}

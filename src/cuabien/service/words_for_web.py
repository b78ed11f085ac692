"""The English msgids that the explorer (TypeScript) shows; the page hands it their translations.

The list is that of web/src/words.json, and a test keeps them equal. `noop` only marks them for the catalogue.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as noop

WORDS: tuple[str, ...] = (noop("Map"),)

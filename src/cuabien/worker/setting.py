"""Django's settings for a process that is not the server; what it keeps lies in the home that it is told."""

from __future__ import annotations

import os
from pathlib import Path


def set_up(folder: Path, home: Path) -> None:
    import django

    os.environ["CUABIEN_PLAN"], os.environ["CUABIEN_HOME"] = str(folder), str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "cuabien.service.settings"
    django.setup()

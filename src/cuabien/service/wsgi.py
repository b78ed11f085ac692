"""The application for a WSGI server (`cuabien serve` runs it in waitress)."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cuabien.service.settings")

application = get_wsgi_application()

"""Django's settings: safe as they stand, changed only through the environment.

The service shows one plan and its latest run, and loads nothing from another host. Whoever reads it meets no session and
no cookie; those who sign in have both. Its database holds the queue of changes that people try, and accounts.

    CUABIEN_PLAN            the plan's folder                     (plans/hai-phong)
    CUABIEN_HOME            runs and the secret                   (var/)
    CUABIEN_EDITIONS        a folder of published editions        (none)
    CUABIEN_SECRET_KEY      instead of the secret in the home
    CUABIEN_ALLOWED_HOSTS   host names, parted by commas          (localhost, 127.0.0.1, [::1])
    CUABIEN_HTTPS           1 behind a TLS proxy: redirects and HSTS
    CUABIEN_READS_A_SECOND  what one address may ask, sustained   (60; bursts of ten times that)
    DATABASE_URL            postgresql://user@host/name           (SQLite in the home)
    CUABIEN_TRIES_AT_ONCE   changes of one visitor under way      (2)
    CUABIEN_TRIES_AN_HOUR   changes modelled for one visitor      (60)
    CUABIEN_TRY_SECONDS     what modelling one change may take    (60)
    CUABIEN_TRY_MEMORY_MB   and what memory, in MiB               (4096)
    CUABIEN_TRIED_MB        room for first looks at changes, MiB  (2048)
    CUABIEN_SMTP            smtp://user:password@host:587, smtps: (letters become files in the home, outbox/)
    CUABIEN_MAIL_FROM       who letters come from                 (cua-bien@localhost)
    CUABIEN_OIDC_SERVER     an OpenID Connect provider's address  (none: no sign-in by it)
    CUABIEN_OIDC_CLIENT     our id there
    CUABIEN_OIDC_SECRET     our secret there
    CUABIEN_OIDC_NAME       what the provider is called           (OpenID Connect)
"""

from __future__ import annotations

import os
from pathlib import Path

from cuabien.service.database import database_of
from cuabien.service.people.outside import mail_of, provider_of
from cuabien.service.secret import read_or_make

HERE = Path(__file__).parent

CUABIEN_PLAN = Path(os.environ.get("CUABIEN_PLAN", "plans/hai-phong"))
CUABIEN_HOME = Path(os.environ.get("CUABIEN_HOME", "var"))
CUABIEN_EDITIONS = os.environ.get("CUABIEN_EDITIONS", "")
CUABIEN_READS_A_SECOND = float(os.environ.get("CUABIEN_READS_A_SECOND", "60"))
CUABIEN_TRIES_AT_ONCE = int(os.environ.get("CUABIEN_TRIES_AT_ONCE", "2"))
CUABIEN_TRIES_AN_HOUR = int(os.environ.get("CUABIEN_TRIES_AN_HOUR", "60"))
CUABIEN_TRY_SECONDS = float(os.environ.get("CUABIEN_TRY_SECONDS", "60"))
CUABIEN_TRY_MEMORY_MB = float(os.environ.get("CUABIEN_TRY_MEMORY_MB", "4096"))
CUABIEN_TRIED_MB = float(os.environ.get("CUABIEN_TRIED_MB", "2048"))

SECRET_KEY = os.environ.get("CUABIEN_SECRET_KEY") or read_or_make(CUABIEN_HOME)
DEBUG = False
ALLOWED_HOSTS = [
    host.strip()
    for host in os.environ.get("CUABIEN_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
    if host.strip()
]

ROOT_URLCONF = "cuabien.service.urls"
WSGI_APPLICATION = "cuabien.service.wsgi.application"
INSTALLED_APPS = [
    "cuabien.service",
    "cuabien.service.trying.apps.Trying",
    "cuabien.service.people.apps.People",
    "cuabien.service.consultation.apps.Consultation",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
DATABASES = {"default": database_of(CUABIEN_HOME, os.environ.get("DATABASE_URL", ""))}
APPEND_SLASH = True

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "cuabien.service.middleware.quiet_headers",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cuabien.service.middleware.fair_share",
    "cuabien.service.middleware.squeeze",
    "django.middleware.http.ConditionalGetMiddleware",
    "cuabien.service.middleware.language_of_address",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
"""Sessions and accounts are looked up only by a view that asks who somebody is: the pages of the plan never do."""

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {
            "context_processors": ["cuabien.service.pages.frame"],
            "libraries": {
                "cuabien": "cuabien.service.templatetags.cuabien",
                "people": "cuabien.service.people.tags",
            },
            "builtins": ["cuabien.service.templatetags.cuabien", "django.templatetags.i18n"],
        },
    }
]

# ---- languages: Vietnamese at /, English at /en/ -----------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [HERE.parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

# ---- files: the built explorer, served by the application itself ----------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = HERE / "static"
WHITENOISE_MAX_AGE = 3600
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/explorer/assets/.+-[A-Za-z0-9_-]{8,}\.\w+$"
"""Vite puts a hash into these names, so they never change."""

# ---- what a browser may do with our pages ------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "child-src": ["blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), payment=(), usb=()"
)
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
HTTPS = os.environ.get("CUABIEN_HTTPS") == "1"
CUABIEN_ADDRESS = os.environ.get("CUABIEN_ADDRESS", "") or (
    f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if HTTPS and ALLOWED_HOSTS else "http://localhost:8000"
)
"""Where people reach the service, for the links in letters that no request is near to."""
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

# ---- who signs in ---------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_DJANGOS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name, "OPTIONS": options}
    for name, options in (
        ("cuabien.service.people.passwords.LongEnough", {}),
        (f"{_DJANGOS}.UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        (f"{_DJANGOS}.CommonPasswordValidator", {}),
        (f"{_DJANGOS}.NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
PASSWORD_RESET_TIMEOUT = 3600

SESSION_ENGINE = "cuabien.service.people.sessions"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
"""Of residents; an official's session ends much sooner (people/guard.py)."""
CSRF_COOKIE_NAME = "__Host-form" if HTTPS else "form"
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "cuabien.service.people.guard.no_token"

ACCOUNT_ADAPTER = "cuabien.service.people.adapters.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FORM_CLASS = "cuabien.service.people.forms.SignUp"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1
ACCOUNT_EMAIL_CONFIRMATION_HMAC = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "cuabien.service.people.adapters.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "cuabien.service.people.adapters.ThirdParties"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = provider_of(os.environ)

EMAIL_BACKEND, _SMTP = mail_of(os.environ.get("CUABIEN_SMTP", ""))
globals().update(_SMTP)  # the server's EMAIL_… settings, where one is named
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("CUABIEN_MAIL_FROM", "cua-bien@localhost")

DATA_UPLOAD_MAX_MEMORY_SIZE = 288 * 1024
"""The largest change that may be tried, and the form around it."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "cuabien": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}

"""All settings, read from the environment by typed readers.

Each name is documented in docs/reference/settings.md.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from relasi.site.environment import database, env_bool, env_list, env_text, mail

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules or "PYTEST_VERSION" in os.environ

DATA_DIR = Path(
    env_text(
        "RELASI_DATA_DIR",
        tempfile.mkdtemp(prefix="relasi-test-") if TESTING else str(BASE_DIR.parent / "data"),
    )
).resolve()
(DATA_DIR / "static").mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """The key from the environment, or one made at first start and kept in the data folder (mode 600)."""
    if given := env_text("RELASI_SECRET_KEY", ""):
        return given
    path = DATA_DIR / "secret.key"
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = env_bool("RELASI_DEBUG", False)
ALLOWED_HOSTS = env_list("RELASI_HOSTS", ["127.0.0.1", "localhost", "[::1]", "testserver"])
RELASI_HTTPS = env_bool("RELASI_HTTPS", False)
RELASI_PUBLIC_URL = env_text("RELASI_PUBLIC_URL", f"http://127.0.0.1:{env_text('PORT', '8000')}")
RELASI_JOBS = env_text("RELASI_JOBS", "database")
RELASI_BROKER_URL = env_text("RELASI_BROKER_URL", "")
RELASI_BROKER_QUEUES = env_text("RELASI_BROKER_QUEUES", "relasi")
RELASI_WAREHOUSE_URL = env_text("RELASI_WAREHOUSE_URL", f"duckdb://{DATA_DIR}/warehouse.duckdb")
RELASI_LOCAL_MAIL = env_bool("RELASI_LOCAL_MAIL", False)
RELASI_DNS = env_list("RELASI_DNS", [])
RELASI_MAIL_SIGN_IN = {  # the application the company registered there: (its id, its secret)
    "google": (env_text("RELASI_GOOGLE_CLIENT", ""), env_text("RELASI_GOOGLE_SECRET", "")),
    "microsoft": (env_text("RELASI_MICROSOFT_CLIENT", ""), env_text("RELASI_MICROSOFT_SECRET", "")),
}
RELASI_STORAGE_URL = env_text("RELASI_STORAGE_URL", f"file://{DATA_DIR}/files")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "relasi.kit.jobs",
    "relasi.kit.events",
    "relasi.kit.records",
    "relasi.kit.access",
    "relasi.kit.search",
    "relasi.kit.ui",
    "relasi.kit.resources",
    "relasi.channels",
    "relasi.parties",
    "relasi.catalog",
    "relasi.conversations",
    "relasi.activities",
    "relasi.sales",
    "relasi.administration",
    "relasi.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "relasi.kit.ui.middleware.ContentSecurityPolicy",
    "relasi.kit.ui.middleware.BodiesThatFit",
    "relasi.kit.ui.built.BuiltFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "relasi.kit.ui.middleware.TextWithoutNul",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "relasi.kit.ui.middleware.NothingKept",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "relasi.kit.access.middleware.ReaderPreferences",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "relasi.kit.access.middleware.SignedIn",
    "relasi.kit.access.middleware.SecondFactorFirst",
    "relasi.kit.access.middleware.SeenLately",
]

ROOT_URLCONF = "relasi.site.urls"
WSGI_APPLICATION = "relasi.site.wsgi.application"

_CONTEXT = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": False,
        "DIRS": sorted(BASE_DIR.glob("**/templates")),
        "OPTIONS": {
            "environment": "relasi.kit.ui.jinja.environment",
            "context_processors": [*_CONTEXT, "relasi.kit.ui.context.frame"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _CONTEXT},
    },
]

DATABASES = {"default": database(env_text("RELASI_DATABASE_URL", f"sqlite:///{DATA_DIR}/relasi.sqlite3"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/key,100/15m/ip", "login": "300/m/ip"}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {"login": "relasi.kit.access.forms.SignInForm"}
ACCOUNT_ADAPTER = "relasi.kit.access.adapter.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up: every address comes from who invited
MFA_TOTP_ISSUER = "Relasi"
MFA_ADAPTER = "relasi.kit.access.adapter.SecondFactorAdapter"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not RELASI_HTTPS
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if RELASI_HTTPS else "http"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ALLAUTH_TRUSTED_PROXY_COUNT = int(env_text("RELASI_PROXIES", "0"))
USERSESSIONS_TRACK_ACTIVITY = False
# Shared by every web process: tries at signing in are counted in it, so it must not be emptied by filling it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kit_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = RELASI_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if RELASI_HTTPS else 0
if RELASI_HTTPS and ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [RELASI_PUBLIC_URL] if "://" in RELASI_PUBLIC_URL else []

LANGUAGE_CODE = env_text("RELASI_LANGUAGE", "id")
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "site" / "locale"]
TIME_ZONE = env_text("RELASI_TIME_ZONE", "Asia/Jakarta")
USE_I18N = USE_TZ = True
RELASI_CURRENCY = env_text("RELASI_CURRENCY", "IDR")

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = DATA_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
RELASI_MAX_UPLOAD_MB = 100

globals().update(mail(env_text("RELASI_SMTP_URL", "")))

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "relasi.site.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {  # how a document is set is no news
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
    },
    "root": {
        "handlers": ["console"],
        "level": env_text("RELASI_LOG_LEVEL", "WARNING" if TESTING else "INFO"),
    },
}

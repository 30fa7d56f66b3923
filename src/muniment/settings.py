"""Django's settings: safe as they stand; every value an operator may change comes through core.config."""

import hmac
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from muniment.core import config

if TYPE_CHECKING:
    from muniment.core.config.database import DatabaseRole

CONFIG = config.current()

DEBUG = False


def _secret() -> str:
    """Return the key that signs links and tokens, derived from the server key's file.

    Without that file it is random and forgotten: a missing key is never "no check".
    """
    if not CONFIG.server_key.is_file():
        return secrets.token_hex(32)
    return hmac.new(CONFIG.server_key.read_bytes(), b"muniment/web/signing", "sha256").hexdigest()


SECRET_KEY = _secret()
ALLOWED_HOSTS = [*CONFIG.host, "localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "muniment.core",
    "muniment.trust.clients",
    "muniment.trust.vault",
    "muniment.trust.audit",
    "muniment.trust.access",
    "muniment.trust.identity",
    "muniment.trust.custody",
    "muniment.trust.disclosure",
    "muniment.trust.oversight",
    "muniment.trust.federation",
    "muniment.trust.retention",
    "muniment.portal.documents",
    "muniment.web",
]

MIDDLEWARE = [
    "muniment.web.middleware.security.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "muniment.web.middleware.turns.SignInsInTurn",
    "muniment.web.middleware.pages.PagesInLog",
    "muniment.web.middleware.promises.Promises",
    "muniment.web.middleware.refusals.Refusals",
    "muniment.web.middleware.limits.BodyLimits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "muniment.trust.identity.middleware.RequireFactor",
    "muniment.web.middleware.actors.Actors",
    "muniment.web.middleware.looking.OnlyLooking",
    "muniment.web.middleware.cards.CardNumbers",
    "muniment.web.middleware.pages.BytesInLog",
]

ROOT_URLCONF = "muniment.web.urls"
WSGI_APPLICATION = "muniment.operations.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "web" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.static",
                "muniment.web.templatetags.ids",
                "muniment.web.templatetags.display",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "muniment.web.context.shell",
            ],
        },
    }
]
COTTON_DIR = "cotton"


def _database() -> dict[str, Any]:
    """Return where the database is, and as which of its roles this process speaks to it."""
    role = cast("DatabaseRole", os.environ.get("_MUNIMENT_DATABASE_ROLE", "app"))
    server = config.connection(CONFIG, role)
    options: dict[str, Any] = dict(server.options)
    if role == "app":
        # Persistent connections for a hundred threads would cost a backend each; a download gives its own back first.
        # After an outage it tries again at once: the pool's own pauses between tries would grow to minutes.
        # Who finds the database away is told within `timeout`; who finds all connections in use waits on (see backend).
        options["pool"] = {"min_size": 1, "max_size": 24, "timeout": 2, "reconnect_timeout": 2}
    return {
        "ENGINE": "muniment.core.db.backend",
        "HOST": server.host,
        "PORT": str(server.port),
        "NAME": server.dbname,
        "USER": server.user,
        "PASSWORD": server.password or "",
        "CONN_MAX_AGE": 0 if role == "app" else None,
        "CONN_HEALTH_CHECKS": True,  # or after a restart of the database every pooled connection costs one 503
        "OPTIONS": options,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "muniment.core.db.cache.SharedCache"}}

AUTH_USER_MODEL = "identity.Person"
PASSWORD_HASHERS = ["muniment.trust.identity.strength.hashing.Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "muniment.trust.identity.passwords.KnownPasswords"},
    {"NAME": "muniment.trust.identity.passwords.EasyPasswords"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

ACCOUNT_ADAPTER = "muniment.trust.identity.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = False  # its counters are not atomic; identity.limits counts instead
MFA_ADAPTER = "muniment.trust.identity.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Muniment"
MFA_RECOVERY_CODE_COUNT = 10
ALLAUTH_TRUSTED_PROXY_COUNT = CONFIG.trusted_proxies

SESSION_ENGINE = "muniment.trust.identity.sessions"
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = CONFIG.session_hours * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_SAVE_EVERY_REQUEST = False
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "muniment.web.views.errors.csrf_failed"
SECURE_SSL_REDIRECT = False  # the plain listener redirects; this process speaks TLS only
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 1  # of the one page that takes a file, in memory; everywhere else none is taken
FILE_UPLOAD_HANDLERS = ["muniment.web.middleware.limits.NoFiles"]

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = Path(__file__).parent / "web" / "static"  # built and committed: nothing is collected
WHITENOISE_MAX_AGE = 3600

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

EMAIL_BACKEND = "muniment.trust.identity.mail.Backend"
DEFAULT_FROM_EMAIL = CONFIG.mail_from

LOGGING_CONFIG = None
SILENCED_SYSTEM_CHECKS = [
    "security.W001",  # Django's SecurityMiddleware: muniment.web.middleware.security sets more, on more answers
    "security.W002",  # X-Frame-Options: the same
    "security.W008",  # SSL redirect: the plain listener does it
    "security.W003",  # CsrfViewMiddleware is there; the check wants it by position
]

"""The settings of the site. They come from the environment, with a default for everything; nothing is started here."""

from __future__ import annotations

import os
import secrets
import urllib.parse
from pathlib import Path

from mianzheng.site import logs
from mianzheng.site.postgres import place


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


PACKAGE = Path(__file__).resolve().parents[1]
MIANZHENG_HOME = place.home()
DEMO_MARK = MIANZHENG_HOME / "demo"
DEMO = _flag("MIANZHENG_DEMO", default=DEMO_MARK.exists())
"""A demo city: a bar signs in with one click, the clock and the registers can be moved. `demo build` leaves the mark, and
only in a city without people; MIANZHENG_DEMO=0 turns everything of the demo off."""

DEMO_PEOPLE = int(os.environ.get("MIANZHENG_DEMO_PEOPLE", "20000"))
DEMO_ORGANISATIONS = int(os.environ.get("MIANZHENG_DEMO_ORGANISATIONS", "3400"))
MIANZHENG_LOG = os.environ.get("MIANZHENG_LOG", "")
"""The name under which the log is sealed; the city's package gives it where nothing is said."""
CITY = os.environ.get("MIANZHENG_CITY") or str(PACKAGE.parents[1] / "cities" / "yiwu")
"""The folder of the city package that is loaded when no city is in force."""

DEBUG = _flag("MIANZHENG_DEBUG")
ALLOWED_HOSTS = os.environ.get("MIANZHENG_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host not in {"127.0.0.1", "[::1]", "testserver"}]


def _secret_key() -> str:
    """Return the key that signs sessions, made at the first start in a file nobody else can read."""
    file = MIANZHENG_HOME / "secret.key"
    try:
        return file.read_text("ascii")
    except FileNotFoundError:
        MIANZHENG_HOME.mkdir(mode=0o711, parents=True, exist_ok=True)
    fresh = secrets.token_urlsafe(48)
    draft = MIANZHENG_HOME / f"secret.key.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(fresh, "ascii")
    try:
        os.link(draft, file)  # fails when another process was first: then its key is the one
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return file.read_text("ascii")


SECRET_KEY = os.environ.get("MIANZHENG_SECRET_KEY") or _secret_key()

# --- what the site is made of -------------------------------------------------------------------------------------

DOMAINS = [
    "site",
    "demo",
    "insight",
    "oversight",
    "reform",
    "cases",
    "gateway",
    "evidence",
    "credit",
    "centre",
    "catalogue",
    "people",
    "audit",
    "web",
]
DOMAINS = [name for name in DOMAINS if (PACKAGE / name / "apps.py").exists()]
"""The domains that are there, highest first, so that a higher one may override a template of a lower one."""

INSTALLED_APPS = [
    *(f"mianzheng.{name}" for name in DOMAINS),
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.idp.oidc",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mianzheng.site.headers.SecurityHeaders",
    "mianzheng.web.middleware.WrongMethodPage",
    "mianzheng.web.middleware.VisibleText",
]
CSRF_FAILURE_VIEW = "mianzheng.site.pages.stale_form"

ROOT_URLCONF = "mianzheng.site.urls"
WSGI_APPLICATION = "mianzheng.site.wsgi.application"
ASGI_APPLICATION = "mianzheng.site.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                *(["mianzheng.site.context.page"] if (PACKAGE / "site" / "context.py").exists() else []),
            ],
            "builtins": ["mianzheng.web.templatetags.ui"]
            if (PACKAGE / "web" / "templatetags" / "ui.py").exists()
            else [],
        },
    }
]

# --- the database -------------------------------------------------------------------------------------------------

DATABASE_URL = os.environ.get("DATABASE_URL", "")


def _database() -> dict[str, object]:
    """Read DATABASE_URL (postgresql://user:password@host:port/name), or point at the embedded server's socket."""
    one_plan = "-c plan_cache_mode=force_generic_plan"  # of statements asked again and again, see `web.planned`
    options: dict[str, object] = {"connect_timeout": 5, "options": one_plan}
    common = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
    if not DATABASE_URL:
        where = place.Place(MIANZHENG_HOME)
        return {**common, "NAME": place.USER, "USER": place.USER, "HOST": str(where.socket)}
    url = urllib.parse.urlsplit(DATABASE_URL)
    extra = dict(urllib.parse.parse_qsl(url.query))
    if "options" in extra:
        extra["options"] = f"{one_plan} {extra['options']}"
    return {
        **common,
        "NAME": urllib.parse.unquote(url.path.lstrip("/")) or place.USER,
        "USER": urllib.parse.unquote(url.username or ""),
        "PASSWORD": urllib.parse.unquote(url.password or ""),
        "HOST": extra.pop("host", None) or url.hostname or "127.0.0.1",
        "PORT": str(url.port or ""),
        "OPTIONS": options | extra,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ADAPTERS: dict[str, str] = (
    {
        "cases.trials": "mianzheng.demo.adapters.trials.StoryAnswers",
        "centre.connectors": "mianzheng.demo.adapters.outside.Outside",
    }
    if DEMO
    else {}
)
"""Which adapter answers at a port, where it is not the port's own default: name of the plug -> dotted path."""

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# --- people and sign-in -------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "mianzheng.people.adapters.signin.SignIn"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
IDP_OIDC_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # no client without a secret
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 3600
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/my/"
LOGOUT_REDIRECT_URL = "/"

# --- language and time --------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_I18N = True
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- files --------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "site" / "static"] if (PACKAGE / "site" / "static").exists() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None  # served from the packages themselves: nothing to collect, nothing to forget
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 1000  # a page says how many it takes
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "mianzheng.web.uploads.SealedUpload",  # larger files: never in plain text on disk
]

# --- safety -------------------------------------------------------------------------------------------------------

HTTPS = _flag("MIANZHENG_HTTPS")
"""Set where a proxy in front speaks HTTPS; cookies then never travel without it."""
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",  # widths of bars are written on the element
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

# --- logs ---------------------------------------------------------------------------------------------------------

LOGGING = logs.settings(os.environ.get("MIANZHENG_LOG", "json"))
logs.configure()

SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]  # HTTPS is the proxy's

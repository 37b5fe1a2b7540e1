"""Django settings. Everything an installation changes comes from the environment; see docs/operations."""

import os
from pathlib import Path

import dj_database_url
from django.utils.translation import gettext_lazy as _

from opscharter.config.environment import data_folder, flag, replica_database, secret_key
from opscharter.config.identity import directory_backends, directory_settings, provider_apps, social_providers

PACKAGE = Path(__file__).resolve().parents[1]
"""The folder of the product's code."""
DATA = data_folder()

SECRET_KEY = secret_key(DATA)
DEBUG = flag("DEBUG")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]
COMPANY_NAME = os.environ.get("OPSCHARTER_COMPANY", "華瑞運維服務有限公司")
"""Shown in the rail; the default is the fictional company of the demo."""
DEMO_MODE = flag("OPSCHARTER_DEMO", default=True)
"""In demo mode the sign-in page shows the demo accounts."""
TLS = flag("OPSCHARTER_TLS")
"""Set when browsers reach the site by https: cookies are then sent over TLS only."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    # The kernel comes before allauth, so that its sign-in pages are the ones shown.
    "opscharter.kernel",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    *provider_apps(os.environ),
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "template_partials",
    "django_tasks",
    "django_tasks_db",
    "opscharter.charter",
    "opscharter.organization",
    "opscharter.customers",
    "opscharter.assets",
    "opscharter.service",
    "opscharter.flows",
    "opscharter.boards",
    "opscharter.demo",
    "opscharter.config",
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
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "opscharter.kernel.web.middleware.ActorMiddleware",
    "opscharter.kernel.web.sign_in.PasswordChangeMiddleware",
    "opscharter.kernel.web.providers.ProviderAwayMiddleware",
    # Last: by then it is known, from the primary, who asks.
    "opscharter.kernel.replica.ReplicaMiddleware",
]

ROOT_URLCONF = "opscharter.config.urls"
WSGI_APPLICATION = "opscharter.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "opscharter.kernel.web.shell.shell_context",
            ],
        },
    },
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{DATA / 'opscharter.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a transaction that will write takes the lock at once instead of failing half-way when it upgrades.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; "
        "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;",
    }
REPLICA_MOST_LAG = float(os.environ.get("DATABASE_REPLICA_MAX_LAG", "5"))
"""Seconds a replica may be behind and still be read."""
if replica_url := os.environ.get("DATABASE_REPLICA_URL"):
    DATABASES["replica"] = replica_database(replica_url, DATABASES["default"])  # type: ignore[assignment]
    DATABASE_ROUTERS = ["opscharter.kernel.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "kernel.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    *directory_backends(os.environ),
]
globals().update(directory_settings(os.environ))
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "opscharter.kernel.web.sign_in.SignInAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # an address without an account gets no mail that invites to sign up
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/300s/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_FORMS = {
    "add_webauthn": "opscharter.kernel.web.passkeys.AddKeyForm",
    "edit_webauthn": "opscharter.kernel.web.passkeys.EditKeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts come from the company: nobody opens one in another's name
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not TLS
SOCIALACCOUNT_PROVIDERS = social_providers(os.environ)
SOCIALACCOUNT_ADAPTER = "opscharter.kernel.web.sign_in.OutsideSignInAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = TLS
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 12
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

LANGUAGE_CODE = "zh-hant"
LANGUAGES = [("zh-hant", _("Traditional Chinese")), ("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("OPSCHARTER_TIME_ZONE", "Asia/Shanghai")
PHONE_REGIONS = [code for code in os.environ.get("OPSCHARTER_PHONE_REGIONS", "CN,TW,HK,MO").split(",") if code]

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_ROOT = DATA / "files"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600
MAX_FILE_BYTES = 25 * 1024 * 1024
MAX_MAIL_BYTES = int(os.environ.get("MAX_MAIL_MB", "40")) * 1024 * 1024
"""Larger mails are refused with a reason; an attachment grows by a third on its way."""
MAX_MAIL_FILES_BYTES = int(os.environ.get("MAX_MAIL_FILES_MB", "15")) * 1024 * 1024
"""So much of a ticket's files goes with one mail to a customer; what is larger is named, and lies in the portal."""

PUBLIC_URL = os.environ.get("PUBLIC_URL", f"http://localhost:{os.environ.get('PORT', '8000')}").rstrip("/")
"""Where people reach this installation: the links in messages begin with it."""

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = DATA / "mail"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "opscharter@localhost")

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "opscharter.kernel.api.authentication.TokenAuthentication",
        "opscharter.kernel.api.authentication.PageSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "opscharter.kernel.api.errors.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "OpsCharter API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # Choices stay in their fields: names given to them apart would change whenever a chapter is added.
    "POSTPROCESSING_HOOKS": [],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}

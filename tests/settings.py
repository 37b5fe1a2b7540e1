"""The product's settings with what only tests need: the small library app, and passwords that are quick to hash."""

from opscharter.config.settings import *  # noqa: F403
from opscharter.config.settings import INSTALLED_APPS as PRODUCT_APPS

PROVIDERS = [f"allauth.socialaccount.providers.{name}" for name in ("openid_connect", "saml")]
INSTALLED_APPS = [*PRODUCT_APPS, *PROVIDERS, "tests.kernel.testapp"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

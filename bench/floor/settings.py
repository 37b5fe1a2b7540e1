"""Settings of the floor: the product's database and time zone, and nothing else."""

from pathlib import Path

from opscharter.config.settings import DATABASES, SECRET_KEY, TIME_ZONE, USE_TZ  # noqa: F401  # taken as they are

ALLOWED_HOSTS = ["*"]
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.floor.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
    }
]

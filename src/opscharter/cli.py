"""The `opscharter` console command: Django's management commands under short, fixed names."""

import os
import sys


def main() -> None:
    """Run a management command; `opscharter audit verify` is `manage.py audit verify`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opscharter.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["opscharter", *sys.argv[1:]])

"""Make the tables, a queue and an engineer; runs with django-helpdesk's own Python."""

import json
from importlib.metadata import version

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402  # after the setup
from django.core.management import call_command  # noqa: E402
from helpdesk.models import Queue  # noqa: E402

call_command("migrate", verbosity=0)
call_command("loaddata", "emailtemplate.json", verbosity=0)
queue = Queue.objects.create(title="General", slug="general", allow_public_submission=True)
user = get_user_model().objects.create_user("engineer", "engineer@peer.test", "peer-engineer-1", is_staff=True)
print("OUT " + json.dumps({"queue": queue.pk, "user": user.pk, "version": version("django-helpdesk")}))

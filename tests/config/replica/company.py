"""A program that the test of the replica runs: brings a database up to date, and prints two people's keys as JSON."""

import json

import django


def main() -> None:
    """Make two administrators, signed in, each with a key."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    from opscharter.kernel.access.actor import actor_for, system_actor
    from opscharter.kernel.api.tokens import issue
    from opscharter.kernel.users.models import User
    from opscharter.organization.seed import install_roles

    call_command("migrate", verbosity=0, interactive=False)
    install_roles(system_actor())
    keys = {}
    for name in ("writer", "reader"):
        person = User.objects.create_superuser(name)
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session.create()
        keys[name] = {"session": session.session_key, "token": issue(actor_for(person), name, days=1)[1]}
    print(json.dumps(keys))


if __name__ == "__main__":
    django.setup()
    main()

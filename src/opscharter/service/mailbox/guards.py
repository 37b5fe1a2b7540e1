"""The guards of the mailbox: what must be there before a message, a mailbox or a mail takes a step."""

from __future__ import annotations

import os
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import guard
from opscharter.kernel.controls.wording import Sentence, Wording


@guard(
    "mail.kept-as-it-came", clause="3.1.1", owner="hotline", overridable=False,
    label=_("A message is kept as it came before anybody reads it"),
)  # fmt: skip
def kept_as_it_came(message: Any, actor: Actor) -> list[Sentence]:
    """Messages come by a mailbox or a pipe, byte for byte; nobody types one in."""
    if message.raw_id is None or not actor.system:
        return [_("Messages come from a mailbox or by import-mail; they are not typed in.")]
    return []


@guard(
    "mail.written-by-the-product", clause="3.3.2", owner="hotline", overridable=False,
    label=_("Outgoing mail is what was said in a ticket"),
)  # fmt: skip
def written_by_the_product(mail: Any, actor: Actor) -> list[Sentence]:
    """What a customer gets by mail stands in the ticket; nobody writes past it."""
    if not actor.system:
        return [_("Write to the customer in the ticket; the mail follows from it.")]
    return []


@guard("mail.can-be-fetched", clause="3.1.1", owner="service-manager", label=_("The mailbox can be fetched"),
       fields=(), overridable=False)  # fmt: skip
def can_be_fetched(mailbox: Any, actor: Actor) -> list[Sentence]:
    """Server, user and password are known before mail is fetched."""
    missing: list[Sentence] = []
    if not mailbox.host or not mailbox.username:
        missing.append(_("Name the IMAP server and the user."))
    if mailbox.secret_name:
        if not any(os.environ.get(f"{mailbox.secret_name}{ending}") for ending in ("", "_FILE", "_COMMAND")):
            missing.append(Wording(_("The environment has no %(name)s."), {"name": mailbox.secret_name}))
    elif not hasattr(mailbox, "secret"):
        missing.append(_("Set the password, or name the environment variable that holds it."))
    if mailbox.security == "none" and mailbox.host not in ("localhost", "127.0.0.1", "::1"):
        missing.append(_("Without protection only a server on this machine may be asked."))
    return missing


@guard(
    "mail.sender-placed", clause="3.1.2", owner="hotline", overridable=False,
    label=_("It is known for which customer the message is"), fields=("customer", "contact", "join"),
)  # fmt: skip
def sender_placed(message: Any, actor: Actor) -> list[Sentence]:
    """A message is taken in for one customer: its contact and its ticket are of that customer too."""
    from opscharter.service.mailbox.opening import open_ticket_named

    missing: list[Sentence] = []
    if message.customer_id is None:
        missing.append(_("Name the customer."))
    if message.contact is not None and message.contact.customer_id != message.customer_id:
        missing.append(_("The contact is not of this customer."))
    if message.make_contact and (message.contact_id or not message.from_address):
        missing.append(_("There is no new sender to remember."))
    if message.make_contact and not actor.may("customers.contact", "create"):
        missing.append(_("You may not record contacts."))
    if message.join and open_ticket_named(message.join, message.customer_id, actor) is None:
        missing.append(Wording(_("This customer has no open ticket %(number)s."), {"number": message.join}))
    return missing


@guard("mail.readable", clause="3.1.1", owner="hotline", overridable=False, label=_("The message can be read"))
def readable(message: Any, actor: Actor) -> list[Sentence]:
    """Only what can be read becomes a ticket."""
    if message.why in ("empty", "no-mail", "outlook-file", "too-large"):
        why = dict(message._meta.get_field("why").choices)[message.why]
        return [Wording(_("It cannot be read: %(why)s."), {"why": why})]
    return []

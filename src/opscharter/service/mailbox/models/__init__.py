"""The records of the mailbox."""

from opscharter.service.mailbox.models.mailbox import Mailbox, MailboxProgress, MailboxSecret
from opscharter.service.mailbox.models.message import MailMessage, RawMail
from opscharter.service.mailbox.models.outgoing import OutgoingMail

__all__ = ["MailMessage", "Mailbox", "MailboxProgress", "MailboxSecret", "OutgoingMail", "RawMail"]

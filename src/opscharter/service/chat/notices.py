"""The messages of live chat."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

WAITING = notice_type(
    "service.chat-waiting", label=_("A chat waits too long"), clause="3.1.1", urgent=True,
    subject=_("%(who)s has been waiting in the chat for %(seconds)s seconds"), body=_("%(number)s: %(subject)s"),
)  # fmt: skip
PASSED = notice_type(
    "service.chat-passed", label=_("A chat is handed to me"), clause="3.1.1", urgent=True,
    subject=_("The chat with %(who)s is yours"), body=_("%(number)s: %(subject)s"),
)  # fmt: skip

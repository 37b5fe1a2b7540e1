"""What the holder of an account is told when somebody else has handled it."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

BODY = _("%(who)s did it. If you did not ask for it, tell the security officer at once.")
HANDLED = {
    "reset": notice_type(
        "organization.password-reset", label=_("Your password was reset"), subject=_("Your password was reset"),
        body=BODY, clause="2.1.1", urgent=True,
    ),
    "sign-out": notice_type(
        "organization.signed-out", label=_("You were signed out everywhere"),
        subject=_("You were signed out everywhere"), body=BODY, clause="2.1.1", urgent=True,
    ),
    "factors": notice_type(
        "organization.factor-taken", label=_("Your second factor was taken away"),
        subject=_("Your second factor was taken away"), body=BODY, clause="2.1.1", urgent=True,
    ),
}  # fmt: skip
"""By what was done."""

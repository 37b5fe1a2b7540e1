"""The messages of change management."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

FROZEN_TOLD = _("A freeze was declared over this change: %(freeze)s")
FROZEN = notice_type(
    "change.frozen", label=_("A change of mine lies in a freeze"), clause="3.4.3",
    subject=_("%(number)s lies inside a freeze"), body=_("%(title)s: “%(freeze)s” was declared; move its window."),
)  # fmt: skip
POINT_TOLD = _("Point of no return announced: %(at)s; the way back takes %(minutes)s minutes")
POINT_NEAR = notice_type(
    "change.point-near", label=_("The point of no return is near"), clause="3.4.2", urgent=True,
    subject=_("%(number)s: point of no return at %(at)s"),
    body=_("%(title)s: decide now whether to go on; the way back takes %(minutes)s minutes."),
)  # fmt: skip
POINT_REACHED = notice_type(
    "change.point-reached", label=_("The point of no return is reached"), clause="3.4.2", urgent=True,
    subject=_("%(number)s: point of no return reached at %(at)s"),
    body=_("%(title)s: the way back no longer fits into the window."),
)  # fmt: skip
REJECTED = notice_type(
    "change.rejected", label=_("A change of mine was rejected"), clause="3.4.3",
    subject=_("%(number)s was not approved"), body=_("%(title)s: %(reason)s"),
)  # fmt: skip
DECLINED = notice_type(
    "change.window-declined", label=_("The customer declines a window"), clause="3.4.3",
    subject=_("%(number)s: the customer declines the window"), body=_("%(title)s: %(reason)s"),
)  # fmt: skip
RATIFY_LATE = notice_type(
    "change.ratify-late", label=_("An emergency change is not approved yet"), clause="3.4.3", urgent=True,
    subject=_("%(number)s is overdue: 24 hours without approval"), body=_("%(title)s was begun at %(at)s."),
)  # fmt: skip

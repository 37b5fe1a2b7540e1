"""Sending notices: inbox row and deliveries are part of the change that causes them; the post goes out later."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q

from opscharter.kernel import moment
from opscharter.kernel.audit.trail import plain
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.notices.answering import link_of
from opscharter.kernel.notices.catalogue import TYPES, NoticeType, wording
from opscharter.kernel.notices.models import Channel, Delivery, Notice
from opscharter.kernel.users.models import User

DIGEST_AT = dt.time(8, 30)
RETRIES = 3
MOST_AT_ONCE = 100
LEASE = dt.timedelta(minutes=10)
"""How long a worker may take over one message before another takes it to be lost."""


def send(
    kind: NoticeType,
    users: Iterable[User],
    *,
    key: str,
    record: Any = None,
    url: str = "",
    data: dict[str, Any] | None = None,
) -> list[Notice]:
    """Tell people of an event in the caller's transaction; each is told once per `key`, however often it is called."""
    people = {user.pk: user for user in users if user.is_active}
    if not people:
        return []
    told = set(Notice.objects.filter(type=kind.code, key=key, user_id__in=people).values_list("user_id", flat=True))
    content = plain(data or {})
    notices = [
        Notice(
            user=user,
            type=kind.code,
            key=key,
            data=content,
            url=url,
            created_at=moment.now(),
            record_type=record._meta.label_lower if record is not None else "",
            record_id=getattr(record, "pk", None),
        )
        for pk, user in people.items()
        if pk not in told
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    kept = list(Notice.objects.filter(type=kind.code, key=key, user_id__in=set(people) - told).select_related("user"))
    _queue_deliveries(kind, kept)
    return kept


def _queue_deliveries(kind: NoticeType, notices: list[Notice]) -> None:
    by_user = {notice.user_id: notice for notice in notices}
    channels = Channel.objects.filter(user_id__in=by_user, active=True).select_related("user")
    deliveries = [
        Delivery(notice=by_user[channel.user_id], channel=channel, not_before=when_to_send(kind, channel, moment.now()))
        for channel in channels
        if not channel.types or kind.code in channel.types
    ]
    if deliveries:
        Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
        deliver_due.enqueue()


def when_to_send(kind: NoticeType, channel: Channel, now: dt.datetime) -> dt.datetime:
    """Return when a message may go out: at once, after the quiet hours, or with the day's digest."""
    if kind.urgent:
        return now
    local = now.astimezone(ZoneInfo(channel.user.time_zone or settings.TIME_ZONE))
    if channel.digest:
        return _next(local, DIGEST_AT)
    begin, end = channel.quiet_from, channel.quiet_to
    if begin is None or end is None or begin == end:
        return now
    clock = local.time()
    quiet = begin <= clock < end if begin < end else (clock >= begin or clock < end)
    return _next(local, end) if quiet else now


def _next(local: dt.datetime, clock: dt.time) -> dt.datetime:
    then = local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return then if then > local else then + dt.timedelta(days=1)


@job(retries=3, in_transaction=False)
def deliver_due() -> int:
    """Send what may go out now; several notices for one channel leave as one message. Returns how many were sent.

    No transaction is open while a mail server or chat service is waited for.
    """
    sent = 0
    while deliveries := _claim():
        sent += _post(deliveries)
    return sent


@transaction.atomic
def _claim() -> list[Delivery]:
    """Take what is due for one channel. Should this worker die, it is due again after LEASE."""
    due = Delivery.objects.filter(state=Delivery.State.WAITING, not_before__lte=moment.now())
    due = due.select_for_update(skip_locked=True, of=("self",)).select_related("notice", "channel__user")
    first = due.order_by("not_before", "pk").first()
    if first is None:
        return []
    claimed = list(due.filter(channel_id=first.channel_id).order_by("pk")[:MOST_AT_ONCE])
    for each in claimed:
        each.attempts, each.not_before = each.attempts + 1, moment.now() + LEASE
    Delivery.objects.bulk_update(claimed, ["attempts", "not_before"])
    return claimed


def _post(claimed: list[Delivery]) -> int:
    channel = claimed[0].channel
    living = channel.active and channel.user.is_active
    deliveries = [each for each in claimed if living and each.notice.type in TYPES]
    _end([each for each in claimed if each not in deliveries], Delivery.State.FAILED, "switched off")
    if not deliveries:
        return 0
    try:
        _transmit(channel, *_message(deliveries, channel.user.language or settings.LANGUAGE_CODE))
    except Exception as error:
        _failed(deliveries, type(error).__name__)
        return 0
    _end(deliveries, Delivery.State.SENT)
    return len(deliveries)


def _message(deliveries: list[Delivery], language: str) -> tuple[str, str]:
    """Return subject, on one line, and body of the notices together."""
    worded = [(*wording(each.notice.type, each.notice.data, language), _address(each.notice)) for each in deliveries]
    subject = " ".join(worded[0][0].split())
    more = f" (+{len(worded) - 1})" if len(worded) > 1 else ""
    return subject + more, "\n\n".join("\n".join(filter(None, lines)) for lines in worded)


def _address(notice: Notice) -> str:
    """Return where the message can be answered, else the record it is about."""
    return link_of(notice) or (f"{settings.PUBLIC_URL}{notice.url}" if notice.url else "")


def _end(deliveries: list[Delivery], state: Delivery.State, error: str = "") -> None:
    sent_at = moment.now() if state == Delivery.State.SENT else None
    Delivery.objects.filter(pk__in=[each.pk for each in deliveries]).update(state=state, sent_at=sent_at, error=error)


def _failed(deliveries: list[Delivery], error: str) -> None:
    """Try again after 2, 4 and 8 minutes, then leave it as failed for people to see."""
    for each in deliveries:
        each.error = error
        if each.attempts > RETRIES:
            each.state = Delivery.State.FAILED
        else:
            each.not_before = moment.now() + dt.timedelta(minutes=2**each.attempts)
    Delivery.objects.bulk_update(deliveries, ["error", "state", "not_before"])


def _transmit(channel: Channel, subject: str, body: str) -> None:
    if channel.kind == Channel.Kind.EMAIL:
        send_mail(subject, body, None, [channel.address])
        return
    if not re.fullmatch(r"\w+://\S+", channel.address):
        raise ConnectionError("not an address")  # Apprise would write it into its log
    import apprise  # late: a hundred services take a tenth of a second to load

    target = apprise.Apprise()
    if not target.add(channel.address) or not target.notify(title=subject, body=body):
        raise ConnectionError("the channel did not take the message")


@transaction.atomic
def mark_read(user: User, ids: Iterable[int] | None = None) -> int:
    """Mark notices of one's own as read, all of them without `ids`; returns how many."""
    unread = Notice.objects.filter(Q(user=user), read_at__isnull=True)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    return unread.update(read_at=moment.now())

"""One incident for what belongs together: opened, joined, reopened by what fires, and resolved when it is quiet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.controls.wording import Sentence, Wording
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.alerts import notices
from opscharter.service.alerts.candidates import consider
from opscharter.service.alerts.models import Alert, AlertGroup, AlertSource, Occurrence
from opscharter.service.alerts.placing import group_key, name_team
from opscharter.service.tickets import hooks
from opscharter.service.tickets.lifecycle import OPEN, State
from opscharter.service.tickets.models import Incident
from opscharter.service.tickets.models.ticket import Channel

JOINED = declare_event("alerts-joined", _("%(count)s alerts joined: %(titles)s"))
QUIET = declare_event("alerts-quiet", _("Monitoring: all %(count)s alerts have recovered, quiet since %(since)s"))
TOLD = 5
"""So many titles are told when alerts join."""
MOST_GROUPS = 500


def follow_up(source: AlertSource, alerts: Sequence[Alert], fired: Sequence[Alert]) -> None:
    """Let the incidents follow what alerts of a source now say; sets the alerts' groups and incidents, unsaved."""
    before = {alert.group_id for alert in alerts if alert.group_id}
    _group(source, alerts)
    touched = before | {alert.group_id for alert in alerts if alert.group_id}
    groups = AlertGroup.objects.select_for_update(of=("self",)).filter(pk__in=touched).order_by("pk")
    new = {alert.pk for alert in fired}
    opened = False
    for group in groups:
        mine = [alert for alert in alerts if alert.group_id == group.pk]
        fresh = [alert for alert in mine if alert.pk in new and not alert.ignored]
        if fresh:
            opened |= _bring_together(group, source, fresh)
        _note_quiet(group, mine, alerts)
        group.save()
    if opened:
        consider()


def _group(source: AlertSource, alerts: Sequence[Alert]) -> None:
    """Name the group of every alert that is somebody's."""
    known: dict[tuple[int, str], AlertGroup] = {}
    for alert in alerts:
        if alert.customer_id is None or alert.ignored:
            alert.group_id = None
            continue
        key = (alert.customer_id, group_key(alert, source))
        if key not in known:
            defaults = {"service_id": alert.service_id}
            known[key] = AlertGroup.objects.get_or_create(customer_id=key[0], key=key[1], defaults=defaults)[0]
        alert.group_id = known[key].pk


def _note_quiet(group: AlertGroup, mine: Sequence[Alert], alerts: Sequence[Alert]) -> None:
    """Note since when nothing of the group fires."""
    rest = Alert.objects.filter(group=group, firing=True).exclude(pk__in=[alert.pk for alert in alerts])
    if any(alert.firing for alert in mine) or rest.exists():
        group.quiet_since = group.proposed_at = None
    elif group.quiet_since is None and group.incident_id is not None:
        group.quiet_since = moment.now()


def standing_incident(group: AlertGroup) -> Incident | None:
    """Return the group's incident, or the one it was merged into."""
    incident = Incident.objects.filter(pk=group.incident_id).first() if group.incident_id else None
    for _step in range(10):
        if incident is None or incident.merged_into_id is None:
            break
        incident = Incident.objects.filter(pk=incident.merged_into_id).first()
    return incident


def _bring_together(group: AlertGroup, source: AlertSource, fresh: Sequence[Alert]) -> bool:
    """Bring what has begun to fire into the group's one incident; says whether it was opened or reopened now."""
    house = system_actor()
    incident = standing_incident(group)
    begun = False
    if incident is not None and incident.state not in OPEN:
        ended = max((at for at in (incident.resolved_at, incident.closed_at) if at is not None), default=None)
        soon = ended is not None and moment.now() - ended <= dt.timedelta(minutes=source.reopen_minutes)
        if soon and incident.state in (State.RESOLVED, State.CLOSED):
            incident.move("reopen", house, reason=_t("Monitoring: %(title)s fires again.") % {"title": fresh[0].title})
            begun = True
        else:
            incident = None
    if incident is None:
        incident = _open(source, fresh)
        begun = True
    else:
        _join(incident, fresh)
    if begun:
        group.fired_at = moment.now()
    group.incident = incident
    for alert in fresh:
        alert.incident = incident
    if (incident.priority or 4) <= source.page_up_to:
        hooks.page(incident, _t("Monitoring: %(title)s") % {"title": fresh[0].title})
    return begun


def _urgency(alerts: Sequence[Alert]) -> int:
    return min(alert.severity for alert in alerts)


def _open(source: AlertSource, fresh: Sequence[Alert]) -> Incident:
    first = min(fresh, key=lambda alert: (alert.severity, alert.pk))
    assets = {alert.asset.pk: alert.asset for alert in fresh if alert.asset is not None}
    labels = "\n".join(f"{name}: {value}" for name, value in first.labels.items())
    incident = Incident(
        title=first.title, description="\n\n".join(part for part in (first.text, labels) if part) or first.title,
        customer_id=first.customer_id, service_id=first.service_id, team_id=first.team_id,
        channel=Channel.MONITORING, reported_by=source.name, urgency=_urgency(fresh),
        impact=min((asset.criticality for asset in assets.values()), default=2),
    )  # fmt: skip
    incident.save_as(system_actor(), links={"assets": list(assets.values())})
    if len(fresh) > 1:
        _tell_joined(incident, [alert for alert in fresh if alert is not first])
    return incident


def _join(incident: Incident, fresh: Sequence[Alert]) -> None:
    """Add what else fires: its assets, and how urgent it is while nobody has assessed it."""
    assets = list(incident.assets.all())
    more = {alert.asset.pk: alert.asset for alert in fresh if alert.asset is not None and alert.asset not in assets}
    if incident.assessed_at is None and incident.urgency is not None:
        incident.urgency = min(incident.urgency, _urgency(fresh))
    if more or "urgency" in _changes(incident):
        incident.save_as(system_actor(), links={"assets": [*assets, *more.values()]}, note="alerts joined")
    if strangers := [alert for alert in fresh if alert.incident_id != incident.pk]:
        _tell_joined(incident, strangers)


def _changes(incident: Incident) -> set[str]:
    return {name for name, value in incident._loaded.items() if getattr(incident, name) != value}


def _tell_joined(incident: Incident, alerts: Sequence[Alert]) -> None:
    titles = "、".join(alert.title for alert in alerts[:TOLD]) + (" …" if len(alerts) > TOLD else "")
    data = {"count": len(alerts), "titles": titles}
    entries.append(incident, system_actor(), TimelineEntry.Kind.EVENT, verb=JOINED, data=data, clause="2.2.4")


def place_by_hand(alert: Alert, actor: Actor) -> None:
    """Keep what a person said of whose an alert is; when it fires, its incident is opened or found."""
    source = alert.source
    alert.by_hand = True
    name_team(alert, source)
    elsewhere = alert.incident is None or alert.incident.customer_id != alert.customer_id
    fires = alert.firing and elsewhere and alert.customer_id is not None and not alert.ignored
    follow_up(source, [alert], [alert] if fires else [])
    if fires:
        Occurrence.objects.filter(alert=alert, ended_at__isnull=True).update(incident=alert.incident)
    alert.save_as(system_actor(), note="placed by hand")


def alerts_behind(incident: Any) -> Any:
    """Return the alerts that stand behind an incident."""
    told = Occurrence.objects.filter(incident=incident).values("alert")
    return Alert.objects.filter(Q(incident=incident) | Q(pk__in=told))


def why_not_quiet(incident: Any) -> list[Sentence]:
    """Say why monitoring cannot vouch for an incident's recovery; nothing when all is quiet long enough."""
    behind = Alert.objects.filter(incident=incident, ignored=False)
    if not behind.exists():
        return [_("No alert stands behind it.")]
    if firing := behind.filter(firing=True).count():
        return [Wording(_("%(n)s alerts still fire."), {"n": firing})]
    for group in AlertGroup.objects.filter(incident=incident):
        minutes, _propose = _rule_for(incident)
        if group.quiet_since is None or moment.now() - group.quiet_since < dt.timedelta(minutes=minutes):
            return [Wording(_("It must be quiet for %(n)s minutes."), {"n": minutes})]
    return []


def _rule_for(incident: Incident) -> tuple[int, bool]:
    """Return how many quiet minutes are asked for, and whether a person is to decide: the strictest of its sources."""
    sources = AlertSource.objects.filter(alerts__incident=incident).distinct()
    told = [(source.quiet_minutes, source.recovery == AlertSource.Recovery.PROPOSE) for source in sources]
    return max((minutes for minutes, _p in told), default=0), any(propose for _m, propose in told)


def settle_quiet() -> int:
    """Resolve what has been quiet long enough, or tell its handler, once each time; returns in how many cases."""
    rows = AlertGroup.objects.filter(quiet_since__isnull=False, proposed_at__isnull=True, incident__state__in=OPEN)
    found = list(rows.order_by("quiet_since").values_list("pk", flat=True)[:MOST_GROUPS])
    return sum(_settle(pk) for pk in found)


@transaction.atomic
def _settle(pk: int) -> bool:
    rows = AlertGroup.objects.select_for_update(skip_locked=True, of=("self",)).select_related("incident")
    group = rows.filter(pk=pk, quiet_since__isnull=False, proposed_at__isnull=True).first()
    if group is None or group.incident is None or group.quiet_since is None or group.incident.state not in OPEN:
        return False
    incident = group.incident
    minutes, propose = _rule_for(incident)
    if moment.now() - group.quiet_since < dt.timedelta(minutes=minutes):
        return False
    if propose or at_work(incident):
        _propose(group, incident)
    else:
        _recover(group, incident)
    return True


def at_work(incident: Incident) -> bool:
    """Say whether somebody works on it: then monitoring does not take it out of their hands."""
    taken = incident.assignee_id is not None and incident.state not in (State.NEW, State.ASSIGNED)
    return taken or incident.state == State.WAITING or incident.emergency_at is not None


def _recover(group: AlertGroup, incident: Incident) -> None:
    behind = list(alerts_behind(incident).order_by("severity", "pk"))
    since = _clock(group.quiet_since)
    first = behind[0]
    incident.move(
        "recover", system_actor(), category=_t("monitoring"), severity=first.get_severity_display(),
        scope_note="、".join(sorted({str(a.asset or a.title) for a in behind})[:TOLD]),
        plan=incident.plan or _t("Watch until monitoring is quiet."),
        cause=_t("Recovered by itself; cause not looked into."),
        fix=_t("All %(count)s alerts have recovered, quiet since %(since)s.") % {"count": len(behind), "since": since},
    )  # fmt: skip


def _clock(at: dt.datetime | None) -> str:
    return date_format(moment.in_office(at), "m-d H:i") if at else ""


def _propose(group: AlertGroup, incident: Incident) -> None:
    data = {"count": alerts_behind(incident).count(), "since": _clock(group.quiet_since)}
    entries.append(incident, system_actor(), TimelineEntry.Kind.EVENT, verb=QUIET, data=data, clause="3.3.3")
    person = incident.assignee or (incident.team.head if incident.team else None)
    if person is not None and person.user is not None:
        told = {"number": incident.number, "alerts": data["count"], "since": data["since"]}
        key = f"{incident.number}:{group.pk}:{int(group.quiet_since.timestamp()) if group.quiet_since else 0}"
        send(notices.RECOVERED, [person.user], key=key, record=incident, url=record_url(incident), data=told)
    group.proposed_at = moment.now()
    group.save(update_fields=["proposed_at"])


@job(in_transaction=False)
def settle_quiet_job() -> int:
    """Run `settle_quiet` every minute, in the language of the house."""
    with override(settings.LANGUAGE_CODE):
        return settle_quiet()

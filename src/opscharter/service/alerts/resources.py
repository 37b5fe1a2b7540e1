"""How alerts, their sources and their rules appear."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Max, Min, Q, Sum
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage, Text, View
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.resources.site import site
from opscharter.service.alerts.connecting import connection_of
from opscharter.service.alerts.incidents import alerts_behind
from opscharter.service.alerts.lifecycle import CandidateState
from opscharter.service.alerts.models import (
    Alert,
    AlertDoor,
    AlertGroup,
    AlertRule,
    AlertSource,
    Delivery,
    MajorCandidate,
    Occurrence,
)
from opscharter.service.tickets.models import Incident

HISTORY = 50
FLAPS = 5
"""An alert that fired so often within an hour flaps."""
TONES = {1: "r", 2: "a", 3: "n"}


def _connection(source: AlertSource, actor: Actor) -> Mapping[str, Any]:
    door = AlertDoor.objects.filter(source=source).first()
    return {"door": door, "connection": connection_of(source), "may": actor.may("service.alertsource", "edit")}


def _traffic(source: AlertSource, actor: Actor) -> Mapping[str, Any]:
    """Return what came lately, and the rules in their order."""
    since = moment.now() - dt.timedelta(days=1)
    rows = Delivery.objects.filter(source=source)
    states = dict(rows.filter(received_at__gte=since).values_list("state").annotate(n=Count("pk")))
    last = rows.order_by("-pk").values_list("received_at", flat=True).first()
    counts = [(label, states.get(value, 0), value) for value, label in Delivery.State.choices]
    return {"counts": counts, "last": last}


def _rules(source: AlertSource, actor: Actor) -> Mapping[str, Any]:
    rows = AlertRule.objects.current().filter(source=source).select_related("customer", "service")
    may = actor.may("service.alertrule", "create")
    add = f"{list_url(site.resource(AlertRule))}new/?source={source.pk}" if may else ""
    return {"rules": list(rows.order_by("position", "pk")), "add": add}


def _history(alert: Alert, actor: Actor) -> Mapping[str, Any]:
    rows = Occurrence.objects.filter(alert=alert).select_related("incident").order_by("-started_at")
    may_read = actor.may("service.alertsource", "view")
    return {"occurrences": list(rows[:HISTORY]), "count": alert.occurrence_count, "may_read": may_read}


def _labels(alert: Alert, actor: Actor) -> Mapping[str, Any]:
    return {"labels": sorted(alert.labels.items()), "link": alert.link}


def _behind(incident: Incident, actor: Actor) -> Mapping[str, Any] | None:
    """Return the alerts behind an incident with how often and from when to when they fired for it."""
    if not actor.may("service.alert", "view"):
        return None
    alerts = list(alerts_behind(incident).select_related("asset").order_by("-firing", "severity", "-last_started_at"))
    if not alerts:
        return None
    told = Occurrence.objects.filter(incident=incident).values("alert")
    counts = {
        row["alert"]: row
        for row in told.annotate(n=Count("pk"), first=Min("started_at"), last=Max("started_at"), d=Sum("deliveries"))
    }
    group = AlertGroup.objects.filter(incident=incident, quiet_since__isnull=False).first()
    return {
        "lines": [(alert, counts.get(alert.pk), TONES[alert.severity]) for alert in alerts[:20]],
        "more": max(0, len(alerts) - 20), "firing": sum(alert.firing for alert in alerts),
        "count": sum(row["n"] for row in counts.values()), "quiet_since": group.quiet_since if group else None,
    }  # fmt: skip


def _candidate_of(incident: Incident, actor: Actor) -> Mapping[str, Any] | None:
    if not actor.may("service.majorcandidate", "view"):
        return None
    found = MajorCandidate.objects.current().filter(incidents=incident, state=CandidateState.OPEN).first()
    return {"candidate": found} if found else None


def _incidents_of(candidate: MajorCandidate, actor: Actor) -> Mapping[str, Any]:
    rows = Incident.objects.visible_to(actor).filter(major_candidates=candidate)
    return {"incidents": list(rows.select_related("customer", "service").order_by("priority", "opened_at")[:50])}


def _badges(alert: Alert) -> list[tuple[Text, str]]:
    badges: list[tuple[Text, str]] = [(alert.get_severity_display(), TONES[alert.severity])]
    badges.append((_("fires"), "r") if alert.firing else (_("quiet"), "g"))
    hour = moment.now() - dt.timedelta(hours=1)
    if Occurrence.objects.filter(alert=alert, started_at__gte=hour).count() >= FLAPS:
        badges.append((_("flaps"), "a"))
    if alert.customer_id is None and not alert.ignored:
        badges.append((_("nobody knows whose it is"), "r"))
    return badges


ON_INCIDENT = Panel(_("Alerts behind this"), "service/alerts/behind.html", _behind, place="main")
CANDIDATE_ON_INCIDENT = Panel(_("Perhaps a major incident"), "service/alerts/candidate_on_incident.html", _candidate_of)

sources = Resource(
    AlertSource, "alert-sources", icon="access-point", order="name",
    columns=["number", "name", "kind", "customer", "service", "recovery", "active"],
    filters=["kind", "customer", "active"],
    form=[
        Section(_("System"), ["name", "code", "kind", "active"]),
        Section(_("Whose its alerts are"), ["host_labels", "customer", "service", "team", "group_label"]),
        Section(_("What follows"), ["page_up_to", "recovery", "quiet_minutes", "reopen_minutes"]),
        Section(_("How long deliveries are kept"), ["keep_days"]),
    ],
    panels=[
        Panel(_("How it is connected"), "service/alerts/connection.html", _connection, place="main"),
        Panel(_("Rules, the first that fits holds"), "service/alerts/rules.html", _rules, place="main"),
        Panel(_("Within the last 24 hours"), "service/alerts/traffic.html", _traffic),
    ],
)  # fmt: skip
rules = Resource(
    AlertRule, "alert-rules", icon="filter", order="position",
    columns=["source", "position", "label", "how", "value", "customer", "service", "ignore"],
    filters=["source", "customer", "service", "ignore"], in_menu=False,
    form=["source", "position", Section(_("When"), ["label", "how", "value"]),
          Section(_("Then"), ["customer", "service", "ignore"])],
)  # fmt: skip
alerts = Resource(
    Alert, "alerts", icon="bell-ringing", order="-last_started_at", badges=_badges, lead="text",
    columns=["number", "title", "severity", "firing", "customer", "service", "occurrence_count", "incident",
             "last_started_at"],
    filters=["firing", "severity", "source", "customer", "service", "asset", "ignored", "last_started_at"],
    form=["customer", "service", "asset", "ignored", "note"],
    facts=["source", "fingerprint", "customer", "service", "asset", "team", "incident", "occurrence_count",
           "first_seen_at", "last_started_at", "last_seen_at", "ignored", "by_hand", "note"],
    views=[
        View("firing", _("Firing"), lambda actor: Q(firing=True)),
        View("unplaced", _("Nobody's"), lambda actor: Q(customer__isnull=True, ignored=False)),
    ],
    panels=[
        Panel(_("Times it fired"), "service/alerts/history.html", _history, place="main"),
        Panel(_("Labels"), "service/alerts/labels.html", _labels),
    ],
)  # fmt: skip
candidates = Resource(
    MajorCandidate, "major-candidates", icon="urgent", order="-raised_at",
    columns=["number", "title", "state", "customer_count", "service_count", "raised_at", "decided_by"],
    filters=["state", "raised_at"], form=["note"],
    facts=["customer_count", "service_count", "lead", "raised_at", "decided_at", "decided_by",
           "decide_seconds", "note"],
    stages=[Stage(_("to be decided"), (CandidateState.OPEN,)),
            Stage(_("decided"), (CandidateState.DECLARED, CandidateState.DISMISSED))],
    panels=[Panel(_("Incidents"), "service/alerts/incidents.html", _incidents_of, place="main")],
)  # fmt: skip

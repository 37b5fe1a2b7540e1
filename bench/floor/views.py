"""The views of the floor, two queries each."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

COLUMNS = (
    "i.id, i.number, i.title, i.priority, i.state, c.name AS customer, d.name AS team, e.name AS assignee, i.opened_at"
)
JOINED = (
    "service_incident i LEFT JOIN customers_customer c ON c.id = i.customer_id "
    "LEFT JOIN organization_department d ON d.id = i.team_id LEFT JOIN organization_employee e ON e.id = i.assignee_id"
)
TABLE = (
    "CREATE TABLE IF NOT EXISTS bench_floor (number varchar(40), title varchar(200), urgency integer, "
    "customer_id bigint, ticket_id bigint, at varchar(40))"
)
"""What the floor writes to, so that it leaves the product's rows alone."""


def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
    """Return what a query finds, each row by the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]


def up(request: HttpRequest) -> HttpResponse:
    """Say that the server is up, and make the table that is written to."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    return HttpResponse("up")


def _list(request: HttpRequest) -> tuple[list[dict[str, Any]], int]:
    where, values = "i.team_id = %s", [request.GET["team"]]
    for name in ("state", "priority", "channel"):
        if name in request.GET:
            where += f" AND i.{name} = %s"
            values.append(request.GET[name])
    found = rows(f"SELECT {COLUMNS} FROM {JOINED} WHERE {where} ORDER BY i.opened_at DESC, i.id DESC LIMIT 50", *values)
    count = rows(f"SELECT count(*) AS n FROM (SELECT 1 FROM service_incident i WHERE {where} LIMIT 1001) x", *values)
    return found, count[0]["n"]


def list_page(request: HttpRequest) -> HttpResponse:
    """Show 50 tickets of a team."""
    found, count = _list(request)
    return render(request, "list.html", {"rows": found, "count": count})


def api_list(request: HttpRequest) -> HttpResponse:
    """Answer with 50 tickets of a team."""
    found, count = _list(request)
    return JsonResponse({"results": found, "total": count})


def _detail(pk: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    ticket = rows(f"SELECT {COLUMNS}, i.description, i.plan, i.cause, i.fix FROM {JOINED} WHERE i.id = %s", pk)[0]
    told = rows(
        "SELECT at, who, kind, verb, text FROM kernel_timelineentry "
        "WHERE record_type = 'service.incident' AND record_id = %s ORDER BY at DESC, id DESC LIMIT 100", pk,
    )  # fmt: skip
    return ticket, told


def detail_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a ticket with its timeline."""
    ticket, told = _detail(pk)
    return render(request, "detail.html", {"ticket": ticket, "entries": told})


def api_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with a ticket and its timeline."""
    ticket, told = _detail(pk)
    return JsonResponse({**ticket, "entries": told})


def search_page(request: HttpRequest) -> HttpResponse:
    """Find 20 documents that hold a word, and how their tickets stand."""
    if connection.vendor == "postgresql":
        condition = "vector @@ %s::tsquery"
    else:
        condition = "id IN (SELECT rowid FROM kernel_searchindex WHERE kernel_searchindex MATCH %s)"
    sql = f"SELECT record_id, number, title FROM kernel_searchdocument WHERE {condition} ORDER BY id DESC LIMIT 20"
    found = rows(sql, f"'{request.GET['q']}'" if connection.vendor == "postgresql" else f'"{request.GET["q"]}"')
    marks = ", ".join(["%s"] * len(found)) or "NULL"
    ids = [row["record_id"] for row in found]
    states = {
        row["id"]: row["state"] for row in rows(f"SELECT id, state FROM service_incident WHERE id IN ({marks})", *ids)
    }
    return render(request, "search.html", {"rows": [{**row, "state": states.get(row["record_id"])} for row in found]})


@transaction.atomic
def create(request: HttpRequest) -> HttpResponse:
    """Write a row and an entry that tells of it."""
    given = json.loads(request.body)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_floor (number, title, urgency, customer_id) VALUES (%s, %s, %s, %s)",
            ["F", given["title"], given["urgency"], given["customer"]],
        )
        cursor.execute("INSERT INTO bench_floor (number, title) VALUES ('created', %s)", [given["title"]])
    return JsonResponse(given, status=201)


@transaction.atomic
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the row to be moved, and write an entry that tells of the step."""
    found = rows("SELECT id, state, version FROM service_incident WHERE id = %s", pk)[0]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_floor (number, ticket_id) VALUES (%s, %s)", [found["state"], pk])
    return JsonResponse(found)


def cockpit(request: HttpRequest) -> HttpResponse:
    """Count the open tickets by state, and those opened on each of the last days."""
    open_now = rows(
        "SELECT state, priority, count(*) AS n FROM service_incident "
        "WHERE state IN ('NEW', 'ASSIGNED', 'IN_PROGRESS', 'WAITING') GROUP BY state, priority"
    )
    daily = rows(
        "SELECT date(opened_at) AS day, count(*) AS n FROM service_incident WHERE opened_at >= %s "
        "GROUP BY date(opened_at)",
        request.GET["since"],
    )
    return render(request, "cockpit.html", {"open": open_now, "days": daily})

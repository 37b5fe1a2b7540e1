"""`opscharter explain TYPE`: what is derived from the declaration of a record type."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import override

from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.resources.declaration import Resource, find_field
from opscharter.kernel.resources.filters import filters_of
from opscharter.kernel.resources.site import site
from opscharter.kernel.urls import PAGES

API = ["GET, POST /", "GET, PATCH /{id}/", "GET /{id}/moves/", "POST /{id}/moves/{name}/", "GET /{id}/timeline/",
       "POST /{id}/comments/", "GET /{id}/history/", "POST /{id}/archive/"]  # fmt: skip


class Command(BaseCommand):
    help = "Explain a record type: its form, filters, pages, endpoints, permissions, controls and lifecycle."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("record", help="a record type (service.incident) or its class name (Incident)")

    def handle(self, *args: Any, record: str, **options: Any) -> None:
        wanted = record.lower()
        found = [r for r in site.resources if wanted in (r.key, r.model.__name__.lower(), r.slug)]
        if not found:
            raise CommandError(f"There is no record {record!r}. Known are: {', '.join(r.key for r in site.resources)}")
        with override("en"):
            self._explain(found[0])

    def _explain(self, resource: Resource) -> None:
        model = resource.model
        self._head(f"{resource.key}: {(model.__doc__ or '').strip().splitlines()[0]}")
        if model.numbering is not None:
            self.stdout.write(f"number    {model.numbering.pattern}")
        scope = model.scope
        self.stdout.write(f"scope     owner={scope.owner or '-'} department={scope.department or '-'} "
                          f"customer={scope.customer or '-'}{' public' if scope.public else ''}")  # fmt: skip
        self.stdout.write(f"search    {', '.join(model.search_fields) or '-'}")
        self._head("form")
        for section in resource.form_sections:
            for name in section.fields:
                field = find_field(model, name)
                self.stdout.write(f"  {name:<20} {type(field).__name__:<22} {field.verbose_name}")
        self._head("columns and filters")
        self.stdout.write("  " + ", ".join(column.name for column in resource.list_columns))
        self.stdout.write("  " + (", ".join(f"{each.name} ({each.kind})" for each in filters_of(resource)) or "-"))
        self._head("pages and endpoints")
        for end in PAGES:
            self.stdout.write(f"  /{resource.chapter}/{resource.slug}/{end}")
        for line in API:
            self.stdout.write(f"  /api/v1/{resource.chapter}/{resource.slug}: {line}")
        self._permissions(resource)
        self._controls(resource)
        if model.lifecycle is not None:
            self._head("lifecycle")
            self.stdout.write(model.lifecycle.diagram())

    def _permissions(self, resource: Resource) -> None:
        lifecycle = resource.model.lifecycle
        actions = ["view", "create", "edit", "comment", "archive", "export", "import", "history", "override"]
        actions += [move.name for move in lifecycle.moves if not move.automatic] if lifecycle else []
        self._head("permissions (actions that roles may be granted)")
        self.stdout.write("  " + ", ".join(dict.fromkeys(actions)))

    def _controls(self, resource: Resource) -> None:
        guards: dict[str, str] = {guard.id: f"§{guard.clause} on create" for guard in resource.model.create_guards}
        for move in resource.model.lifecycle.moves if resource.model.lifecycle else ():
            for guard in move.guards:
                guards[guard.id] = f"{guards.get(guard.id, f'§{guard.clause} on')} {move.name}"
        self._head("controls")
        for control, where in guards.items():
            self.stdout.write(f"  guard {control:<28} {where}")
        for check in CHECKS.values():
            if any(measure.records.model is resource.model for measure in check.measures(check.defaults())):
                self.stdout.write(f"  check {check.id:<28} §{check.clause} {check.label}")

    def _head(self, text: str) -> None:
        self.stdout.write("")
        self.stdout.write(self.style.MIGRATE_HEADING(text))

"""Doing a work order, on a phone beside the machine: one card a line, big buttons, photo from the camera."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.files.attachments import attach, attachments_of
from opscharter.kernel.files.models import Attachment
from opscharter.kernel.records.writing import obstacles, permitted
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.moving import sentence
from opscharter.service.maintenance.lifecycle import OrderState
from opscharter.service.maintenance.models import MaintenancePlan, OrderItem, WorkOrder
from opscharter.service.maintenance.services import make_orders, open_incident

EDIT = "service.orderitem"


@dataclass
class LineCard:
    """One line as it is drawn."""

    item: OrderItem
    photos: list[Attachment]


@dataclass
class DoContext:
    """A work order while it is done."""

    order: WorkOrder
    url: str
    cards: list[LineCard]
    answered: int
    missing: list[Any]
    running: bool
    may_start: bool
    may_complete: bool
    may_open: bool

    @property
    def share(self) -> int:
        """Return how much is answered, in percent."""
        return 100 * self.answered // len(self.cards) if self.cards else 0


class DoPage(SignedInPage):
    """The checklist of a work order, to be answered line by line."""

    def _order(self, pk: int) -> WorkOrder:
        rows = WorkOrder.objects.visible_to(self.actor).select_related("customer", "engineer", "team")
        order = rows.filter(pk=pk).first()
        if order is None or self.actor.external:
            raise Http404
        return order

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the lines, what is missing, and the step that comes next."""
        order = self._order(pk)
        items = OrderItem.objects.visible_to(self.actor).current().filter(order=order).select_related("incident")
        cards = [LineCard(item, list(attachments_of(item, self.actor))) for item in items.order_by("position", "pk")]
        lifecycle = WorkOrder.lifecycle
        assert lifecycle is not None
        running = order.state == OrderState.IN_PROGRESS
        missing = obstacles(order, lifecycle.move("complete"), self.actor).refusals if running else []
        context = DoContext(
            order, record_url(order), cards, sum(bool(card.item.answer) for card in cards), missing, running,
            may_start=order.state in (OrderState.PLANNED, OrderState.MISSED) and permitted(order, self.actor, "start"),
            may_complete=running and permitted(order, self.actor, "complete"),
            may_open=self.actor.may("service.incident", "create"),
        )  # fmt: skip
        return self.render("service/maintenance/do.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin or complete the work order, or keep what was found on one line."""
        order = self._order(pk)
        anchor = ""
        try:
            what = request.POST.get("do", "")
            if what == "start":
                order.move("start", self.actor)
            elif what == "complete":
                order.move("complete", self.actor, result=request.POST.get("result", ""))
                messages.success(request, _("%(record)s is done.") % {"record": order})
                return HttpResponseRedirect(record_url(order))
            else:
                item = self._item(order, request.POST.get("item", ""))
                anchor = f"#line-{item.pk}"
                if what == "incident":
                    return HttpResponseRedirect(record_url(open_incident(item, self.actor)))
                self._keep(item, request)
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
        return HttpResponseRedirect(f"{request.path}{anchor}")

    def _item(self, order: WorkOrder, pk: str) -> OrderItem:
        rows = OrderItem.objects.visible_to(self.actor).current().filter(order=order)
        item = rows.filter(pk=int(pk)).first() if pk.isascii() and pk.isdecimal() and len(pk) < 19 else None
        if item is None:
            raise Http404
        return item

    @transaction.atomic
    def _keep(self, item: OrderItem, request: HttpRequest) -> None:
        """Keep answer, figure, remark and photos of a line together."""
        if item.order.state in (OrderState.PLANNED, OrderState.MISSED):
            item.order.move("start", self.actor)
        if "answer" in request.POST:
            item.answer = request.POST["answer"]
        if "value" in request.POST:
            item.value = figure(request.POST["value"])
        if item.value is not None and item.answer == OrderItem.Answer.NOT_APPLICABLE:
            item.value = None
        item.remark = request.POST.get("remark", item.remark).strip()[:300]
        item.save_as(self.actor)
        for photo in request.FILES.getlist("photo"):
            attach(item, self.actor, photo)


def figure(text: str) -> Decimal | None:
    """Read a figure as people type it, with a comma or a point; raises ValidationError."""
    given = text.strip().replace(",", ".").replace("，", ".").replace("。", ".")
    if not given:
        return None
    try:
        value = Decimal(given)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) >= Decimal(10) ** 9:
        raise ValidationError({"value": _("“%(value)s” is not a figure.") % {"value": text[:20]}})
    return value.quantize(Decimal("0.001"))


class MakeOrdersPage(SignedInPage):
    """Making a plan's work orders without waiting for the morning."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make what comes up and go back to the plan."""
        plan = MaintenancePlan.objects.visible_to(self.actor, "edit").filter(pk=pk).first()
        if plan is None:
            raise Http404
        made = make_orders(plan)
        if made:
            text = ngettext("%(n)s work order is made.", "%(n)s work orders are made.", len(made))
            messages.success(request, text % {"n": len(made)})
        else:
            messages.info(request, _("Nothing comes up that has no work order yet."))
        return HttpResponseRedirect(record_url(plan))


URLS = [
    path("service/work-orders/<int:pk>/do/", DoPage.as_view(), name="work-order-do"),
    path("service/maintenance-plans/<int:pk>/make/", MakeOrdersPage.as_view(), name="make-work-orders"),
]

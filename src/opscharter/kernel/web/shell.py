"""What is around every page: the rail, the counts, who one is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.trail import current_edition
from opscharter.kernel.notices.inbox import unread_count
from opscharter.kernel.resources.menu import menu
from opscharter.kernel.resources.site import MenuChapter

_work: list[Callable[[Actor], int]] = []


def install_work_count(provider: Callable[[Actor], int]) -> None:
    """Name the function that counts what waits for a person (the boards')."""
    _work[:] = [provider]


_customers_home: list[str] = ["/my-work/"]


def install_customers_home(url: str) -> None:
    """Name the page that a customer's contact sees first (the portal)."""
    _customers_home[:] = [url]


def customers_home() -> str:
    """Return the page that a customer's contact sees first."""
    return _customers_home[0]


@dataclass
class Shell:
    """The frame of a page."""

    company: str
    edition: str = ""
    chapters: list[MenuChapter] = field(default_factory=list)
    inbox_count: int = 0
    work_count: int = 0
    home_url: str = "/"
    work_url: str = "/my-work/"
    path: str = ""
    here: str = ""
    demo: bool = False


def shell_context(request: HttpRequest) -> dict[str, Any]:
    """Return the frame for templates; a visitor's has no menu, and fragments have none at all.

    It is drawn up once a request, however many templates a page is made of, and only when one of them asks for it.
    """
    kept: dict[str, Any] | None = getattr(request, "_shell", None)
    if kept is None:
        actor: Actor | None = getattr(request, "actor", None)
        kept = {"shell": SimpleLazyObject(lambda: _shell_of(request, actor)), "actor": actor}
        request._shell = kept  # type: ignore[attr-defined]
    return kept


def _shell_of(request: HttpRequest, actor: Actor | None) -> Shell:
    shell = Shell(settings.COMPANY_NAME, path=request.path, demo=settings.DEMO_MODE, here=request.get_full_path())
    fragment = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    if actor is not None and actor.user is not None and not fragment:
        shell.edition = current_edition()
        shell.home_url = customers_home() if actor.external else shell.home_url
        shell.chapters = menu(actor, request.path)
        shell.inbox_count = unread_count(actor.user)
        shell.work_count = _work[0](actor) if _work else 0
    return shell

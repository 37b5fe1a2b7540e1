"""The chapters, in menu order. Everything the product does is reachable from this list by go-to-definition."""

from opscharter.kernel.resources.site import Chapter, site

CHAPTERS: list[Chapter] = []


def install() -> None:
    """Tell the kernel which chapters there are; called once when Django is ready."""
    site.install(CHAPTERS)

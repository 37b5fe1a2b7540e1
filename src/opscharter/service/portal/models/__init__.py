"""The questions of catalogue items."""

from opscharter.service.portal.models.field import CatalogueField

__all__ = ["CatalogueField"]

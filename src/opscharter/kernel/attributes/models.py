"""What a company-defined field is, and what a record that has such fields is."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.attributes.values import read_all
from opscharter.kernel.records.record import Record

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def spoken(text: str, hant: str = "", hans: str = "") -> str:
    """Return a text in the reader's language, as far as it is given in it."""
    return {"zh-hant": hant, "zh-hans": hans}.get(get_language() or "", "") or text


class Labelled(Record):
    """Something that the company names in the browser, in one language or in all three."""

    label = models.CharField(_("name"), max_length=80)
    label_zh_hant = models.CharField(_("name in Traditional Chinese"), max_length=80, blank=True)
    label_zh_hans = models.CharField(_("name in Simplified Chinese"), max_length=80, blank=True)

    name_fields = ("label", "label_zh_hant", "label_zh_hans")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the reader's language, as far as the company has given one."""
        return spoken(self.label, self.label_zh_hant, self.label_zh_hans)


class AttributeDefinition(Labelled):
    """A field that the company adds to a kind of record; a subclass says to which."""

    class Kind(models.TextChoices):
        TEXT = "text", _("a line of text")
        PARAGRAPH = "paragraph", _("a paragraph")
        NUMBER = "number", _("a number")
        DATE = "date", _("a date")
        YES_NO = "yes-no", _("yes or no")
        CHOICE = "choice", _("one of several")
        CHOICES = "choices", _("any of several")

    code = models.CharField(
        _("code"), max_length=40, help_text=_("Small letters, digits and _; stays when the name changes.")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    required = models.BooleanField(_("must be filled in"), default=False)
    options = models.JSONField(
        _("to choose from"),
        default=list,
        blank=True,
        help_text=_("One a line; in three languages as: Blue | 藍色 | 蓝色."),
    )
    least = models.DecimalField(_("not less than"), max_digits=20, decimal_places=6, null=True, blank=True)
    most = models.DecimalField(_("not more than"), max_digits=20, decimal_places=6, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    help = models.CharField(_("help"), max_length=200, blank=True)
    help_zh_hant = models.CharField(_("help in Traditional Chinese"), max_length=200, blank=True)
    help_zh_hans = models.CharField(_("help in Simplified Chinese"), max_length=200, blank=True)
    asked_when = models.CharField(
        _("asked when"), max_length=120, blank=True,
        help_text=_("Another field's code and value, such as os=Linux; empty: always."),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("position"), default=10)

    search_fields = ("label", "code")

    class Meta:
        abstract = True

    @property
    def condition(self) -> tuple[str, str]:
        """Return the code and the value of another field on which this one depends; empty texts without one."""
        code, _equals, value = self.asked_when.partition("=")
        return code.strip(), value.strip()

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Return what can be chosen: as it is kept, and in the reader's language."""
        lines = [[part.strip() for part in str(line).split("|")] for line in self.options]
        return [(parts[0], spoken(*parts[:3])) for parts in lines]

    @property
    def hint(self) -> str:
        """Return the help in the reader's language."""
        return spoken(self.help, self.help_zh_hant, self.help_zh_hans)

    def siblings(self) -> models.QuerySet[Any]:
        """Return the other fields of the same kind of record."""
        raise NotImplementedError

    def clean(self) -> None:
        """Refuse what no value could satisfy."""
        problems: dict[str, str] = {}
        if not CODE.fullmatch(self.code):
            problems["code"] = _t("A code is a small letter, then small letters, digits and _.")
        texts = isinstance(self.options, list) and all(isinstance(text, str) and text.strip() for text in self.options)
        values = [value for value, _name in self.choices] if texts else []
        if not texts or "" in values or len(set(values)) != len(values):
            problems["options"] = _t("What can be chosen is a list of different texts.")
        elif self.kind in (self.Kind.CHOICE, self.Kind.CHOICES) and len(self.options) < 2:
            problems["options"] = _t("A choice needs at least two texts to choose from.")
        if self.least is not None and self.most is not None and self.least > self.most:
            problems["most"] = _t("The greatest value is smaller than the least.")
        if self.asked_when and not self._condition_holds_water():
            problems["asked_when"] = _t("Name another field's code and a value, such as os=Linux.")
        if problems:
            raise ValidationError(problems)

    def _condition_holds_water(self) -> bool:
        code, value = self.condition
        return bool(value) and code != self.code and self.siblings().filter(code=code).exists()


def definitions_of(owner: Any) -> list[Any]:
    """Return the fields in use of what has them (a type of asset, an item of the catalogue), in their order."""
    return [] if owner is None else list(owner.attributes.current().order_by("position", "pk"))


class Attributed(models.Model):
    """A record with company-defined fields: their values are kept by code, as `values.read_all` leaves them."""

    attributes = models.JSONField(_("details"), default=dict, blank=True)

    attributes_of: ClassVar[str]
    """The relation whose target has the definitions, as its `attributes`."""

    class Meta:
        abstract = True

    def attribute_definitions(self) -> list[AttributeDefinition]:
        """Return the fields that this very record has, in their order."""
        return definitions_of(getattr(self, self.attributes_of))

    def clean(self) -> None:
        """Hold every value to its definition; ValidationError on `attributes` names each field."""
        super().clean()
        self.attributes = read_all(self.attribute_definitions(), self.attributes)

"""Figures of closed periods, as they were when the period was closed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IndicatorFigure(models.Model):
    """The value of one indicator for one closed period and one member of a dimension; never changed afterwards."""

    code = models.CharField(max_length=80)
    period = models.CharField(_("period"), max_length=10)
    dimension = models.CharField(max_length=40, blank=True)
    member = models.BigIntegerField(default=0)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4, null=True)
    numerator = models.BigIntegerField(null=True)
    population = models.BigIntegerField(default=0)
    frozen_at = models.DateTimeField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "period", "dimension", "member"], name="indicator_figure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.period}: {self.value}"

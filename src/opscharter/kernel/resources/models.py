"""What people keep for themselves about lists."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A named set of filters, columns and order of one list, a person's own or shared with everyone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    resource = models.CharField(max_length=80)
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField(blank=True)
    shared = models.BooleanField(_("shared"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(fields=["user", "resource", "name"], name="saved_view_once"),
        ]
        indexes = [models.Index(fields=["resource", "shared"], name="saved_view_shared")]

    def __str__(self) -> str:
        return self.name

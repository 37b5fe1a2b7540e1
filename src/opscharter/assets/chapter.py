"""Assets: a master that the chapters share, shown under chapter 3."""

from django.utils.translation import gettext_lazy as _

from opscharter.assets import resources
from opscharter.kernel.resources.site import Chapter

CHAPTER = Chapter(code="assets", label=_("Assets"), under="service", resources=[resources.assets, resources.relations])

"""The form of what is aimed at: the figure is chosen from those of all chapters."""

from __future__ import annotations

from typing import Any

from django import forms

from opscharter.kernel.web.forms import RecordForm
from opscharter.organization.aims import indicator_choices


class AimForm(RecordForm):
    """A record's form whose figure is a choice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "indicator" in self.fields:
            self.fields["indicator"].widget = forms.Select(choices=[("", "—"), *indicator_choices()])

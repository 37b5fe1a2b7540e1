"""The forms for passkeys and security keys: theirs, with the one label that their library leaves in English."""

from __future__ import annotations

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """Adding a key."""

    name = forms.CharField(required=False, label=_("Name"))


class EditKeyForm(EditWebAuthnForm):  # type: ignore[misc]
    """Naming a key anew."""

    name = forms.CharField(required=True, label=_("Name"))

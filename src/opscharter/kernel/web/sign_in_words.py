"""Texts of the sign-in pages' library that our catalogues say in the house's words; theirs come after ours.

Within one library the same thing is called by several names in Chinese, and a few words stay English.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

TEXTS = (
    _("A new set of recovery codes has been generated."),
    _("Account Connections"),
    _("Activate Authenticator App"),
    _("An authenticator app is not active."),
    _("Authentication using an authenticator app is active."),
    _("Authenticator App"),
    _("Authenticator app activated."),
    _("Authenticator app deactivated."),
    _("Authenticator code"),
    _("Authenticator secret"),
    _("Change Password"),
    _("Confirm Access"),
    _("Current Password"),
    _("Deactivate Authenticator App"),
    _("Email"),
    _("Generate new codes"),
    _("Incorrect code."),
    _("New Password"),
    _("New Password (again)"),
    _("No recovery codes set up."),
    _("No security keys have been added."),
    _("Password Reset"),
    _("Password successfully changed."),
    _("Please reauthenticate to safeguard your account."),
    _("Re-send Verification"),
    _("Recovery Codes"),
    _("Reset My Password"),
    _("Security Keys"),
    _("Successfully signed in as %(name)s."),
    _("The email address and/or password you specified are not correct."),
    _("The username and/or password you specified are not correct."),
    _("This action will invalidate your existing codes."),
    _("Too many failed login attempts. Try again later."),
    _("Two-Factor Authentication"),
    _("Unused codes"),
    _("Use authenticator app or code"),
    _("You are about to deactivate authenticator app based authentication. Are you sure?"),
    _("You are about to generate a new set of recovery codes for your account."),
    _("You are about to sign in using a third-party account from %(provider)s."),
    _("You can store this secret and use it to reinstall your authenticator app at a later time."),
    _("Your account is protected by two-factor authentication. Please enter an authenticator code:"),
)

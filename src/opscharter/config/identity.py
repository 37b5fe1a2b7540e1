"""Who vouches for people beside our own passwords: an OpenID provider, a SAML one, a directory. All by environment."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

OIDC_ID = "company"
"""The provider's name in addresses: /accounts/oidc/company/login/callback/."""

SAML_ATTRIBUTES = {
    "uid": ["uid", "urn:oid:0.9.2342.19200300.100.1.1", "urn:oasis:names:tc:SAML:attribute:subject-id"],
    "email": [
        "mail", "email", "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    ],
    "email_verified": ["mail_verified", "email_verified", "http://schemas.auth0.com/email_verified"],
}  # fmt: skip
"""Under which names providers send what we ask for; the first that is there counts."""


def social_providers(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return allauth's providers: those of `OPSCHARTER_OIDC_ISSUER` and `OPSCHARTER_SAML_METADATA`, if set.

    Raises ValueError naming the variable that is missing.
    """
    providers: dict[str, Any] = {}
    if issuer := environment.get("OPSCHARTER_OIDC_ISSUER"):
        app = {
            "provider_id": OIDC_ID,
            "name": environment.get("OPSCHARTER_OIDC_NAME", "OpenID"),
            "client_id": _needed(environment, "OPSCHARTER_OIDC_CLIENT_ID"),
            "secret": _needed(environment, "OPSCHARTER_OIDC_SECRET"),
            "settings": {"server_url": issuer.rstrip("/") + "/.well-known/openid-configuration"},
        }
        providers["openid_connect"] = {"APPS": [app], "EMAIL_AUTHENTICATION": True, "OAUTH_PKCE_ENABLED": True}
    if metadata := environment.get("OPSCHARTER_SAML_METADATA"):
        entity = _needed(environment, "OPSCHARTER_SAML_ENTITY")
        known: dict[str, Any] = {
            "idp": {"entity_id": entity, "metadata_url": metadata}, "attribute_mapping": SAML_ATTRIBUTES,
        }  # fmt: skip
        if domains := environment.get("OPSCHARTER_SAML_DOMAINS", "").replace(",", " ").split():
            known["verified_email"] = domains
        app = {
            "provider_id": entity,
            "client_id": environment.get("OPSCHARTER_SAML_CLIENT_ID", OIDC_ID),
            "name": environment.get("OPSCHARTER_SAML_NAME", "SAML"),
            "settings": known,
        }
        providers["saml"] = {"APPS": [app], "EMAIL_AUTHENTICATION": True}
    return providers


def provider_apps(environment: Mapping[str, str]) -> list[str]:
    """Return the Django apps of the providers in use; SAML needs `pip install opscharter[saml]`."""
    known = {"openid_connect": "OPSCHARTER_OIDC_ISSUER", "saml": "OPSCHARTER_SAML_METADATA"}
    return [f"allauth.socialaccount.providers.{name}" for name, variable in known.items() if environment.get(variable)]


def directory_backends(environment: Mapping[str, str]) -> list[str]:
    """Return the backend of the company's LDAP directory; it needs `pip install opscharter[ldap]`."""
    return ["django_auth_ldap.backend.LDAPBackend"] if environment.get("OPSCHARTER_LDAP_URL") else []


def directory_settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return django-auth-ldap's settings: `OPSCHARTER_LDAP_URL` and _USER_DN, such as `uid=%(user)s,ou=people,dc=…`.

    Only accounts that exist here may come in: the directory proves a password, it makes no accounts.
    """
    if not environment.get("OPSCHARTER_LDAP_URL"):
        return {}
    return {
        "AUTH_LDAP_SERVER_URI": environment["OPSCHARTER_LDAP_URL"],
        "AUTH_LDAP_USER_DN_TEMPLATE": _needed(environment, "OPSCHARTER_LDAP_USER_DN"),
        "AUTH_LDAP_START_TLS": environment["OPSCHARTER_LDAP_URL"].startswith("ldap://"),
        "AUTH_LDAP_NO_NEW_USERS": True,
        "AUTH_LDAP_ALWAYS_UPDATE_USER": False,
        "AUTH_LDAP_CONNECTION_OPTIONS": _connection(environment.get("OPSCHARTER_LDAP_CA", "")),
    }


def _connection(authority: str) -> dict[int, Any]:
    """Return the options of a connection: soon to give up, and whose certificates to believe if not the system's."""
    if find_spec("ldap") is None:
        return {}
    import ldap

    options: dict[int, Any] = {ldap.OPT_NETWORK_TIMEOUT: 5, ldap.OPT_TIMEOUT: 10}
    if authority:
        options |= {ldap.OPT_X_TLS_CACERTFILE: authority, ldap.OPT_X_TLS_NEWCTX: 0}
    return options


def _needed(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        raise ValueError(f"{name} must be set too")
    return environment[name]

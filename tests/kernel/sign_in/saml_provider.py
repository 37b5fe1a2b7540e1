"""A SAML identity provider of our own for tests: pysaml2's server behind two addresses of a local web server."""

from __future__ import annotations

import base64
import datetime as dt
import html
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.authn_context import PASSWORD
from saml2.config import IdPConfig
from saml2.metadata import create_metadata_string
from saml2.saml import NAMEID_FORMAT_UNSPECIFIED, NameID
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

PEOPLE = {
    "li": {"uid": "li", "mail": "li@huarui.example"},
    "guest": {"uid": "guest", "mail": "li@elsewhere.example"},
    "stranger": {"uid": "stranger", "mail": "stranger@huarui.example"},
}


def program() -> str | None:
    """Return the program that signs for the provider."""
    return shutil.which("xmlsec1")


class Provider:
    """A running provider: it tells its metadata, and vouches for whomever `person` names."""

    person = "li"

    def __init__(self, folder: Path) -> None:
        self.web = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.base = f"http://127.0.0.1:{self.web.server_port}"
        self.entity = f"{self.base}/metadata"
        certificate, key = certificate_in(folder)
        self.config = IdPConfig().load({
            "entityid": self.entity,
            "xmlsec_binary": program(),
            "key_file": str(key),
            "cert_file": str(certificate),
            "service": {"idp": {
                "endpoints": {"single_sign_on_service": [(f"{self.base}/sign-on", BINDING_HTTP_REDIRECT)]},
                "policy": {"default": {"lifetime": {"minutes": 5}, "attribute_restrictions": None}},
            }},
        })  # fmt: skip
        self.server = Server(config=self.config)

    def metadata(self) -> str:
        """Return what the provider publishes of itself."""
        return str(create_metadata_string(None, config=self.config).decode())

    def know(self, service: bytes) -> None:
        """Take the metadata of a service that people will sign in to."""
        self.server.metadata = self.config.load_metadata({"inline": [service.decode()]})

    def answer(self, asked: str, signer: Provider | None = None, **other: Any) -> str:
        """Return the answer to a question as it stood in the address, `other` than asked where that is named.

        It is signed by this provider, or with the key of another.
        """
        request = self.server.parse_authn_request(asked, BINDING_HTTP_REDIRECT).message
        given: dict[str, Any] = {
            **self.server.response_args(request, [BINDING_HTTP_POST]), "userid": self.person,
            "identity": PEOPLE[self.person], "sign_assertion": True, "sign_response": False,
            "sign_alg": SIG_RSA_SHA256, "digest_alg": DIGEST_SHA256,
            "name_id": NameID(format=NAMEID_FORMAT_UNSPECIFIED, text=self.person),
            "authn": {"class_ref": PASSWORD, "authn_auth": self.base},
        }  # fmt: skip
        given.pop("binding", None)
        given["issuer"] = self.server._issuer(self.entity)
        return str((signer or self).server.create_authn_response(**(given | other)))


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Metadata at one address, signing on at the other."""

        def do_GET(self) -> None:
            """Answer a browser."""
            place = urlsplit(self.path)
            if place.path == "/metadata":
                return self.send(provider.metadata(), "application/samlmetadata+xml")
            query = {name: values[0] for name, values in parse_qs(place.query).items()}
            told = base64.b64encode(provider.answer(query["SAMLRequest"]).encode()).decode()
            state = html.escape(query.get("RelayState", ""))
            return self.send(
                f'<form method="post"><input name="SAMLResponse" value="{told}">'
                f'<input name="RelayState" value="{state}"></form>',
                "text/html",
            )

        def send(self, text: str, kind: str) -> None:
            """Send a page."""
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


def fields(page: str) -> dict[str, str]:
    """Return what the provider's page lets the browser post."""
    return {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)}


@contextmanager
def running(folder: Path) -> Iterator[Provider]:
    """Run a provider for as long as the block lasts."""
    provider = Provider(folder)
    thread = threading.Thread(target=provider.web.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.web.shutdown()
        provider.web.server_close()
        thread.join(10)


def certificate_in(folder: Path) -> tuple[Path, Path]:
    """Make a key and its certificate; returns (certificate, key)."""
    folder.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "id.huarui.example")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2)).sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    (folder / "id.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    (folder / "id.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return folder / "id.crt", folder / "id.key"

"""A directory of our own for tests: OpenLDAP's slapd on a free port, with a certificate made for it, and two people."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

BASE, USERS = "dc=huarui,dc=example", "ou=people,dc=huarui,dc=example"
PEOPLE = {"li": "directory-secret-1", "outsider": "directory-secret-2"}


def program() -> Path | None:
    """Return slapd: the one named by SLAPD, or the system's."""
    found = os.environ.get("SLAPD") or shutil.which("slapd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return Path(found) if found else None


@dataclass
class Directory:
    """A running directory."""

    url: str
    certificate: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it and wait."""
        self.process.terminate()
        self.process.wait(10)


@contextmanager
def running(slapd: Path, folder: Path) -> Iterator[Directory]:
    """Run a directory in a folder for as long as the block lasts."""
    certificate, key = certificate_in(folder)
    root = slapd.parents[2]  # a package unpacked elsewhere keeps its schemas and modules beside it
    schema = next(place for place in (root / "etc/ldap/schema", Path("/etc/ldap/schema")) if place.is_dir())
    modules = next(
        place for place in (root / "lib/ldap", root / "usr/lib/ldap", Path("/usr/lib/ldap")) if place.is_dir()
    )
    (folder / "db").mkdir()
    config = folder / "slapd.conf"
    config.write_text(
        "".join(f"include {schema}/{name}.schema\n" for name in ("core", "cosine", "inetorgperson"))
        + f"modulepath {modules}\nmoduleload back_mdb\n"
        + f"TLSCertificateFile {certificate}\nTLSCertificateKeyFile {key}\n"
        + f'database mdb\nsuffix "{BASE}"\nrootdn "cn=admin,{BASE}"\ndirectory {folder / "db"}\n'
        + "access to attrs=userPassword by anonymous auth by * none\naccess to * by * read\n"
    )
    entries = folder / "people.ldif"
    entries.write_text(
        f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Huarui\ndc: huarui\n\n"
        f"dn: {USERS}\nobjectClass: organizationalUnit\nou: people\n"
        + "".join(
            f"\ndn: uid={uid},{USERS}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: {uid}\nuserPassword: {word}\n"
            for uid, word in PEOPLE.items()
        )
    )
    subprocess.run([slapd.with_name("slapadd"), "-f", config, "-l", entries], check=True, capture_output=True)
    directory = _started([slapd, "-d", "0", "-f", config], certificate)
    try:
        yield directory
    finally:
        directory.stop()


def _started(command: list[str | Path], certificate: Path) -> Directory:
    """Start slapd on a free port; another test may take the port before slapd does, so a few are tried."""
    for _try in range(5):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        url = f"ldap://127.0.0.1:{port}"
        process = subprocess.Popen([*command, "-h", url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if _serves(process, port):
            return Directory(url, certificate, process)
        process.kill()
        process.wait(10)
    raise TimeoutError("slapd does not answer")


def _serves(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until slapd answers; False if it ended or says nothing for long."""
    for _try in range(500):
        if process.poll() is not None:
            return False
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.02)
    return False


def certificate_in(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "directory")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate, private = folder / "directory.pem", folder / "directory.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    return certificate, private

"""An intranet's own certificates: an authority that phones learn once, and the server's own.

Without https a phone gives a page neither its place nor storage that works with no network. A
warning that is clicked away does not help: the authority has to be installed.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from geo.private_files import write_private
from relief.errors import SetupRefused

AUTHORITY_LIFE = timedelta(days=3653)
SERVER_LIFE = timedelta(days=397)
"""Apple trusts no server certificate above 825 days, and public ones above 398 days."""

RENEWED_BEFORE = timedelta(days=60)
EARLIER = timedelta(days=2)
"""Valid from this long before it is made: the clocks of phones are late."""

SAME_MACHINE = ("localhost", "127.0.0.1", "::1")
NOWHERE = "192.0.2.1"
"""An address of RFC 5737: asking for the way to it sends nothing."""


@dataclass(frozen=True)
class CertificateFiles:
    """Where the two certificates and their keys lie: `folder` is `tls` in the data folder."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The authority's certificate, which phones install."""
        return self.folder / "authority.crt"

    @property
    def authority_key(self) -> Path:
        """Its key; who holds it can speak as any site to the phones that installed it."""
        return self.folder / "authority.key"

    @property
    def server(self) -> Path:
        """The server's certificate."""
        return self.folder / "server.crt"

    @property
    def server_key(self) -> Path:
        """Its key."""
        return self.folder / "server.key"

    @property
    def complete(self) -> bool:
        """Whether the server can speak https with them."""
        return all(p.is_file() for p in (self.authority, self.server, self.server_key))


@dataclass(frozen=True)
class Certificates:
    """What the files say: the names served, the end of both, and the digest to compare by eye."""

    names: tuple[str, ...]
    server_until: datetime
    authority_until: datetime
    authority_sha256: str


def certificate_files(data_dir: Path) -> CertificateFiles:
    """The places of the certificates of this data folder."""
    return CertificateFiles(data_dir / "tls")


def issue(files: CertificateFiles, names: Sequence[str], now: datetime) -> Certificates:
    """Makes a certificate for these host names and IP addresses; an authority if there is none.

    Raises SetupRefused for a name that is none, and where the authority's key has been taken away.
    """
    wanted = tuple(dict.fromkeys((*names, *SAME_MACHINE)))
    spoken = x509.SubjectAlternativeName([_general_name(name) for name in wanted])
    authority, key = _authority(files, now)
    server_key = ec.generate_private_key(ec.SECP256R1())
    until = min(now + SERVER_LIFE, authority.not_valid_after_utc)
    server = (
        _unsigned(_name(wanted[0]), authority.subject, server_key.public_key(), now, until)
        .add_extension(spoken, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_issued_by(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_private(files.server_key, _pem_of(server_key))
    write_private(files.server, _pem(server))
    return read(files)


def renewed(files: CertificateFiles, now: datetime) -> bool:
    """Renews the server's certificate for the same names when it ends soon; whether it did."""
    known = read(files)
    if known.server_until - now > RENEWED_BEFORE or not files.authority_key.is_file():
        return False
    issue(files, known.names, now)
    return True


def read(files: CertificateFiles) -> Certificates:
    """What the certificates say; raises SetupRefused where they can't be read."""
    try:
        authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
        server = x509.load_pem_x509_certificate(files.server.read_bytes())
        spoken = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        raise SetupRefused(
            f"{files.folder} holds no certificate that can be read: remove it and run"
            " `reliefmap tls` again."
        ) from None
    return Certificates(
        tuple(str(name.value) for name in spoken),
        server.not_valid_after_utc,
        authority.not_valid_after_utc,
        authority.fingerprint(hashes.SHA256()).hex(":").upper(),
    )


def address(scheme: str, name: str, port: int) -> str:
    """The address of the server under one of its names."""
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}"


def names_of_this_machine() -> tuple[str, ...]:
    """The host's names, and the address by which other machines reach it."""
    names = [socket.gethostname(), socket.getfqdn()]
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((NOWHERE, 9))
        names.insert(0, probe.getsockname()[0])
    return tuple(dict.fromkeys(name for name in names if name and name not in SAME_MACHINE))


def _authority(
    files: CertificateFiles, now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The authority on file with its key; a new one where there is none."""
    if files.authority.is_file():
        if not files.authority_key.is_file():
            raise SetupRefused(
                f"{files.authority_key} is missing: put it back, or remove {files.authority} for a"
                " new authority, which every phone then has to install."
            )
        key = serialization.load_pem_private_key(files.authority_key.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return x509.load_pem_x509_certificate(files.authority.read_bytes()), key
    return _new_authority(files, now)


def _new_authority(
    files: CertificateFiles, now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"reliefmap {socket.gethostname()} {now:%Y-%m-%d}"[:64])
    authority = (
        _unsigned(name, name, key.public_key(), now, now + AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    write_private(files.authority_key, _pem_of(key))
    write_private(files.authority, _pem(authority))
    return authority, key


def _unsigned(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    until: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - EARLIER)
        .not_valid_after(until.astimezone(UTC))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _issued_by(key: ec.EllipticCurvePublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _general_name(name: str) -> x509.GeneralName:
    """The name as an IP address or a host name; raises SetupRefused for what is neither."""
    with suppress(ValueError):
        return x509.IPAddress(ip_address(name))
    labels = name.removesuffix(".").split(".")
    known = all(
        0 < len(label) <= 63 and label.isascii() and label.replace("-", "").isalnum()
        for label in labels
    )
    if not known or len(name) > 253:
        raise SetupRefused(
            f"{name!r} is neither a host name nor an IP address: give the name that phones open,"
            " without https:// and port."
        )
    return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _pem_of(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()

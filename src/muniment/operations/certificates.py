"""The certificate of the portal: the operator's, or one of its own small authority in the data directory."""

import ipaddress
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from muniment.core import clock
from muniment.core.config import Config
from muniment.operations.errors import StartRefused

AUTHORITY_LIFE = timedelta(days=3652)
SERVER_LIFE = timedelta(days=390)  # browsers accept at most 398
RENEW_BEFORE = timedelta(days=30)
BACKDATED = timedelta(hours=1)  # for visitors whose clock is behind
ALWAYS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class ServerCertificate:
    """The files the web server uses, and what identifies them to people."""

    certificate: Path  # PEM, with its chain
    key: Path  # PEM, PKCS#8, 0600
    authority: Path | None  # PEM; None where the operator brought the certificate
    fingerprint: str  # SHA-256 of the certificate, as browsers show it
    authority_fingerprint: str | None
    expires_at: datetime

    def as_json(self) -> str:
        """Return the facts for another process."""
        return json.dumps(vars(self), default=str)


def ensure(config: Config) -> ServerCertificate:
    """Return the certificate to serve, making or renewing our own where the operator brought none.

    Ours names every host of the settings and this machine itself, and is renewed when fewer than 30
    days are left. Its authority may vouch for these names alone, so that importing it into a browser
    gives nobody power over other sites; when a name is added, a new authority is made.

    Raises:
        StartRefused: the operator's certificate has expired, or its key belongs to another one.
    """
    folder = config.data / "tls"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if config.tls_certificate is not None and config.tls_key is not None:
        return _operators(config, config.tls_certificate, config.tls_key)
    names = tuple(dict.fromkeys([*config.host, *ALWAYS]))
    authority, authority_key = _authority(folder, names)
    server = _server(folder, names, authority, authority_key)
    certificate, key = served(config)
    return ServerCertificate(
        certificate=certificate,
        key=key,
        authority=folder / "authority.pem",
        fingerprint=fingerprint(server),
        authority_fingerprint=fingerprint(authority),
        expires_at=server.not_valid_after_utc,
    )


def served(config: Config) -> tuple[Path, Path]:
    """Return the files the web server reads, certificate and key; `ensure` makes them."""
    name = "server" if config.tls_certificate is None else "operator"
    folder = config.data / "tls"
    return folder / f"{name}.pem", folder / f"{name}.key"


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of `certificate` in pairs of hexadecimal digits, as browsers show it."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


# -- the operator's ---------------------------------------------------------------------------------------------------


def _operators(config: Config, certificate_path: Path, key_path: Path) -> ServerCertificate:
    """Check the operator's files and copy them to where the web process may read them, in the form it wants."""
    try:
        chain = x509.load_pem_x509_certificates(certificate_path.read_bytes())
        key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
    except OSError as error:
        raise StartRefused(f"{error.filename} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        raise StartRefused(
            f"{certificate_path} must hold a certificate and {key_path} its key, both in PEM, the key without a "
            "password."
        ) from error
    server = chain[0]
    if _public_bytes(server) != _public_bytes(key):
        raise StartRefused(f"The key in {key_path} does not belong to the certificate in {certificate_path}.")
    if server.not_valid_after_utc <= clock.now():
        raise StartRefused(f"The certificate in {certificate_path} expired on {server.not_valid_after_utc:%Y-%m-%d}.")
    if server.not_valid_before_utc > clock.now():
        raise StartRefused(f"The certificate in {certificate_path} is not valid yet; is this machine's clock right?")
    certificate_copy, key_copy = served(config)
    _write(certificate_copy, b"".join(part.public_bytes(serialization.Encoding.PEM) for part in chain))
    _write_key(key_copy, key)
    return ServerCertificate(
        certificate=certificate_copy,
        key=key_copy,
        authority=None,
        fingerprint=fingerprint(server),
        authority_fingerprint=None,
        expires_at=server.not_valid_after_utc,
    )


# -- our own ----------------------------------------------------------------------------------------------------------


def _authority(folder: Path, names: Sequence[str]) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Return the authority that may vouch for `names`, made if there is none."""
    found = _load(folder / "authority.pem", folder / "authority.key")
    if found is not None:
        certificate, key = found
        allowed = certificate.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
        if certificate.not_valid_after_utc > clock.now() + SERVER_LIFE and set(_constraints(names)) <= set(allowed):
            return certificate, key
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Muniment of {names[0]}"[:64])])
    builder = (
        _builder(subject, subject, key.public_key(), AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(_constraints(names), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    certificate = builder.sign(key, hashes.SHA256())
    _write_key(folder / "authority.key", key)
    _write(folder / "authority.pem", certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _server(
    folder: Path, names: Sequence[str], authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    """Return the certificate of the web server, made or renewed where needed."""
    found = _load(folder / "server.pem", folder / "server.key")
    if found is not None and _still_serves(found[0], names, authority):
        return found[0]
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    builder = (
        _builder(subject, authority.subject, key.public_key(), SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_alternative_names(names)), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer_key, critical=False)
    )
    certificate = builder.sign(authority_key, hashes.SHA256())
    _write_key(folder / "server.key", key)
    _write(folder / "server.pem", certificate.public_bytes(serialization.Encoding.PEM))
    return certificate


def _still_serves(certificate: x509.Certificate, names: Sequence[str], authority: x509.Certificate) -> bool:
    """Tell whether a certificate of ours has 30 days left, all the names and the present authority."""
    if certificate.not_valid_after_utc < clock.now() + RENEW_BEFORE:
        return False
    present = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    if list(present) != _alternative_names(names):
        return False
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, life: timedelta
) -> x509.CertificateBuilder:
    start = clock.now() - BACKDATED
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + life)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
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


def _alternative_names(names: Sequence[str]) -> list[x509.GeneralName]:
    return [x509.DNSName(name) if (ip := _address(name)) is None else x509.IPAddress(ip) for name in names]


def _constraints(names: Sequence[str]) -> list[x509.GeneralName]:
    """Return the same names as an authority's constraints, where an address is a network of one."""
    return [
        x509.DNSName(name) if (ip := _address(name)) is None else x509.IPAddress(ipaddress.ip_network(ip))
        for name in names
    ]


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


# -- files ------------------------------------------------------------------------------------------------------------


def _load(certificate_path: Path, key_path: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None:
    """Return a certificate and key of ours, or None where one is missing, broken or of the other."""
    try:
        certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
        key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or _public_bytes(certificate) != _public_bytes(key):
        return None
    return certificate, key


def _public_bytes(holder: x509.Certificate | PrivateKeyTypes) -> bytes:
    return holder.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _write_key(path: Path, key: PrivateKeyTypes) -> None:
    _write(
        path,
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def _write(path: Path, content: bytes) -> None:
    """Replace a file whole; nobody but its owner may read it."""
    new = path.with_name(path.name + ".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)

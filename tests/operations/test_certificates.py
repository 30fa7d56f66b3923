"""Certificates: our own small authority, or the operator's files, checked before they are served."""

import dataclasses
import ipaddress
import stat
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from muniment.core import clock, config
from muniment.core.config import Config
from muniment.operations import certificates
from muniment.operations.errors import StartRefused


def settings(folder: Path, **changes: object) -> Config:
    return dataclasses.replace(config.load({"MUNIMENT_DATA": str(folder)}), **changes)  # type: ignore[arg-type]


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """Move the product's clock."""
    moment = clock.now() + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_openssl_believes_the_certificate_for_each_name_and_for_no_other(tmp_path: Path) -> None:
    made = certificates.ensure(settings(tmp_path, host=("portal.example.com", "192.0.2.7")))
    assert made.authority is not None

    def believed(kind: str, name: str) -> bool:
        command = ["openssl", "verify", "-x509_strict", "-CAfile", str(made.authority), f"-verify_{kind}", name]
        return subprocess.run([*command, str(made.certificate)], capture_output=True, check=False).returncode == 0

    assert all(believed("hostname", name) for name in ("portal.example.com", "localhost"))
    assert all(believed("ip", address) for address in ("127.0.0.1", "::1", "192.0.2.7"))
    assert not believed("hostname", "example.com")
    assert not believed("ip", "192.0.2.8")


def test_the_certificate_is_for_servers_and_short_lived(tmp_path: Path) -> None:
    made = certificates.ensure(settings(tmp_path))
    server = read(made.certificate)

    usage = server.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert server.not_valid_after_utc - server.not_valid_before_utc <= timedelta(days=397)
    assert made.fingerprint == certificates.fingerprint(server)
    assert len(made.fingerprint) == 32 * 3 - 1


def test_the_authority_can_vouch_for_the_portal_alone(tmp_path: Path) -> None:
    made = certificates.ensure(settings(tmp_path, host=("portal.example.com",)))
    assert made.authority is not None

    limits = read(made.authority).extensions.get_extension_for_class(x509.NameConstraints)

    assert limits.critical
    assert set(limits.value.permitted_subtrees or ()) == {
        x509.DNSName("portal.example.com"),
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_network("127.0.0.1")),
        x509.IPAddress(ipaddress.ip_network("::1")),
    }


def test_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    certificates.ensure(settings(tmp_path))

    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "tls").iterdir()} == {0o600}


def test_a_second_start_keeps_the_certificate(tmp_path: Path) -> None:
    first = certificates.ensure(settings(tmp_path))

    assert certificates.ensure(settings(tmp_path)) == first


def test_it_is_renewed_when_fewer_than_30_days_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = certificates.ensure(settings(tmp_path))
    later(monkeypatch, 359)
    assert certificates.ensure(settings(tmp_path)) == first

    later(monkeypatch, 2)
    renewed = certificates.ensure(settings(tmp_path))

    assert renewed.fingerprint != first.fingerprint
    assert renewed.authority_fingerprint == first.authority_fingerprint
    assert renewed.expires_at > first.expires_at


def test_a_new_name_gets_a_new_certificate_from_a_new_authority(tmp_path: Path) -> None:
    first = certificates.ensure(settings(tmp_path))

    second = certificates.ensure(settings(tmp_path, host=("localhost", "portal.example.com")))

    assert second.fingerprint != first.fingerprint
    assert second.authority_fingerprint != first.authority_fingerprint


@pytest.mark.parametrize("name", ["authority.pem", "authority.key", "server.pem", "server.key"])
def test_what_is_lost_or_broken_is_made_again(tmp_path: Path, name: str) -> None:
    certificates.ensure(settings(tmp_path))
    (tmp_path / "tls" / name).write_text("broken")

    made = certificates.ensure(settings(tmp_path))

    server = read(made.certificate)
    assert made.authority is not None
    server.verify_directly_issued_by(read(made.authority))


# -- the operator's ---------------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Give a certificate and its key, as openssl writes them; the key in the older form."""
    certificate, key = tmp_path / "own.pem", tmp_path / "own.key"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "90",
        "-subj",
        "/CN=portal.example.com",
    ]
    subprocess.run([*command, "-keyout", tmp_path / "new", "-out", certificate], check=True, capture_output=True)
    subprocess.run(
        ["openssl", "rsa", "-in", tmp_path / "new", "-traditional", "-out", key], check=True, capture_output=True
    )
    assert b"BEGIN RSA PRIVATE KEY" in key.read_bytes()
    return certificate, key


def test_the_operators_certificate_is_served_and_its_key_put_in_the_form_the_server_reads(
    tmp_path: Path, files: tuple[Path, Path]
) -> None:
    present = settings(tmp_path / "data", tls_certificate=files[0], tls_key=files[1])

    made = certificates.ensure(present)

    assert made.authority is None
    assert (made.certificate, made.key) == certificates.served(present)
    assert made.fingerprint == certificates.fingerprint(read(files[0]))
    assert made.key.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600


def test_a_key_of_another_certificate_is_refused(tmp_path: Path, files: tuple[Path, Path]) -> None:
    other = certificates.ensure(settings(tmp_path / "other"))

    with pytest.raises(StartRefused, match="does not belong"):
        certificates.ensure(settings(tmp_path / "data", tls_certificate=files[0], tls_key=other.key))


def test_an_expired_certificate_is_refused(
    tmp_path: Path, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, 91)

    with pytest.raises(StartRefused, match="expired on"):
        certificates.ensure(settings(tmp_path / "data", tls_certificate=files[0], tls_key=files[1]))


def test_a_certificate_of_the_future_is_refused(
    tmp_path: Path, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, -2)

    with pytest.raises(StartRefused, match="not valid yet"):
        certificates.ensure(settings(tmp_path / "data", tls_certificate=files[0], tls_key=files[1]))


def test_a_key_with_a_password_and_files_of_another_kind_are_refused(tmp_path: Path, files: tuple[Path, Path]) -> None:
    key = serialization.load_pem_private_key(files[1].read_bytes(), None)
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"password"),
        )
    )

    for certificate, secret in ((files[0], locked), (files[1], files[1]), (files[0], files[0])):
        with pytest.raises(StartRefused, match="in PEM"):
            certificates.ensure(settings(tmp_path / "data", tls_certificate=certificate, tls_key=secret))

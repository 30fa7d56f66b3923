"""The country of an address comes from the operator's file, and from nowhere else."""

from dataclasses import replace
from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from muniment.core import config
from muniment.trust.identity import countries


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a database of two networks, in use."""
    path = tmp_path / "countries.mmdb"
    write(path, {"192.0.2.0/24": {"country": {"iso_code": "GB"}}, "2001:db8::/32": {"country_code": "de"}})
    present = replace(config.current(), countries=path)
    monkeypatch.setattr(config, "current", lambda: present)
    return path


def write(path: Path, networks: dict[str, dict[str, object]]) -> None:
    writer = MMDBWriter(6, "Test-Country", ipv4_compatible=True)
    for network, record in networks.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))


@pytest.mark.control("audit-when-where")
@pytest.mark.parametrize(
    ("address", "letters"), [("192.0.2.10", "GB"), ("2001:db8::1", "DE"), ("198.51.100.1", ""), ("", ""), ("x", "")]
)
@pytest.mark.usefixtures("known")
def test_an_address_is_in_its_country_or_in_none(address: str, letters: str):
    assert countries.country(address) == letters


def test_a_newer_file_is_read_without_a_restart(known: Path):
    assert countries.country("198.51.100.1") == ""

    write(known, {"198.51.100.0/24": {"country": "FR"}})

    assert countries.country("198.51.100.1") == "FR"


def test_a_broken_file_says_nothing(known: Path):
    known.write_bytes(b"not a database")

    assert countries.country("192.0.2.10") == ""


def test_without_a_file_there_is_no_country():
    assert config.current().countries is None
    assert countries.country("192.0.2.10") == ""

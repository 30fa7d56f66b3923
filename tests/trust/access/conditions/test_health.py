"""The health page says when a condition needs what the portal does not have."""

from dataclasses import replace
from pathlib import Path

import pytest

from muniment.core import config
from muniment.core.actor import Actor
from muniment.core.health import HealthLine
from muniment.core.unit import acting_as
from muniment.trust.access import actions
from muniment.trust.access.conditions.health import conditions_evaluate
from muniment.trust.access.conditions.rows import AccessProfile
from muniment.trust.access.types import Profile, Side, Terms
from muniment.trust.identity.health import known_countries
from tests.cast import Portal
from tests.trust.identity.test_countries import write

SPAIN = Profile(contacts=Side(terms=Terms(countries=frozenset({"ES"}))))


def _by_country(portal: Portal) -> None:
    actions.set_profile(Actor.system(portal.okoye), profile=SPAIN)


def _database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "countries.mmdb"
    write(path, {"192.0.2.0/24": {"country": {"iso_code": "ES"}}})
    present = replace(config.current(), countries=path)
    monkeypatch.setattr(config, "current", lambda: present)
    return path


@pytest.mark.control("access-where")
def test_conditions_by_country_without_a_database_are_bad_news(portal: Portal):
    assert list(known_countries()) == []

    _by_country(portal)

    (line,) = known_countries()
    assert line.state == "bad"
    assert "In 1 of the spaces conditions name countries" in line.sentence


def test_a_database_that_can_be_read_is_good_and_a_broken_one_is_none(portal: Portal, tmp_path, monkeypatch):
    path = _database(tmp_path, monkeypatch)
    _by_country(portal)
    assert [line.state for line in known_countries()] == ["good"]

    path.write_bytes(b"not a database")

    assert [line.state for line in known_countries()] == ["bad"]


def test_an_old_database_is_a_notice_where_somebody_relies_on_it(portal: Portal, tmp_path, monkeypatch):
    _database(tmp_path, monkeypatch)
    from muniment.trust.identity import countries, health

    built = countries.built_at()
    assert built is not None
    monkeypatch.setattr(countries, "built_at", lambda: built - 2 * health.OLD)
    assert [line.state for line in known_countries()] == ["good"]

    _by_country(portal)

    assert [line.state for line in known_countries()] == ["notice"]


def test_conditions_that_cannot_be_read_close_their_client_and_are_bad_news(portal: Portal):
    assert [line.state for line in conditions_evaluate()] == ["good"]

    with acting_as(Actor.system(portal.okoye)):
        AccessProfile.objects.create(client_id=portal.okoye, version=1, body={"zone": "Nowhere/At all"})

    assert list(conditions_evaluate()) == [
        HealthLine(
            "Conditions",
            "bad",
            "Those of 1 of 3 spaces cannot be evaluated: nothing opens there. See the logs.",
        )
    ]

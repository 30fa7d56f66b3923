"""Staff and contacts see who holds the documents, in which region, and where alone they may lie."""

from dataclasses import replace

import pytest

from tests.cast import signed_in

pytestmark = pytest.mark.control("buyer-data-location")


@pytest.fixture
def in_a_region(monkeypatch):
    """Say where this machine stands."""
    from muniment.core import config

    changed = replace(config.current(), region="de-berlin")
    monkeypatch.setattr(config, "current", lambda: changed)


def _text(portal, who, address):
    return signed_in(portal.people[who]).get(address, secure=True).content.decode()


def test_a_client_and_its_staff_see_where_documents_lie(portal, in_a_region):
    from muniment.core import ids

    home = _text(portal, "cleo", "/")
    page = _text(portal, "ben", f"/{ids.public(portal.okoye)}/")

    assert "the firm&#x27;s own machine (de-berlin)" in home
    assert "the firm&#x27;s own machine (de-berlin)" in page


def test_they_see_where_alone_documents_may_lie(portal, in_a_region):
    from muniment.core.db.binding import Binding
    from muniment.core.unit import bound
    from muniment.trust.vault.models import Residency

    before = _text(portal, "cleo", "/")
    with bound(Binding(portal.okoye)):
        Residency.objects.create(client_id=portal.okoye, region="de-berlin")

    assert "alone" not in before
    assert "They may lie in de-berlin alone." in _text(portal, "cleo", "/")


def test_a_store_that_still_holds_some_is_named_and_no_server_is_asked(portal, in_a_region, monkeypatch, tmp_path):
    from muniment.core import config
    from muniment.trust.vault import queries
    from tests.guarantees.things import lay

    lay(portal)
    credentials = tmp_path / "s3"
    credentials.write_text("[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
    credentials.chmod(0o600)
    moved = replace(
        config.current(),
        store="s3",
        s3_bucket="papers",
        s3_region="eu-central-1",
        s3_endpoint="https://127.0.0.1:9",  # where nobody answers
        s3_credentials=credentials,
    )
    monkeypatch.setattr(config, "current", lambda: moved)
    queries.store.cache_clear()

    okoye, brandt = (queries.expected_residency(client_id) for client_id in (portal.okoye, portal.brandt))

    queries.store.cache_clear()
    assert [(place.store, place.region) for place in okoye.places] == [("disk", "de-berlin"), ("s3", "eu-central-1")]
    assert [place.provider for place in brandt.places] == ["127.0.0.1"]

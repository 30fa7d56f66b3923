"""A client's documents lie in one region alone, and the store itself is asked where it is."""

import os
from dataclasses import replace

import pytest

from muniment.core import ids
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.clients import actions as clients
from muniment.trust.vault import actions as vault
from muniment.trust.vault import queries
from muniment.trust.vault.errors import RegionRefused, StoreRefuses
from muniment.trust.vault.models import Blob
from muniment.trust.vault.store.s3 import S3Store
from muniment.trust.vault.types import PlaceFacts
from tests.trust.vault.vessels import put

pytestmark = pytest.mark.control("buyer-data-location")


@pytest.fixture
def okoye(both_stores: None):
    """Give a client with a key of their own."""
    client_id = clients.open_client()
    with bound(Binding(client_id)):
        vault.make_client_key(client_id)
    return client_id


@pytest.fixture
def aws(monkeypatch):
    """Give the address of a double of AWS that knows regions, which SeaweedFS does not."""
    from moto.server import ThreadedMotoServer

    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


def only_in(client_id, region):
    with bound(Binding(client_id)):
        vault.set_region(client_id, region)


def begin(client_id):
    with bound(Binding(client_id)):
        return vault.begin_blob(client_id, 10)


def test_a_client_without_a_region_may_lie_anywhere(okoye):
    assert begin(okoye).store == "disk"


def test_a_client_of_the_stores_region_is_taken(okoye):
    only_in(okoye, "home")

    assert begin(okoye).store == "disk"


@pytest.mark.parametrize("store", ["disk", "s3"])
def test_nothing_is_written_to_a_store_of_another_region(okoye, store, monkeypatch):
    only_in(okoye, "ap-south-1")
    monkeypatch.setattr(queries, "store", lambda name=None, found=queries.store: found(name or store))

    with pytest.raises(RegionRefused) as refusal:
        begin(okoye)

    assert refusal.value.status == 409
    assert list(queries.store(store).found(okoye)) == []
    with bound(Binding(okoye)):
        assert not Blob.objects.exists()


def test_a_store_that_does_not_say_where_it_is_is_another_region(okoye, monkeypatch):
    monkeypatch.setattr(queries.store("disk"), "_region", "")
    only_in(okoye, "home")

    with pytest.raises(RegionRefused):
        begin(okoye)


def test_a_client_whose_documents_lie_elsewhere_gets_no_region_before_they_are_moved(okoye):
    blob_id = put(okoye, os.urandom(50), "disk")

    with pytest.raises(RegionRefused):
        only_in(okoye, "eu-central-1")
    vault.move_blobs(okoye, target="s3")
    only_in(okoye, "eu-central-1")

    assert queries.residency(okoye).region == "eu-central-1"
    assert queries.residency(okoye).places == (PlaceFacts("s3", "eu-central-1", "127.0.0.1"),)
    with vault.open_blob(okoye, blob_id, for_vetting=True) as blob:
        assert blob.length == 50


def test_the_region_of_one_client_is_nothing_to_another(okoye):
    only_in(okoye, "ap-south-1")
    brandt = clients.open_client()
    with bound(Binding(brandt)):
        vault.make_client_key(brandt)

    assert queries.region_of(brandt) == ""
    assert begin(brandt).store == "disk"


def test_what_the_server_says_counts_more_than_what_is_configured(weed, aws):
    address = replace(weed.address, endpoint=aws)
    elsewhere = S3Store(replace(address, region="ap-south-1"))
    elsewhere._make_bucket(address.bucket)

    assert S3Store(address).region(ids.new()) == "ap-south-1"


def test_each_client_can_have_a_bucket_of_its_own(weed, aws, database):
    store = S3Store(replace(weed.address, endpoint=aws, bucket="muniment-{client}"))
    ours, theirs = ids.new(), ids.new()

    assert store.region(ours) == "eu-central-1"
    assert store.region(theirs) == "eu-central-1"

    named = {one["Name"] for one in store._client.list_buckets()["Buckets"]}
    assert {f"muniment-{ours.hex}", f"muniment-{theirs.hex}"} <= named
    assert list(store.found(ids.new())) == []  # who never stored anything has none


def test_a_bucket_for_all_that_is_not_there_is_a_refusal(weed):
    with pytest.raises(StoreRefuses):
        S3Store(replace(weed.address, bucket="nobody-made-this")).region(ids.new())

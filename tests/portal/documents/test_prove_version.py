import hashlib

import pytest

from muniment.core import config, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.documents import actions, jobs, queries
from tests.portal.documents.uploading import CONTRACT, events


def path_of(version, client_id):
    return next((config.current().data / "store").glob(f"{client_id.hex}/*/{version.blob_id.hex}.mnb"))


@pytest.mark.control("rest-documents", "share-files")
def test_a_version_that_opens_gets_its_digest(portal, cleo, contract):
    before = queries.versions(cleo, contract.document_id)[0]

    jobs.prove_version(str(portal.okoye), str(contract.id))

    (version,) = queries.versions(cleo, contract.document_id)
    assert (before.sha256, version.sha256_hex) == (None, hashlib.sha256(CONTRACT).hexdigest())
    assert version.proved_at is not None
    assert events(cleo, contract.id) == ["version.proved", "version.vetted"]


@pytest.mark.control("rest-documents")
@pytest.mark.parametrize("damage", ["flipped", "cut", "gone"])
def test_damage_is_found_and_told(portal, cleo, contract, damage):
    path = path_of(contract, cleo.client)
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(data if damage == "flipped" else data[:-1])

    assert actions.prove_version(Actor.system(portal.okoye), version_id=contract.id) is False

    assert events(cleo, contract.id) == ["version.damaged", "version.vetted"]
    assert queries.versions(cleo, contract.document_id)[0].sha256 is None


@pytest.mark.control("rest-documents")
def test_what_lies_on_the_disk_says_nothing_of_the_document(cleo, contract):
    data = path_of(contract, cleo.client).read_bytes()

    assert b"%PDF" not in data
    assert b"endobj" not in data


def test_a_version_that_is_not_there_is_not_proved(portal, contract):
    for client_id, version_id in ((portal.okoye, ids.new()), (portal.brandt, contract.id)):
        with pytest.raises(NotFound):
            actions.prove_version(Actor.system(client_id), version_id=version_id)

"""Everything that is stored is read back, moved and tidied up; what is damaged leaves an entry."""

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from muniment.core import clock, config, ids
from muniment.core.actor import Actor
from muniment.portal.documents import actions, jobs
from muniment.trust.vault import actions as blobs
from muniment.trust.vault import queries as vault
from tests.portal.documents.uploading import CONTRACT, add, entries, events

MIB = 2**20


@pytest.fixture
def system(cleo):
    """Give the portal itself, at work in Okoye's space."""
    return Actor.system(cleo.client, purpose="integrity")


@pytest.fixture
def own_store(portal, tmp_path, monkeypatch):
    """Give the portal a disk of its own: without the guard a collection would take what other tests have there."""
    monkeypatch.setattr(vault.store("disk"), "_root", tmp_path)


def root() -> Path:
    disk: Any = vault.store("disk")
    found: Path = disk._root
    return found


def path_of(client_id, version):
    return next(root().glob(f"{client_id.hex}/*/{version.blob_id.hex}.mnb"))


def flip(path):
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)


def test_everything_is_read_back_and_the_run_leaves_one_entry(cleo, system):
    add(cleo, "A.pdf", CONTRACT)
    add(cleo, "B.pdf", CONTRACT * 3)

    facts = actions.check_store(system)

    assert (facts.blobs, facts.damage) == (2, ())
    assert facts.read_bytes > 4 * len(CONTRACT)
    (entry,) = [one for one in entries(cleo) if one.event == "store.checked"]
    assert entry.facts == {"blobs": 2, "read": facts.read_bytes, "damaged": 0}


@pytest.mark.control("rest-documents")
@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (flip, "SegmentDamaged"),
        (lambda path: path.unlink(), "BlobMissing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "SizeDiffers"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1] + b"\x01"), "FooterDamaged"),
    ],
    ids=["a flipped bit", "a lost object", "a wrong size", "a changed footer"],
)
def test_each_damaged_version_leaves_an_entry_and_the_others_are_read_on(cleo, system, harm, what, caplog):
    damaged = add(cleo, "A.pdf", CONTRACT)
    add(cleo, "B.pdf", CONTRACT)
    harm(path_of(cleo.client, damaged))

    with caplog.at_level(logging.CRITICAL):
        facts = actions.check_store(system)

    assert [(one.version_id, one.what) for one in facts.damage] == [(damaged.id, what)]
    assert facts.blobs == 2
    (entry,) = [one for one in entries(cleo, damaged.id) if one.event == "version.damaged"]
    assert entry.facts == {"blob": ids.public(damaged.blob_id), "what": what}
    assert entry.person_kind == "system"


def test_what_was_read_back_lately_is_not_read_again(cleo, system):
    add(cleo, "A.pdf", CONTRACT)
    assert actions.check_store(system, proved_before=clock.now() - timedelta(days=28)).blobs == 1

    again = actions.check_store(system, proved_before=clock.now() - timedelta(days=28))

    assert again.blobs == 0


def test_a_run_that_was_killed_goes_on_with_what_was_not_read(cleo, system, monkeypatch):
    for name in ("A.pdf", "B.pdf", "C.pdf"):
        add(cleo, name, CONTRACT)
    before, prove = clock.now(), blobs.prove_blob
    proved: list[object] = []

    def dying(client_id, blob_id, pace):
        if len(proved) == 2:
            raise KeyboardInterrupt
        proved.append(blob_id)
        return prove(client_id, blob_id, pace)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(blobs, "prove_blob", dying)
        actions.check_store(system, proved_before=before)

    assert actions.check_store(system, proved_before=before).blobs == 1


def test_the_rate_is_kept(cleo, system, monkeypatch):
    add(cleo, "A.bin", b"\0" * 2 * MIB)
    present = replace(config.current(), store_check_bytes_per_second=MIB)
    monkeypatch.setattr("muniment.core.config.current", lambda: present)
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)

    actions.check_store(system)

    assert sum(slept) >= 1.5


def test_a_move_and_a_collection_leave_an_entry_only_when_they_did_something(own_store, cleo, system):
    version = add(cleo, "A.pdf", CONTRACT)
    orphan = path_of(cleo.client, version).with_name(f"{'0' * 30}ff.mnb")
    orphan.write_bytes(b"nobody's")

    assert actions.collect_store(system).removed == 0  # too young to tell
    assert actions.collect_store(system, guard=timedelta(0)).objects == 1
    assert actions.collect_store(system, guard=timedelta(0)).removed == 0
    assert actions.move_store(system, target="disk").moved == 0

    assert events(cleo).count("store.collected") == 1
    assert "store.moved" not in events(cleo)
    assert not orphan.exists()


def test_the_nightly_job_tidies_up_in_every_space(portal, cleo):
    version = add(cleo, "A.pdf", CONTRACT)

    jobs.collect_stores(0)

    assert path_of(cleo.client, version).exists()


def test_the_monthly_job_reads_one_client_after_the_other(portal, cleo):
    add(cleo, "A.pdf", CONTRACT)

    jobs.check_stores(0)
    jobs.check_store(client_id=str(cleo.client))

    assert events(cleo).count("store.checked") == 1

"""What a destroyed key sealed does not open in a backup from before, however that is restored; everything else does."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.portal.documents.models import Version
from muniment.trust.clients import queries as clients
from muniment.trust.custody import actions, jobs
from muniment.trust.custody.models import Destruction
from muniment.trust.identity import queries as people
from muniment.trust.identity.models import Person
from muniment.trust.vault import actions as vault
from muniment.trust.vault import queries as keys
from muniment.trust.vault.errors import KeyDestroyed
from muniment.trust.vault.keys import blob_keys, locks
from muniment.trust.vault.models import Blob, ClientKey, PersonKey
from tests import server
from tests.cast import BRANDT, OKOYE, PEOPLE, Portal
from tests.guarantees.things import CONTENT, lay
from tests.worker import as_worker

pytestmark = pytest.mark.control("buyer-encryption", "backup-encrypted")
RESTORED = "restored_backup"


@pytest.fixture
def restored() -> Iterator[str]:
    yield RESTORED
    server.drop(RESTORED)


def dump(folder: Path) -> Path:
    """Take a logical backup of the present database, as an operator's own server gives one."""
    path = folder / "before.dump"
    _run("pg_dump", "--format=custom", f"--file={path}", connection.settings_dict["NAME"])
    return path


def restore(path: Path, name: str) -> None:
    """Restore it beside the present one, and point the portal there; the keys directory stays as it is now."""
    run = Path(os.environ["MUNIMENT_DATA"]) / "run"
    with psycopg.connect(f"host={run} user=muniment_super dbname=postgres", autocommit=True) as admin:
        admin.execute(f"drop database if exists {name} with (force)")
        admin.execute(f"create database {name} template template0 owner muniment_owner")
        server.settle(admin, name)
    _run("pg_restore", "--exit-on-error", f"--dbname={name}", str(path))
    server.use(name, keep_locks=True)
    connection.close()


def _run(program: str, *arguments: str) -> None:
    data = Path(os.environ["MUNIMENT_DATA"])
    found = next((data / "pg").glob(f"**/bin/{program}"))
    subprocess.run([found, f"--host={data / 'run'}", "--username=muniment_super", *arguments], check=True)


def destroy(portal: Portal, second: UUID, monkeypatch, kind: str, subject: UUID, of_client: UUID | None = None) -> UUID:
    """Ask, let the second person approve, wait and work, up to the certificate."""
    ada = portal.actor("ada")
    asked = actions.ask_destruction(ada, kind=kind, subject_id=subject, of_client=of_client, reason="It is over")
    actions.approve_destruction(replace(ada, person_id=second), destruction_id=asked.id)
    with bound(Binding(portal.firm_id)):
        Destruction.objects.filter(id=asked.id).update(due_at=clock.now())
    real = clock.now
    with as_worker(), monkeypatch.context() as later:
        jobs.destroy_keys(0)
        keys.forget_keys()
        later.setattr(clock, "now", lambda: real() + timedelta(seconds=keys.keep_seconds() + 1))
        jobs.destroy_keys(0)
    return asked.id


def told(portal: Portal, destruction_id: UUID) -> dict[str, Any]:
    found = actions.download_certificate(portal.actor("ada"), destruction_id=destruction_id, form="json")
    certificate: dict[str, Any] = json.loads(found)
    return certificate


def blob_of(client_id: UUID, document_id: UUID) -> UUID:
    with bound(Binding(client_id)):
        return Version.objects.filter(document_id=document_id).values_list("blob_id", flat=True).get()


def test_a_clients_documents_and_names_in_a_backup_do_not_open_and_anothers_do(
    portal: Portal, monkeypatch, tmp_path, restored
):
    things = lay(portal)
    blob = blob_of(portal.okoye, things.values["document_id"])
    before, locks_before = dump(tmp_path), shutil.copy(config.current().locks, tmp_path / "locks-before")
    certificate = told(portal, destroy(portal, things.in_role("admin"), monkeypatch, "client", portal.okoye))

    restore(before, restored)

    with pytest.raises(KeyDestroyed):
        vault.prove_blob(portal.okoye, blob)
    with pytest.raises(KeyDestroyed):
        people.companies([portal.okoye])
    assert people.companies([portal.brandt])[portal.brandt].name == BRANDT
    assert people.person(portal.people["cleo"]).name == PEOPLE["cleo"][0]
    assert "whichever of them is restored" in certificate["backups"]["covered"]
    assert not any("wrapped key until" in text for text in certificate["does_not_cover"])

    with as_worker():
        assert actions.repeat_destructions(Actor.system(clients.firm_id(), purpose="Tests")) >= 1
    assert portal.okoye not in clients.client_ids()
    with bound(Binding(portal.okoye)):
        assert not ClientKey.objects.exists()

    restore(before, restored)  # the same with the locks from before: that is what was taken away
    shutil.copy(locks_before, config.current().locks)
    assert people.companies([portal.okoye])[portal.okoye].name == OKOYE
    assert vault.prove_blob(portal.okoye, blob) == hashlib.sha256(CONTENT).digest()


def test_a_persons_name_and_a_documents_bytes_in_a_backup_do_not_open_and_the_others_do(
    portal: Portal, monkeypatch, tmp_path, restored
):
    things, cleo, okoye = lay(portal), portal.people["cleo"], portal.okoye
    document = things.values["document_id"]
    blob = blob_of(okoye, document)
    with bound(Binding(okoye)):
        other = Blob.objects.exclude(id=blob).exclude(sealed_at=None).exclude(wrapped_key=b"").first()
    assert other is not None
    before = dump(tmp_path)
    second = things.in_role("admin")
    of_document = told(portal, destroy(portal, second, monkeypatch, "document", document, okoye))
    destroy(portal, second, monkeypatch, "person", cleo)

    restore(before, restored)

    with pytest.raises(KeyDestroyed):
        vault.prove_blob(okoye, blob)
    assert vault.prove_blob(okoye, other.id)
    assert Person.objects.get(id=cleo).name == "(erased)"
    assert people.person(portal.people["dan"]).name == PEOPLE["dan"][0]
    assert any("name of the document in backups" in text for text in of_document["does_not_cover"])

    with as_worker():
        assert actions.repeat_destructions(Actor.system(clients.firm_id(), purpose="Tests")) == 2
    assert PersonKey.objects.get(person_id=cleo).destroyed_at is not None
    assert people.find_person(PEOPLE["cleo"][1]) is None
    with bound(Binding(okoye)):
        assert bytes(Blob.objects.get(id=blob).wrapped_key) == b""


def test_a_death_between_the_key_and_its_lock_is_made_good_before_there_is_a_certificate(portal: Portal, monkeypatch):
    things, okoye = lay(portal), portal.okoye
    name = keys.context("client", okoye)
    monkeypatch.setattr(actions, "break_locks", lambda *_, **__: None)  # killed here: only the key was destroyed
    real, seen = locks.destroy, list[set[bytes]]()

    def watched(names: Iterable[bytes]) -> int:
        seen.append(locks.destroyed([name]))
        return real(names)

    monkeypatch.setattr(locks, "destroy", watched)

    destruction = destroy(portal, things.in_role("admin"), monkeypatch, "client", okoye)

    assert seen == [set()]
    assert locks.destroyed([name]) == {name}
    assert told(portal, destruction)["backups"]["lock_destroyed"]


def test_keys_from_before_there_were_locks_get_theirs_and_the_certificate_says_until_when_there_were_any(
    portal: Portal, monkeypatch
):
    things, okoye = lay(portal), portal.okoye
    _take_locks_away(okoye)

    with as_worker():
        jobs.keep_keys(0)
        jobs.keep_keys(0)

    with bound(Binding(okoye)):
        assert all(locks.is_closed(bytes(row.wrapped)) for row in ClientKey.objects.all())
        assert all(locks.is_closed(bytes(row.wrapped_key)) for row in Blob.objects.exclude(wrapped_key=b""))
    assert all(locks.is_closed(bytes(row.wrapped)) for row in PersonKey.objects.filter(destroyed_at=None))
    book = locks.book()
    assert book.is_complete
    assert book.late_at is not None
    keys.forget_keys()
    assert people.companies([okoye])[okoye].name == OKOYE
    assert vault.prove_blob(okoye, blob_of(okoye, things.values["document_id"])) == hashlib.sha256(CONTENT).digest()
    certificate = told(portal, destroy(portal, things.in_role("admin"), monkeypatch, "client", okoye))
    late = book.late_at.isoformat(timespec="seconds")
    assert any(f"Backups made before {late}" in text for text in certificate["does_not_cover"])


def _take_locks_away(client_id: UUID) -> None:
    """Put keys as a portal without locks has them."""
    with as_worker(), bound(Binding(client_id)):
        for row in ClientKey.objects.all():
            bare = locks.open_(keys.context("client", client_id), bytes(row.wrapped))
            ClientKey.objects.filter(id=row.id).update(wrapped=bare)
        for blob in Blob.objects.exclude(wrapped_key=b""):
            bare = blob_keys.bare(client_id, blob.id, bytes(blob.wrapped_key))
            Blob.objects.filter(id=blob.id).update(wrapped_key=bare)
        for person in PersonKey.objects.filter(destroyed_at=None):
            bare = locks.open_(keys.context("person", person.person_id), bytes(person.wrapped))
            PersonKey.objects.filter(person_id=person.person_id).update(wrapped=bare)

"""Keys turn while the portal runs: nothing is lost at any step, and nothing stays under an older key."""

import hashlib
import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest
from django.db import DatabaseError, connection

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import acting_as, bound
from muniment.portal.documents import actions as documents
from muniment.portal.documents.models import Version
from muniment.trust.audit import queries as log
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as people
from muniment.trust.identity.models import Company, Invitation, Person
from muniment.trust.vault import actions, queries, rewrapping, turning, wrapping
from muniment.trust.vault.errors import KeyRefused, NeverTurns, TurningAlready
from muniment.trust.vault.models import Blob, ClientKey, InstallationKey, PersonKey, Turning
from tests.cast import OKOYE, PEOPLE, Portal
from tests.guarantees.things import CONTENT, add_document, lay
from tests.worker import as_worker

pytestmark = pytest.mark.control("buyer-encryption")


class Died(BaseException):
    """The process is gone."""


def begin(what: str, client_id=None) -> Turning:
    return turning.begin(what, subject_id=client_id, reencrypts=False, person_id=None)


def finish(row: Turning) -> Turning:
    """Work as the worker does, minute after minute, until the rotation is over."""
    with as_worker():
        for _ in range(20):
            if done := turning.run(row.id, seconds=60):
                return done
            assert Turning.objects.get(id=row.id).trouble == ""
            Turning.objects.filter(id=row.id, step="waiting").update(waits_until=clock.now())
    raise AssertionError("it does not come to an end")


def turn(what: str, client_id=None) -> Turning:
    return finish(begin(what, client_id))


def everything_opens(portal: Portal, document_id) -> None:
    """Read as another process would, which remembers nothing."""
    queries.forget_keys()
    ada = people.find_person(PEOPLE["ada"][1])
    assert ada is not None
    assert ada.name == PEOPLE["ada"][0]
    assert people.companies([portal.okoye])[portal.okoye].name == OKOYE
    with bound(Binding(portal.okoye)):
        (blob_id,) = Version.objects.filter(document_id=document_id).values_list("blob_id", flat=True)
    assert actions.prove_blob(portal.okoye, blob_id) == hashlib.sha256(CONTENT).digest()
    assert len(log.entries(Actor.system(portal.okoye), limit=100)) > 3


def versions_of(client_id) -> set[int]:
    """Which versions of its key a client's sealed values and blobs are under."""
    found = set()
    with bound(Binding(client_id)), connection.cursor() as cursor:
        found |= set(Blob.objects.values_list("key_version", flat=True))
        for table, column in (
            ("company", "name"),
            ("document", "name"),
            ("folder", "name"),
            ("access_grant", "purpose"),
        ):
            cursor.execute(f"select {column} from {table}")
            found |= {wrapping.seal_of(bytes(value)).version for (value,) in cursor.fetchall()}
    return found


def document_of(portal: Portal):
    return lay(portal).values["document_id"]


def test_a_clients_key_turns_and_what_was_sealed_before_is_under_the_new_one(portal: Portal):
    document_id = document_of(portal)

    done = turn("client", portal.okoye)

    assert (done.step, done.clients_done, done.clients_total) == ("done", 1, 1)
    assert done.keys_wrapped >= 2
    assert done.values_sealed > 5
    queries.forget_keys()
    assert queries.client_version(portal.okoye) == 2
    assert queries.client_version(portal.brandt) == 1
    assert versions_of(portal.okoye) == {2}
    everything_opens(portal, document_id)


def test_a_documents_bytes_are_not_touched_when_its_key_is_wrapped_anew(portal: Portal):
    document_of(portal)
    with bound(Binding(portal.okoye)):
        before = {blob.id: (bytes(blob.wrapped_key), bytes(blob.salt)) for blob in Blob.objects.all()}

    turn("client", portal.okoye)

    with bound(Binding(portal.okoye)):
        for blob in Blob.objects.all():
            assert bytes(blob.salt) == before[blob.id][1]
            assert bytes(blob.wrapped_key) != before[blob.id][0]
            with pytest.raises(KeyRefused):
                wrapping.unwrap(
                    queries.client_key(portal.okoye, 1), bytes(blob.wrapped_key), portal.okoye.bytes + blob.id.bytes
                )


def test_the_keys_of_all_clients_turn_the_firms_too(portal: Portal):
    document_id = document_of(portal)

    done = turn("clients")

    assert (done.clients_done, done.clients_total) == (3, 3)
    queries.forget_keys()
    for client_id in (portal.okoye, portal.brandt, clients.firm_id()):
        assert queries.client_versions(client_id) == [2, 1]
        assert versions_of(client_id) <= {2}
    everything_opens(portal, document_id)


def test_the_root_key_turns_and_every_key_is_wrapped_by_the_new_one(portal: Portal):
    document_id = document_of(portal)
    before = queries.keyring().facts()

    turn("root")

    after = queries.keyring().facts()
    assert len(after) == len(before) + 1
    assert all(queries.keyring().is_current(bytes(row.wrapped)) for row in InstallationKey.objects.all())
    for client_id in (portal.okoye, portal.brandt, clients.firm_id()):
        with bound(Binding(client_id)):
            assert all(queries.keyring().is_current(bytes(row.wrapped)) for row in ClientKey.objects.all())
    everything_opens(portal, document_id)


def test_the_people_key_turns_with_addresses_names_and_keys_of_people(portal: Portal):
    document_id = document_of(portal)

    turn("people")

    queries.forget_keys()
    assert queries.installation_version("people") == 2
    assert set(PersonKey.objects.values_list("people_version", flat=True)) == {2}
    with connection.cursor() as cursor:
        cursor.execute("select email from person")
        assert {wrapping.seal_of_same(email).version for (email,) in cursor.fetchall()} == {2}
    with bound(Binding(portal.okoye)), connection.cursor() as cursor:
        cursor.execute("select email, name from invitation")
        for email, name in cursor.fetchall():
            assert (wrapping.seal_of_same(email).version, wrapping.seal_of(bytes(name)).version) == (2, 2)
        assert {row.name for row in Invitation.objects.all()} >= {"Eve"}
    everything_opens(portal, document_id)


def test_who_was_there_before_people_had_keys_gets_one_when_the_people_key_turns(portal: Portal):
    cleo = portal.people["cleo"]
    with psycopg.connect(
        f"host={connection.settings_dict['HOST']} user=muniment_super dbname={connection.settings_dict['NAME']}"
    ) as server:
        server.execute("delete from app.person_key where person_id = %s", [cleo])
    queries.forget_keys()
    row = Person.objects.get(id=cleo)
    row.name = PEOPLE["cleo"][0]
    row.save()  # under the people key, as it was then

    turn("people")

    queries.forget_keys()
    assert queries.has_person_key(cleo)
    assert Person.objects.get(id=cleo).name == PEOPLE["cleo"][0]
    with connection.cursor() as cursor:
        cursor.execute("select name from person where id = %s", [cleo])
        assert wrapping.seal_of(bytes(cursor.fetchone()[0])).owner == cleo.bytes


def test_people_are_found_by_their_address_while_rows_are_under_both_versions(portal: Portal):
    rewrapping.add_installation_key("people", 2)
    queries.forget_keys()

    found = people.find_person(PEOPLE["cleo"][1])

    assert found is not None
    assert found.id == portal.people["cleo"]
    with pytest.raises(Person.DoesNotExist):
        Person.objects.get(email="nobody@nowhere.example")


def test_the_signing_key_turns_and_of_the_old_one_the_public_part_stays(portal: Portal):
    old = InstallationKey.objects.get(purpose="signing", version=1)

    turn("signing")

    rows = {row.version: row for row in InstallationKey.objects.filter(purpose="signing")}
    assert set(rows) == {1, 2}
    public = {version: bytes(row.public or b"") for version, row in rows.items()}
    assert (bytes(rows[1].wrapped), public[1]) == (b"", bytes(old.public or b""))
    assert public[2] not in {public[1], b""}
    turn("root")  # passes by the key that is not there any more


def test_what_is_written_between_two_steps_with_the_old_key_is_found_in_the_last_look(portal: Portal):
    document_id = document_of(portal)
    row = begin("client", portal.okoye)
    with as_worker():
        assert turning.run(row.id, seconds=60) is None
    assert Turning.objects.get(id=row.id).step == "waiting"
    queries._versions[f"client/{portal.okoye}"] = (time.monotonic(), 1)  # a process that has not heard of it
    documents.rename_document(portal.actor("cleo"), document_id=document_id, name="Late.pdf")
    add_document(portal.actor("cleo"), "Later.pdf", CONTENT)
    assert versions_of(portal.okoye) == {1, 2}

    finish(row)

    assert versions_of(portal.okoye) == {2}
    everything_opens(portal, document_id)


def test_while_another_process_may_still_seal_with_the_old_key_a_rotation_is_not_over(portal: Portal):
    row = begin("client", portal.okoye)

    with as_worker():
        assert turning.run(row.id, seconds=60) is None
        assert turning.run(row.id, seconds=60) is None

    kept = Turning.objects.get(id=row.id)
    assert kept.step == "waiting"
    assert kept.waits_until is not None
    assert (kept.waits_until - clock.now()).total_seconds() > queries.keep_seconds()


def test_two_rotations_at_once_are_refused(portal: Portal):
    row = begin("client", portal.okoye)

    with pytest.raises(TurningAlready):
        begin("root")
    with pytest.raises(TurningAlready):
        begin("client", portal.okoye)

    finish(row)
    finish(begin("client", portal.okoye))
    assert queries.client_versions(portal.okoye) == [3, 2, 1]


@pytest.mark.parametrize(
    ("what", "has_client"), [("public-ids", False), ("nonsense", False), ("client", False), ("root", True)]
)
def test_what_never_turns_is_refused(portal: Portal, what: str, has_client: bool):
    with pytest.raises(NeverTurns):
        begin(what, portal.okoye if has_client else None)
    with pytest.raises(NeverTurns):
        begin("client", ids.new())


@pytest.mark.parametrize("what", ["root", "people", "clients", "signing"])
@pytest.mark.parametrize("point", ["before the commit", "after the commit"])
def test_a_death_at_any_step_loses_nothing(portal: Portal, monkeypatch, what: str, point: str):
    document_id = document_of(portal)
    monkeypatch.setattr(turning, "BATCH", 3)
    row, deaths = begin(what), 0
    name = "_advance" if point == "before the commit" else "_step"
    real = getattr(turning, name)
    with as_worker():
        for nth in range(1, 400):
            calls = 0

            def dying(*arguments, nth=nth, real=real):
                nonlocal calls
                result = real(*arguments)
                calls += 1
                if calls == (1 if point == "after the commit" else nth % 3 + 1):
                    raise Died
                return result

            monkeypatch.setattr(turning, name, dying)
            try:
                turning.run(row.id, seconds=60)
            except Died:
                deaths += 1
                connection.close()
                queries.forget_keys()
            Turning.objects.filter(id=row.id, step="waiting").update(waits_until=clock.now())
            if Turning.objects.filter(id=row.id).exclude(finished_at=None).exists():
                break
            if point == "before the commit" and nth % 3 == 2:
                monkeypatch.setattr(turning, name, real)
                turning._step(row.id)  # one step gets through now and then

    assert deaths >= 2
    assert Turning.objects.get(id=row.id).step == "done"
    everything_opens(portal, document_id)
    if what == "clients":
        assert queries.client_versions(portal.okoye) == [2, 1]
        assert versions_of(portal.okoye) == {2}
    if what == "people":
        assert queries.installation_versions("people") == [2, 1]


def test_a_full_disk_in_the_middle_keeps_everything_and_is_said(portal: Portal, monkeypatch):
    document_id = document_of(portal)
    row, real = begin("client", portal.okoye), rewrapping.blobs

    def full(*arguments):
        real(*arguments)
        raise DatabaseError("could not extend file: No space left on device")

    monkeypatch.setattr(rewrapping, "blobs", full)
    with as_worker():
        assert turning.run(row.id, seconds=60) is None
    told = Turning.objects.get(id=row.id)
    assert (told.trouble, told.finished_at) == ("DatabaseError", None)
    with bound(Binding(portal.okoye)):
        assert set(Blob.objects.values_list("key_version", flat=True)) == {1}  # the batch was undone
    everything_opens(portal, document_id)
    monkeypatch.setattr(rewrapping, "blobs", real)

    finish(row)

    assert versions_of(portal.okoye) == {2}
    everything_opens(portal, document_id)


_KILLED = """
import sys, django
django.setup()
from tests.server import use
use(sys.argv[1])
from uuid import UUID
from muniment.trust.vault import turning
turning.BATCH = 1
print("begun", flush=True)
turning.run(UUID(sys.argv[2]), seconds=60)
"""


@pytest.mark.slow
def test_a_worker_that_is_killed_leaves_what_the_next_one_goes_on_with(portal: Portal):
    document_id = document_of(portal)
    row = begin("clients")
    environment = {**os.environ, "_MUNIMENT_DATABASE_ROLE": "job"}
    for delay in (0.0, 0.02, 0.05, 0.1):
        process = subprocess.Popen(
            [sys.executable, "-c", _KILLED, connection.settings_dict["NAME"], str(row.id)],
            env=environment,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()

    finish(row)

    assert versions_of(portal.okoye) == {2}
    everything_opens(portal, document_id)


def test_the_web_role_can_neither_change_nor_destroy_a_key(portal: Portal):
    for statement in (
        "update client_key set wrapped = ''",
        "delete from client_key",
        "update person_key set wrapped = ''",
    ):
        ada = portal.actor("ada", portal.okoye)
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            acting_as(ada),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_value_sealed_before_versions_existed_opens_after_the_key_turned(portal: Portal):
    with bound(Binding(portal.okoye)), connection.cursor() as cursor:
        cursor.execute("select name from company")
        (old,) = cursor.fetchone()
    assert bytes(old)[:1] == b"\x01"

    rewrapping_version = 0
    with as_worker(), bound(Binding(portal.okoye)):
        rewrapping_version = rewrapping.add_client_key(portal.okoye)
    queries.forget_keys()

    assert rewrapping_version == queries.client_version(portal.okoye) == 2
    with bound(Binding(portal.okoye)):
        assert Company.objects.get().name == OKOYE
        sealed = actions.seal_for(portal.okoye, b"x", b"y")
        assert wrapping.seal_of(sealed).version == 2
        assert actions.open_for(portal.okoye, b"x", sealed) == b"y"

"""Keys turn while the portal runs: nothing is lost at any step, and nothing stays under an older key."""

import time

import psycopg
import pytest
from django.db import DatabaseError, connection

from muniment.core import clock, ids
from muniment.core.db.binding import Binding
from muniment.core.unit import acting_as, bound
from muniment.portal.documents import actions as documents
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as people
from muniment.trust.identity.models import Company, Invitation, Person
from muniment.trust.vault import actions, queries
from muniment.trust.vault.errors import KeyRefused, NeverTurns, TurningAlready
from muniment.trust.vault.keys import rewrapping, turning, wrapping
from muniment.trust.vault.models import Blob, ClientKey, InstallationKey, PersonKey, Turning
from tests.cast import OKOYE, PEOPLE, Portal
from tests.guarantees.things import CONTENT, add_document
from tests.trust.vault.turned import begin, document_of, everything_opens, finish, turn, versions_of
from tests.worker import as_worker

pytestmark = pytest.mark.control("buyer-encryption")


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

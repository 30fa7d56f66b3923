"""The export of a whole log: what leaves the database passes the verifier, and anything changed on the way does not."""

import json

import pytest
from django.db import connection

from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.portal.documents import actions as documents
from muniment.trust.audit import queries
from muniment.trust.audit.errors import NothingSigned
from muniment.trust.audit.proving import export
from muniment.trust.vault.errors import SealBroken
from muniment_verify.errors import NotValid
from muniment_verify.logs import check_log
from muniment_verify.notes import parse_vkey
from muniment_verify.trust import Trust
from tests.cast import Portal
from tests.trust.audit.numbered import number
from tests.trust.audit.test_numbering import superuser

pytestmark = pytest.mark.control("audit-immutable")


def trust(portal: Portal) -> Trust:
    return Trust(
        log_keys=tuple(map(parse_vkey, queries.log_keys(portal.okoye))),
        register_keys=tuple(map(parse_vkey, queries.log_keys())),
    )


def lines(portal: Portal) -> list[bytes]:
    return list(queries.export_lines(portal.actor("cleo")))


def test_a_whole_log_passes_the_verifier(portal: Portal, monkeypatch):
    monkeypatch.setattr(export, "BATCH", 3)
    number()
    for name in ("Papers", "Letters"):
        documents.create_folder(portal.actor("cleo"), name=name)
        number()

    found = lines(portal)

    report = check_log(found, trust(portal))
    size = json.loads(found[0])["size"]
    assert f"All {size} entries" in report.sentence
    assert [json.loads(line)["i"] for line in found[1 : size + 1]] == list(range(size))
    assert all(len(line) < 4096 for line in found)


def test_a_log_that_nobody_signed_yet_is_refused_in_a_sentence(portal: Portal):
    with pytest.raises(NothingSigned):
        queries.export_lines(portal.actor("cleo"))


def test_entries_written_while_it_streams_do_not_get_in(portal: Portal):
    number()
    stream = queries.export_lines(portal.actor("cleo"))
    first = next(stream)
    documents.create_folder(portal.actor("cleo"), name="Late")
    number()

    check_log([first, *stream], trust(portal))


def test_dropped_parts_leave_their_commitments_and_old_entries_their_leaf(portal: Portal):
    number()
    with superuser() as server:
        server.execute("set session_replication_role = replica")
        server.execute("update entry set private = null, person_id = null where client_id = %s", [portal.okoye])
        server.execute(
            "update entry set core = null, core_commitment = null, private_commitment = null "
            "where client_id = %s and position = 1",
            [portal.okoye],
        )

    found = lines(portal)

    check_log(found, trust(portal))
    assert set(json.loads(found[2])) == {"i", "leaf"}
    assert set(json.loads(found[1])["private"]) == {"commitment"}


def test_after_its_key_was_destroyed_a_log_still_proves_itself(portal: Portal):
    number()
    with superuser() as server:
        server.execute("delete from client_key where client_id = %s", [portal.okoye])
    connection.close()
    from muniment.trust.vault import queries as vault

    vault.forget_keys()

    found = lines(portal)

    check_log(found, trust(portal))
    assert b"text" not in b"".join(found)


def test_a_changed_body_stops_the_export(portal: Portal):
    number()
    with superuser() as server:
        server.execute("set session_replication_role = replica")
        server.execute("update entry set core = set_byte(core, 40, get_byte(core, 40) # 1) where position = 1")

    with pytest.raises(SealBroken):
        lines(portal)


def test_a_removed_entry_is_found_by_the_verifier(portal: Portal):
    number()
    with superuser() as server:
        server.execute("set session_replication_role = replica")
        server.execute("delete from entry where client_id = %s and position = 1", [portal.okoye])

    with pytest.raises(NotValid):
        check_log(lines(portal), trust(portal))


def test_the_last_month_goes_along_hour_by_hour_and_what_is_older_day_by_day(portal: Portal):
    number()
    times = ["now() - interval '41 days'"] + [
        f"date_trunc('day', now()) - interval '{back}'" for back in ("39 days 3 hours", "39 days 2 hours", "3 hours")
    ]
    for nth, _ in enumerate(times[1:]):
        documents.create_folder(portal.actor("cleo"), name=f"Folder {nth}")
        number()
    sizes = [head.size for head in queries.heads(portal.okoye)]
    with superuser() as server:
        server.execute("set session_replication_role = replica")
        for size, moment in zip(sizes, times, strict=True):
            server.execute(
                f"update client_head set signed_at = {moment} where client_id = %s and size = %s", [portal.okoye, size]
            )
    documents.create_folder(portal.actor("cleo"), name="Today")
    number()

    found = lines(portal)

    check_log(found, trust(portal))
    heads = [json.loads(line)["head"]["checkpoint"].split("\n")[1] for line in found if line.startswith(b'{"head"')]
    wanted = [str(size) for size in (sizes[0], *sizes[2:], sizes[-1] + 1)]  # two of one old day: the later one
    assert sorted(map(int, heads)) == sorted(map(int, wanted))


def test_nobody_gets_the_entries_of_another_client(portal: Portal):
    number()

    theirs = b"".join(queries.export_lines(portal.actor("mallory")))

    with bound(Binding(portal.okoye)):
        assert queries.origin_of(portal.okoye).encode() not in theirs
    assert str(portal.people["cleo"]).encode() not in theirs

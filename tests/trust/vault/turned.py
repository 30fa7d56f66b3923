"""What the tests of rotations share: begin one, work as the worker does, look whether everything still opens."""

import hashlib

from django.db import connection

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.portal.documents.models import Version
from muniment.trust.audit import queries as log
from muniment.trust.identity import queries as people
from muniment.trust.vault import actions, queries
from muniment.trust.vault.keys import turning, wrapping
from muniment.trust.vault.models import Blob, Turning
from tests.cast import OKOYE, PEOPLE, Portal
from tests.guarantees.things import CONTENT, lay
from tests.worker import as_worker


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

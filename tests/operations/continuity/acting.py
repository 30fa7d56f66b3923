"""People at work in an installation of a test, as a program of its own: they act, and the log is numbered.

Prints what the installation then is, as JSON: rows in each table, every signed head of each log, the newest one of the
register, the digest of each stored file.
"""

import hashlib
import json
import sys
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402 - Django must be set up first

from muniment.assurance.continuity.types import OrderFacts  # noqa: E402
from muniment.core import clock, config, ids  # noqa: E402
from muniment.core.actor import Actor  # noqa: E402
from muniment.core.db.binding import Binding  # noqa: E402
from muniment.core.unit import bound  # noqa: E402
from muniment.operations.continuity import returning  # noqa: E402
from muniment.operations.continuity.bundling import Bundler  # noqa: E402
from muniment.operations.continuity.restic import Repository  # noqa: E402
from muniment.portal.documents import actions as documents  # noqa: E402
from muniment.portal.documents.models import Version  # noqa: E402
from muniment.trust.audit import queries as log  # noqa: E402
from muniment.trust.clients import queries as clients  # noqa: E402
from muniment.trust.identity import actions as identity  # noqa: E402
from muniment.trust.identity.models import Session  # noqa: E402
from muniment.trust.vault import actions as vault  # noqa: E402
from tests.cast import find  # noqa: E402
from tests.trust.audit.numbered import number  # noqa: E402
from tests.worker import as_worker  # noqa: E402

_TABLES = """
select c.relname from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p')
and not c.relispartition order by 1
"""


def facts() -> dict[str, object]:
    """Return what the installation is."""
    with as_worker("muniment_super"), connection.cursor() as cursor:
        cursor.execute(_TABLES)
        rows = {}
        for (name,) in cursor.fetchall():
            cursor.execute(f'select count(*) from app."{name}"')
            rows[name] = cursor.fetchone()[0]
        cursor.execute("select client_id, size, root from app.client_head order by 1, 2")
        heads: dict[str, dict[str, str]] = {}
        for client_id, size, root in cursor.fetchall():
            heads.setdefault(str(client_id), {})[str(size)] = bytes(root).hex()
        cursor.execute("select size, root from app.register_head order by size")
        register = {str(size): bytes(root).hex() for size, root in cursor.fetchall()}
        cursor.execute("select count(*) from app.invitation where used_at is null and withdrawn_at is null")
        (invitations,) = cursor.fetchone()
    store = Path(config.current().data) / "store"
    stored = {
        str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(store.rglob("*"))
        if path.is_file()
    }
    return {
        "rows": rows,
        "heads": heads,
        "register": register,
        "stored": stored,
        "invitations": invitations,
        "origins": {str(one): log.origin_of(one) for one in clients.all_ids()},
        "client": str(find().okoye),
        "keys": [*log.log_keys(find().okoye), *log.log_keys()],
        "checkpoint": log.checkpoint(find().okoye) if heads else None,
        "brought": BROUGHT,
        "now": clock.now().isoformat(),
    }


def folder(name: str) -> None:
    """Make a folder."""
    documents.create_folder(find().actor("cleo"), name=name)


def upload(name: str) -> None:
    """Upload a document of some bytes, which its name gives."""
    actor, content = find().actor("cleo"), name.encode() * 1000
    begun = documents.begin_upload(actor, name=name, size_bytes=len(content))
    with documents.receive_chunk(actor, upload_id=begun.id, offset=0, size_bytes=len(content)) as incoming:
        incoming.feed(content)
    version = documents.finish_upload(actor, upload_id=begun.id)
    documents.vet_version(Actor.system(actor.client, purpose="integrity"), version_id=version.id)


def bring(what: str) -> None:
    """Bring the first version of the document of this name back out of the backup, or all of the client's."""
    client = find().okoye
    with bound(Binding(client)):
        rows = Version.objects.filter(client_id=client, number=1).select_related("document")
        chosen = [row.id for row in rows if row.document.name == what]
    told: list[object] = []
    order = OrderFacts(
        id=ids.new(),
        what="restore_document" if chosen else "restore_client",
        state="taken",
        asked_by=None,
        asked_at=clock.now(),
        taken_at=clock.now(),
        ended_at=None,
        target_client=client,
        target_id=chosen[0] if chosen else None,
        moment=None,
        step="",
        done=0,
        total=0,
        trouble="",
    )
    with as_worker():
        returning.run(Repository.of(config.current()), order, lambda *words: told.append(words))
    BROUGHT.append(told[-1])


def bundle(_: str) -> None:
    """Make a backup as it is made without restic."""
    with as_worker():
        Bundler(config.current(), clients.firm_id(), lambda: False).make()


def read(name: str) -> None:
    """Read the newest version of the document of this name."""
    client = find().okoye
    with bound(Binding(client)):
        rows = Version.objects.filter(client_id=client).select_related("document").order_by("number")
        newest = [row for row in rows if row.document.name == name][-1]
    documents.vet_version(Actor.system(client, purpose="integrity"), version_id=newest.id)
    with vault.open_blob(client, newest.blob_id) as blob:
        BROUGHT.append([newest.number, b"".join(blob.read()).decode()])


def enter(email: str) -> None:
    """Invite somebody, and let somebody be signed in."""
    cleo = find().actor("cleo")
    identity.invite_person(cleo, email=email, name="Nora", role="user", purpose="Helps")
    Session.objects.create(
        key_hash=hashlib.sha256(ids.new().bytes).digest(),
        person_id=cleo.person_id,
        expires_at=clock.now() + timedelta(hours=8),
    )


def export(path: str) -> None:
    """Write the export of a client's log into a file."""
    number()
    Path(path).write_bytes(b"".join(log.export_lines(find().actor("cleo"))))


WORDS = {one.__name__: one for one in (folder, upload, bring, bundle, read, enter, export)}
BROUGHT: list[object] = []


def main() -> None:
    """Do what is asked for, and say what is there."""
    for word in sys.argv[1:]:
        what, _, value = word.partition("=")
        WORDS[what](value)
    number()
    print(json.dumps(facts()))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()

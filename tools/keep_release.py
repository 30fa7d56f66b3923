"""Keep a small data directory as a version of ours left it, so that tests can upgrade it: tests/fixtures/releases/.

    python -m tools.keep_release REF VERSION

REF is a commit of that version. Its own code makes the directory: a cluster, the cast of the tests, the log numbered.
What the directory then holds (rows, heads of the logs) is packed beside it, as facts.json.
"""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
GIT = shutil.which("git") or "git"
PLACE = ROOT / "tests" / "fixtures" / "releases"

MAKE = """
import os, subprocess, sys
from pathlib import Path
from muniment.core import config
from muniment.operations import accounts, preparation
from muniment.operations.database import EmbeddedDatabase
from muniment.operations.places import Accounts, make_places
data = Path(sys.argv[1])
present = config.load({"MUNIMENT_DATA": str(data), "MUNIMENT_PASSWORD_HASH_PASSES": "1"})
account = accounts.ensure_system_user() if accounts.is_root() else None
make_places(present, Accounts(account, None))
small = {"wal_recycle": "off", "min_wal_size": "32MB", "max_wal_size": "64MB", "autovacuum": "off"}
database = EmbeddedDatabase(data, account=account, settings=small)
database.start()
try:
    preparation.prepare(present)
    environment = {**os.environ, **config.environment(present)}
    for role, line in (
        ("owner", ["-m", "tests.template", "owner"]),
        ("app", ["-m", "tests.template", "cast"]),
        ("app", ["-c", sys.argv[2], sys.argv[3]]),
    ):
        subprocess.run([sys.executable, *line], env={**environment, "_MUNIMENT_DATABASE_ROLE": role}, check=True)
    import psycopg
    with psycopg.connect(database.dsn("super"), autocommit=True) as connection:
        connection.execute("vacuum full")
        connection.execute("checkpoint")
        connection.execute("select pg_switch_wal()")
        connection.execute("checkpoint")
finally:
    database.stop()
"""

# What is there: rows of each table, each signed head of each log, and one document.
FACTS = """
import json, sys
import django
django.setup()
import psycopg
from muniment.core import config
from muniment.core.actor import Actor
from muniment.portal.documents import actions as documents
from tests.cast import find
from tests.trust.audit.numbered import number
actor, content = find().actor("cleo"), b"kept " * 1000
begun = documents.begin_upload(actor, name="Kept.txt", size_bytes=len(content))
with documents.receive_chunk(actor, upload_id=begun.id, offset=0, size_bytes=len(content)) as incoming:
    incoming.feed(content)
version = documents.finish_upload(actor, upload_id=begun.id)
documents.vet_version(Actor.system(actor.client, purpose="integrity"), version_id=version.id)
number()
with psycopg.connect(**config.connection(config.current(), "super").parameters()) as server:
    cursor = server.cursor()
    cursor.execute(
        "select c.relname from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') "
        "and not c.relispartition order by 1"
    )
    rows = {}
    for (name,) in cursor.fetchall():
        cursor.execute(f'select count(*) from app."{name}"')
        rows[name] = cursor.fetchone()[0]
    heads = {}
    cursor.execute("select client_id, size, root from app.client_head order by 1, 2")
    for client_id, size, root in cursor.fetchall():
        heads.setdefault(str(client_id), {})[str(size)] = bytes(root).hex()
    cursor.execute("select size, root from app.register_head order by size")
    register = {str(size): bytes(root).hex() for size, root in cursor.fetchall()}
found = {"rows": rows, "heads": heads, "register": register, "document": str(version.id)}
with open(sys.argv[1], "w") as file:
    json.dump(found, file)
"""
LEFT_OUT = {"run", "pg", "logs", "tls", "database.lock", "supervisor.lock"}


def keep(ref: str, version: str) -> Path:
    """Make the directory with the code of `ref` and pack it; return the archive."""
    with tempfile.TemporaryDirectory(prefix="mun-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        tree = folder / "tree"
        done = subprocess.run([GIT, "-C", str(ROOT), "archive", ref], check=True, capture_output=True)
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            archive.extractall(tree, filter="data")
        facts = folder / "facts.json"
        kept = {key: value for key, value in os.environ.items() if "MUNIMENT" not in key and "DJANGO" not in key}
        environment = {**kept, "PYTHONPATH": f"{tree / 'src'}:{tree}", "DJANGO_SETTINGS_MODULE": "muniment.settings"}
        line = [sys.executable, "-c", MAKE, str(folder / "data"), FACTS, str(facts)]
        subprocess.run(line, cwd=tree, env=environment, check=True)
        PLACE.mkdir(parents=True, exist_ok=True)
        packed = PLACE / f"{version}.tar.xz"
        with tarfile.open(packed, "w:xz", preset=9) as archive:
            archive.add(facts, "facts.json")
            archive.add(folder / "data", "data", filter=_wanted)
    return packed


def _wanted(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out what every start makes anew; nobody in particular owns the rest."""
    parts = Path(member.name).parts
    if len(parts) > 1 and parts[1] in LEFT_OUT:
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def main() -> None:
    """Keep the release that the command line names."""
    packed = keep(*sys.argv[1:3])
    print(f"{packed.relative_to(ROOT)}: {packed.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()

"""Read documents out of a database that was restored beside the portal: a program that sees nothing else.

`list` prints what there is; `read` sends the bytes of documents into a pipe, in pieces with their lengths in front.
"""

import json
import os
import struct
import sys
from typing import IO, TYPE_CHECKING
from uuid import UUID

import django

if TYPE_CHECKING:
    from muniment.core.actor import Actor

TOLD = "_MUNIMENT_READING"  # as JSON: `client`, `version` (null: all), and for `read` the ids of `blobs`
LENGTH = struct.Struct("!I")
ENDED, FAILED = 0, 2**32 - 1
PIECE_BYTES = 2**20


def listing(actor: "Actor", version: str | None) -> str:
    """Return the versions that there are, as JSON."""
    from muniment.portal.documents import queries as documents

    found = documents.kept_versions(actor, UUID(version) if version else None)
    return json.dumps([one.as_json() for one in found])


def send(actor: "Actor", blob_id: UUID, into: IO[bytes]) -> None:
    """Send the bytes of a document; what cannot be opened, or not whole, is said at its end."""
    from muniment.core.errors import PortalError
    from muniment.trust.vault import actions as vault
    from muniment.trust.vault.errors import VaultError

    try:
        with vault.open_blob(actor.client, blob_id) as blob:
            for piece in blob.read():
                into.write(LENGTH.pack(len(piece)) + bytes(piece))
    except (PortalError, VaultError):
        into.write(LENGTH.pack(FAILED))
    else:
        into.write(LENGTH.pack(ENDED))
    into.flush()


def main() -> None:
    """Do what the command line names: `list`, or `read` and the descriptor to write to."""
    django.setup()
    from muniment.core.actor import Actor

    told = json.loads(os.environ[TOLD])
    actor = Actor.system(UUID(told["client"]), purpose="Restore")
    if sys.argv[1] == "list":
        print(listing(actor, told["version"]))  # noqa: T201 - read by the agent
        return
    with os.fdopen(int(sys.argv[2]), "wb", buffering=PIECE_BYTES) as into:
        for blob_id in told["blobs"]:
            send(actor, UUID(blob_id), into)


if __name__ == "__main__":
    main()

"""Codecs of blobs that tests make up: with rows in the database, or without."""

import os
from uuid import UUID

from muniment.core import ids
from muniment.trust.vault.blobs.segments import Codec


def new_codec(client_id: UUID | None = None) -> Codec:
    return Codec(os.urandom(32), client_id or ids.new(), ids.new(), os.urandom(32))


def known_codec() -> Codec:
    """Return the codec of a blob whose client and row are in the database."""
    from muniment.core.db.binding import Binding
    from muniment.core.unit import bound
    from muniment.trust.clients import actions as clients
    from muniment.trust.vault.models import Blob

    codec = new_codec(clients.open_client())
    with bound(Binding(codec.client_id)):
        Blob.objects.create(
            id=codec.blob_id, client_id=codec.client_id, size_bytes=2**40, salt=b"", wrapped_key=b"", store="s3"
        )
    return codec


def put(client_id: UUID, data: bytes, store: str) -> UUID:
    """Store a complete blob of a client in one of the stores, and return its id."""
    from muniment.core.db.binding import Binding
    from muniment.core.unit import bound
    from muniment.trust.vault import actions, queries

    default = queries.store
    queries.store = lambda name=None: default(name or store)  # type: ignore[assignment] # as a setting would
    try:
        with bound(Binding(client_id)):
            blob = actions.begin_blob(client_id, len(data))
    finally:
        queries.store = default
    with actions.receive(client_id, blob.id, offset=0, size_bytes=len(data)) as receiver:
        receiver.feed(data)
    actions.finish_blob(client_id, blob.id)
    return blob.id


def stored_in(client_id: UUID) -> dict[UUID, str]:
    """Return which store holds each blob of a client, as their rows say."""
    from muniment.core.db.binding import Binding
    from muniment.core.unit import bound
    from muniment.trust.vault.models import Blob

    with bound(Binding(client_id)):
        return dict(Blob.objects.filter(client_id=client_id, deleted_at=None).values_list("id", "store"))

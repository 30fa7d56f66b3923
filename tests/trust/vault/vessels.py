"""Codecs of blobs that tests make up: with rows in the database, or without."""

import os
from uuid import UUID

from muniment.core import ids
from muniment.trust.vault.segments import Codec


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

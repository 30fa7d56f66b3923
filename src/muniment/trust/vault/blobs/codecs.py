"""What seals and opens the segments of a blob, made from its row."""

from muniment.trust.vault import queries
from muniment.trust.vault.blobs.segments import Codec
from muniment.trust.vault.keys import wrapping
from muniment.trust.vault.models import Blob


def codec(blob: Blob) -> Codec:
    """Return what seals and opens the segments of `blob`."""
    key = wrapping.unwrap(
        queries.client_key(blob.client_id, blob.key_version),
        bytes(blob.wrapped_key),
        blob.client_id.bytes + blob.id.bytes,
    )
    return Codec(key, blob.client_id, blob.place_id or blob.id, bytes(blob.salt))

"""What seals and opens the segments of a blob, made from its row."""

from muniment.trust.vault.blobs.segments import Codec
from muniment.trust.vault.keys import blob_keys
from muniment.trust.vault.models import Blob


def codec(blob: Blob) -> Codec:
    """Return what seals and opens the segments of `blob`."""
    key = blob_keys.unwrap(blob.client_id, blob.id, bytes(blob.wrapped_key), blob.key_version)
    return Codec(key, blob.client_id, blob.place_id or blob.id, bytes(blob.salt))

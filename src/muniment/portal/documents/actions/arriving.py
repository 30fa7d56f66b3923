"""A file that comes with a form: it becomes a document within the act that the form asks for, or nothing is kept."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.portal.documents.actions.uploads import begin_upload, cancel_upload, receive_chunk


@contextmanager
def arriving(
    actor: Actor, *, name: str, size_bytes: int, pieces: Iterable[bytes], folder_id: UUID | None
) -> Iterator[UUID]:
    """Receive a file, and give its upload for an act to finish in its own transaction (`finish_upload`).

    When that act is refused or fails, the upload is cancelled and what arrived is shredded. Where the process dies
    before, it expires as any upload does.

    Raises:
        NotFound, NameRefused, TooLarge, TooManyUploads, StoreFull: as `begin_upload` and `receive_chunk`.
    """
    upload = begin_upload(actor, name=name, size_bytes=size_bytes, folder_id=folder_id)
    try:
        if size_bytes:
            with receive_chunk(actor, upload_id=upload.id, offset=0, size_bytes=size_bytes) as receiver:
                for piece in pieces:
                    receiver.feed(piece)
        yield upload.id
    except Exception:
        with suppress(PortalError):  # why it failed is what people are to be told
            cancel_upload(actor, upload_id=upload.id)
        raise

"""Pictures as the portal shows them: made anew in the sandbox, without anything but pixels."""

from collections.abc import Iterable

from muniment.portal.documents.errors import NotShown
from muniment.trust.vault import actions as vault
from muniment.trust.vault.errors import TaskFailed

FILE_BYTES_MOST = 48 * 1024 * 1024
PDF_BYTES_MOST = 96 * 1024 * 1024
_SECONDS = 30.0
_MEMORY_BYTES = 448 * 2**20


def shown(pieces: Iterable[bytes], size_bytes: int) -> tuple[bytes, str]:
    """Return a picture of at most 2400 pixels an edge made from a file's bytes, and its media type.

    Raises:
        NotShown: it is no picture after all, or too large to decode safely.
    """
    if size_bytes > FILE_BYTES_MOST:
        raise NotShown
    return _drawn("image", pieces)


def page(pieces: Iterable[bytes], size_bytes: int, number: int) -> tuple[bytes, str]:
    """Return a page of a PDF (numbered from 1) as a picture of at most 1600 pixels an edge, and its media type.

    Raises:
        NotShown: there is no such page, it is no PDF after all, or it takes too much to draw.
    """
    if size_bytes > PDF_BYTES_MOST:
        raise NotShown
    return _drawn("pdf-page", pieces, str(number))


def _drawn(task: str, pieces: Iterable[bytes], *arguments: str) -> tuple[bytes, str]:
    try:
        made = vault.in_sandbox(task, pieces, seconds=_SECONDS, memory_bytes=_MEMORY_BYTES, arguments=arguments)
    except TaskFailed as failed:
        raise NotShown from failed
    media_type, _, data = made.partition(b"\0")
    return data, media_type.decode()

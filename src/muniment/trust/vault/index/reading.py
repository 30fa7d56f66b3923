"""Read the text of a sealed blob in the sandbox."""

from typing import Final

from muniment.trust.vault.blobs.reading import OpenBlob
from muniment.trust.vault.errors import TaskFailed
from muniment.trust.vault.index.types import CUT, NO_TEXT, TOO_LARGE, UNREADABLE, WHOLE
from muniment.trust.vault.isolation import sandbox
from muniment.trust.vault.text.types import CHARACTERS_MOST, READABLE

BYTES_MOST: Final = 64_000_000
"""Larger files are found by their names only."""

SECONDS_MOST: Final = 60
MEMORY_BYTES_MOST: Final = 1024 * 2**20
_NOT_ITS_FAULT: Final = frozenset({"busy", "not confined"})


def read_text(blob: OpenBlob, media_type: str) -> tuple[str, str]:
    """Return the text of a blob and how far it was read (`index.types.STATES`).

    Raises:
        TaskFailed: no task could run now; try again later.
    """
    if media_type not in READABLE:
        return "", NO_TEXT
    if blob.length > BYTES_MOST:
        return "", TOO_LARGE
    try:
        data = sandbox.run("text", blob, seconds=SECONDS_MOST, memory_bytes=MEMORY_BYTES_MOST, arguments=(media_type,))
    except TaskFailed as failure:
        if failure.reason in _NOT_ITS_FAULT:
            raise
        return "", UNREADABLE
    text = data.decode("utf-8", "replace")
    return text, CUT if len(text) >= CHARACTERS_MOST else WHOLE

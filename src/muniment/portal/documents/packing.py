"""A zip archive that is made while it is sent: nothing of it is ever stored, and memory stays flat.

Entries are stored, not deflated: most documents are compressed already, and a size that betrays content
(as compression of secrets beside chosen text does) is no gain.
"""

import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import datetime

from muniment.portal.documents.types import PackedDocument

Pieces = Callable[[PackedDocument], Iterator[bytes]]
_OLDEST = (1980, 1, 1, 0, 0, 0)  # the format knows no time before
_UNIX = 3
_PLAIN_FILE = 0o100600 << 16


class _Outlet:
    """Takes what zipfile writes, and has no way back: so zipfile never seeks."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep bytes until they are taken."""
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is written is there."""

    def taken(self) -> Iterator[bytes]:
        """Yield what was written since the last time."""
        pieces, self._pieces = self._pieces, []
        yield from pieces


def archive(documents: Iterable[PackedDocument], pieces: Pieces, note: tuple[str, str] = ("", "")) -> Generator[bytes]:
    """Yield a zip archive of documents, whose bytes `pieces` gives for each in turn.

    `note` is the name and the text of a file that says what is missing; without a name there is none.
    What `pieces` raises ends the archive in the middle: programs then say that it is broken.
    """
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED, allowZip64=True) as pack:  # type: ignore[call-overload] # writing needs no more than write and flush
        if note[0]:
            pack.writestr(note[0], note[1])
            yield from outlet.taken()
        for document in documents:
            info = zipfile.ZipInfo(document.path, _when(document.version.added_at))
            info.create_system = _UNIX
            info.external_attr = _PLAIN_FILE
            with pack.open(info, "w", force_zip64=True) as entry:
                for piece in pieces(document):
                    entry.write(piece)
                    yield from outlet.taken()
            yield from outlet.taken()
    yield from outlet.taken()


def _when(moment: datetime) -> tuple[int, int, int, int, int, int]:
    return max(_OLDEST, (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second))

"""The things the vault's tests handle: a store, the codec of one blob, and an upload whose row is two numbers."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from muniment.core import ids
from muniment.trust.vault.reading import open_blob
from muniment.trust.vault.receiving import Checksum, Receiver
from muniment.trust.vault.segments import Codec
from muniment.trust.vault.store.disk import DiskStore


class Upload:
    """An upload under way: what a row remembers (`offset`), and what its sender has (`data`)."""

    def __init__(self, store: DiskStore, codec: Codec, data: bytes) -> None:
        self.store = store
        self.codec = codec
        self.data = data
        self.offset = 0
        self.saved: list[int] = []
        store.create(codec.client_id, codec.blob_id)

    def save(self, offset: int) -> None:
        self.saved.append(offset)
        self.offset = offset

    def receiver(self, *, at: int | None = None, size: int | None = None, checksum: Checksum | None = None) -> Receiver:
        return Receiver(
            self.store,
            self.codec,
            length=len(self.data),
            offset=self.offset if at is None else at,
            load_offset=lambda: self.offset,
            save_offset=self.save,
            size=size,
            checksum=checksum,
        )

    def send(self, end: int | None = None, *, piece: int = 300_000) -> Receiver:
        """Send from the row's offset up to `end` over one connection."""
        end = len(self.data) if end is None else end
        with self.receiver() as receiver:
            for at in range(self.offset, end, piece):
                receiver.feed(self.data[at : min(at + piece, end)])
        return receiver

    def receive(self, *pieces: bytes, then: Exception | None = None, checksum: Checksum | None = None) -> None:
        """Receive pieces over one connection that ends with an error."""
        with self.receiver(checksum=checksum) as receiver:
            for piece in pieces:
                receiver.feed(piece)
            if then is not None:
                raise then

    def content(self) -> bytes:
        """The finished blob, read back."""
        with open_blob(self.store, self.codec, len(self.data)) as blob:
            return b"".join(blob.read())

    def path(self, suffix: str) -> Path:
        blob = self.codec.blob_id.hex
        return self.folder / f"{blob}.{suffix}"

    @property
    def folder(self) -> Path:
        return self.store._root / self.codec.client_id.hex / self.codec.blob_id.hex[-2:]

    def files(self) -> list[str]:
        """The endings of all files of the blob."""
        return sorted(path.name.partition(".")[2] for path in self.folder.iterdir())


def new_codec(client_id: UUID | None = None) -> Codec:
    return Codec(os.urandom(32), client_id or ids.new(), ids.new(), os.urandom(32))


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Path]:
    """A folder that is fast to sync, where the machine has one."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(dir=memory, prefix="muniment-test-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def store(shelf: Path) -> DiskStore:
    return DiskStore(shelf / "store")


@pytest.fixture
def codec() -> Codec:
    return new_codec()


@pytest.fixture
def begin(store: DiskStore) -> Callable[[bytes], Upload]:
    """Begin an upload of the given bytes."""
    return lambda data: Upload(store, new_codec(), data)

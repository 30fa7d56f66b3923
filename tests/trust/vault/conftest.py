"""The things the vault's tests handle: a store, the codec of one blob, and an upload whose row is two numbers."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from muniment.trust.vault.blobs.reading import open_blob
from muniment.trust.vault.blobs.receiving import Checksum, Receiver
from muniment.trust.vault.blobs.segments import Codec
from muniment.trust.vault.errors import WrongOffset
from muniment.trust.vault.store.disk import DiskStore
from tests.trust.vault.vessels import known_codec, new_codec

if TYPE_CHECKING:  # Django is set up only when the tests are
    from muniment.trust.vault.store.s3 import S3Store
    from tests.weed import Weed

LEASE_SECONDS = 1.0


class Upload:
    """An upload under way: what a row remembers (`offset`), and what its sender has (`data`)."""

    def __init__(self, store: Any, codec: Codec, data: bytes) -> None:
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
        """Send from the row's offset up to `end` over one connection; told of another offset, go on from there."""
        end = len(self.data) if end is None else end
        try:
            return self._send(end, piece)
        except WrongOffset:
            return self._send(end, piece)

    def _send(self, end: int, piece: int) -> Receiver:
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


@pytest.fixture
def s3(weed: "Weed", database: str) -> "S3Store":
    """Give a store on a real S3 server, with a lease that a test can wait for."""
    from muniment.trust.vault.store.s3 import S3Store

    return S3Store(weed.address, lease_seconds=LEASE_SECONDS)


@pytest.fixture
def begin_s3(s3: "S3Store") -> Callable[[bytes], Upload]:
    """Begin an upload of the given bytes to the S3 server; its rows are real."""
    return lambda data: Upload(s3, known_codec(), data)


@pytest.fixture
def both_stores(weed: "Weed", database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the portal know a disk in the region "home", and a real S3 server."""
    yield from known(weed, tmp_path, monkeypatch)


@pytest.fixture
def own_weed(both_stores: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[Weed]":
    """Let the portal know another S3 server, which the test may kill."""
    from tests import weed

    server = weed.Weed(weed.place()).start()
    for _ in known(server, tmp_path, monkeypatch):
        yield server
    weed.remove(server)


def known(server: "Weed", folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set a server as the S3 store of this process."""
    import dataclasses

    from muniment.core import config
    from muniment.trust.vault.blobs import stores

    present = dataclasses.replace(config.current(), region="home", **server.settings(folder))
    monkeypatch.setattr("muniment.core.config.current", lambda: present)
    stores.store.cache_clear()
    yield
    stores.store.cache_clear()

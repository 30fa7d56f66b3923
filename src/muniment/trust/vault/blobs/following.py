"""Reading of a blob wherever it lies at the moment, also while it is moved to another store."""

from uuid import UUID

from muniment.core.db.binding import Binding
from muniment.core.db.lending import give_back
from muniment.core.unit import bound
from muniment.trust.vault.blobs import stores
from muniment.trust.vault.errors import BlobMissing
from muniment.trust.vault.models import Blob
from muniment.trust.vault.store.contract import StoredBlob


class Anywhere:
    """Opens the bytes of one blob in the store that its row names."""

    def __init__(self, row: Blob) -> None:
        """Take the row as it was read last."""
        self._row = row

    def open(self, client_id: UUID, place_id: UUID) -> "Followed":
        """Open a complete blob.

        Raises:
            BlobMissing: there is none, or it is not complete.
            StoreDown: its store does not answer.
        """
        return Followed(self._row, client_id, place_id)


class Followed:
    """A complete blob, open for reading; when its bytes move to another store, it goes on reading there."""

    def __init__(self, row: Blob, client_id: UUID, place_id: UUID) -> None:
        """Open it where its row says, or where a newer reading of the row says."""
        self._row = row
        self._ids = (client_id, place_id)
        self._stored: StoredBlob
        try:
            self._stored = self._open()
        except BlobMissing:
            self._look_again()
            self._stored = self._open()

    def size(self) -> int:
        """Return how many bytes are stored."""
        return self._stored.size()

    def read(self, offset: int, size: int) -> bytes:
        """Return bytes; fewer only at the end.

        Raises:
            BlobMissing: no store has them any more.
        """
        try:
            return self._stored.read(offset, size)
        except BlobMissing:
            self._look_again()
            self._stored.close()
            self._stored = self._open()
            return self._stored.read(offset, size)

    def close(self) -> None:
        """Let go of the blob; closing twice does no harm."""
        self._stored.close()

    def _open(self) -> StoredBlob:
        return stores.store_of(self._row).open(*self._ids)

    def _look_again(self) -> None:
        """Read the row anew.

        Raises:
            BlobMissing: it was destroyed, or it still names the same store, which has lost the bytes.
        """
        with bound(Binding(self._row.client_id)):
            row = Blob.objects.filter(client_id=self._row.client_id, id=self._row.id, deleted_at=None).first()
        give_back()
        if row is None or row.store == self._row.store:
            raise BlobMissing
        self._row = row

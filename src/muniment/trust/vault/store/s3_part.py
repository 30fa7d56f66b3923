"""An upload on its way to an S3 server, in parts of eight segments."""

from typing import Self

from muniment.trust.vault.blobs import multiparts
from muniment.trust.vault.blobs.multiparts import Hold, Taken
from muniment.trust.vault.blobs.segments import RECORD_BYTES, SEGMENT_BYTES, Buffer, count_segments, record_of
from muniment.trust.vault.errors import BlobMissing, KeptLess, SegmentDamaged
from muniment.trust.vault.store.s3_client import UploadGone
from muniment.trust.vault.store.s3_place import PART_BYTES, PART_PLAIN, PART_SEGMENTS, Place


class S3Part:
    """A blob on its way, held by one writer; at most one part of it is in memory."""

    def __init__(self, place: Place, hold: Hold | None, *, is_finished: bool) -> None:
        """Take over a hold; a complete blob may have none."""
        self._place = place
        self._held = hold
        self.is_finished = is_finished
        self._buffer = bytearray()
        self._number = 1  # the part that is being filled

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._held is not None:
            if self.is_finished:
                self._held.end()
            else:
                self._held.let_go()

    @property
    def _hold(self) -> Hold:
        if self._held is None:
            raise ValueError("the blob is complete")
        return self._held

    def go_on(self, offset: int) -> bytes:
        """Take up the end that was kept for an offset, and return it.

        Raises:
            KeptLess: it is gone, or a part before it is.
        """
        before, within = divmod(offset, PART_PLAIN)
        there = next((number for number in range(1, before + 1) if number not in self._hold.taken), before + 1) - 1
        if there < before:
            raise KeptLess(there * PART_PLAIN)
        self._number = before + 1
        self._buffer.clear()
        if not within:
            return b""
        try:
            kept = self._place.read_end(offset)
        except BlobMissing as error:
            raise KeptLess(before * PART_PLAIN) from error
        self._buffer += kept[: within // SEGMENT_BYTES * RECORD_BYTES]
        return kept

    def write(self, record: Buffer, index: int) -> None:
        """Put the next sealed segment; a full part goes to the server when the next segment comes."""
        if len(self._buffer) >= PART_BYTES:
            self._send_part()
        if index != (self._number - 1) * PART_SEGMENTS + len(self._buffer) // RECORD_BYTES:
            raise ValueError("segments come in their order")
        self._buffer += record
        self._hold.renew()

    def keep(self, offset: int, tail: Buffer) -> None:
        """Return once all that was put, and the tail, are on the server."""
        if len(self._buffer) >= PART_BYTES:
            self._send_part()
        if self._buffer or tail:
            self._place.put_end(offset, bytes(self._buffer) + bytes(tail))
        self._hold.renew()

    def drop_end(self, offset: int) -> None:
        """Remove the end that was kept for an offset, if there is one."""
        if offset % PART_PLAIN:
            self._place.remove_end(offset)

    def drop_ends(self) -> None:
        """Remove every end, also those of writers who died."""
        self._place.remove_ends()

    def last_record(self, length: int) -> bytes:
        """Return the last sealed segment: it is in memory until the blob is complete."""
        last = record_of(length, count_segments(length) - 1)
        start = last.offset - (self._number - 1) * PART_BYTES
        return bytes(self._buffer[start : start + last.size]) if start >= 0 else b""

    def tags_digest(self, length: int) -> bytes:
        """Return the SHA-256 of all tags: those of whole parts are in their rows.

        Raises:
            SegmentDamaged: one of them is not there.
        """
        present = (self._number - 1) * PART_SEGMENTS + -(-len(self._buffer) // RECORD_BYTES)
        if present != count_segments(length):
            raise SegmentDamaged(present)
        digest = self._hold.tags_digest(self._number - 1)
        digest.update(multiparts.tags_of(self._buffer, RECORD_BYTES))
        return digest.digest()

    def finish(self, length: int, footer: bytes) -> None:
        """Put what is left with the footer behind it and make the object appear, all at once."""
        if len(self._buffer) >= PART_BYTES:
            self._send_part()
        last = bytes(self._buffer) + footer
        self._hold.finishing()
        if self._number == 1:
            self._place.put(last)
        else:
            self._complete(last)
        self.is_finished = True

    def _complete(self, last: bytes) -> None:
        upload_ref = self._hold.upload_ref
        etags = {number: self._hold.taken[number].etag for number in range(1, self._number)}
        try:
            etags[self._number] = self._place.put_part(upload_ref, self._number, last)
            self._place.complete(upload_ref, etags)
        except UploadGone as error:
            if self._place.exists():
                return  # an answer was lost on its way: it was complete before this try
            there = self._place.parts(upload_ref)
            sound = next((number for number in sorted(etags) if there.get(number) != etags[number]), self._number)
            if sound == 1:
                self._hold.forget()
            raise KeptLess((sound - 1) * PART_PLAIN) from error

    def _send_part(self) -> None:
        hold = self._hold
        hold.renew(at_once=True)  # sending may take a while
        if not hold.upload_ref:
            hold.begin(self._place.begin())
        try:
            etag = self._place.put_part(hold.upload_ref, self._number, bytes(self._buffer))
        except UploadGone as error:
            hold.forget()
            raise KeptLess(0) from error
        hold.add(self._number, Taken(etag, multiparts.tags_of(self._buffer, RECORD_BYTES)))
        self._buffer.clear()
        self._number += 1

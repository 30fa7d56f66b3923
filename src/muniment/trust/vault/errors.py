"""What can go wrong with sealed bytes: alarms (`VaultError`) and refusals of an upload (`PortalError`).

An alarm is not the caller's doing: stored bytes or a key are not what they were. It becomes a 500 with a
reference number, and somebody has to look. No message holds content, a key, or a name.
"""

from muniment.core.errors import PortalError


class VaultError(Exception):
    """Stored bytes or keys are not as they were left; nobody may go on as if they were."""


class KeyMissing(VaultError):
    """A key that is needed is not there."""


class KeyDestroyed(KeyMissing):
    """A key was destroyed on purpose: what was sealed with it will never open again."""


class KeyRefused(VaultError):
    """A key is there but cannot be trusted, or was not wrapped for this use."""


class KeyServiceDown(PortalError):
    """The service that holds the root key cannot be reached, or does not let the portal use it.

    The message says why, for the operator's log and `muniment check`; people see the sentence.
    """

    code = "key-service-down"
    status = 503
    sentence = (
        "The service that holds the keys of this portal does not answer, so nothing can be opened right now. Nothing "
        "is lost: what was confirmed before is kept, and what you did last was not done. Try again in a minute."
    )

    @property
    def headers(self) -> dict[str, str]:
        """Return when to come back."""
        return {"Retry-After": "30"}


class SealBroken(VaultError):
    """A sealed value was changed, or does not belong in this place."""

    def __init__(self) -> None:
        super().__init__("a sealed value does not open in this place")


class BlobMissing(VaultError):
    """The row knows a blob that the store does not hold."""

    def __init__(self) -> None:
        super().__init__("the store does not hold this blob")


class StoreUnknown(VaultError):
    """A row says that a store holds its bytes, and the settings do not say where that store is."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the settings do not say where the store {name} is")


class KeptLess(VaultError):
    """A store holds less of an unfinished upload than its row says; what comes before `offset` is there."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"the upload is kept up to byte {offset} only")
        self.offset = offset


class BlobDamaged(VaultError):
    """A stored blob is not what was sealed."""


class SegmentDamaged(BlobDamaged):
    """One segment was changed, moved, cut, or sealed for another blob; `index` counts from 0."""

    def __init__(self, index: int) -> None:
        super().__init__(f"segment {index} does not open")
        self.index = index


class FooterDamaged(BlobDamaged):
    """The footer was changed, or is that of another blob, key or length."""

    def __init__(self) -> None:
        super().__init__("the footer does not belong to these bytes")


class SizeDiffers(BlobDamaged):
    """The stored file is shorter or longer than its row says."""

    def __init__(self, *, expected_bytes: int, found_bytes: int) -> None:
        super().__init__(f"{found_bytes} bytes are stored where {expected_bytes} were sealed")
        self.expected_bytes = expected_bytes
        self.found_bytes = found_bytes


class TaskFailed(Exception):
    """A task in the sandbox gave no result.

    `reason` is a code: "time", "memory" or "output" for too much of it, "malformed" for bytes that cannot be
    read, "busy", "not confined" where the machine cannot hold it in, or what the task itself says.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TurningAlready(PortalError):
    """Another rotation is under way."""

    code = "turning-already"
    status = 409
    sentence = "Another rotation of keys is under way. Wait until it is done; nothing was begun."


class NeverTurns(PortalError):
    """There is no such key, or it is one that does not turn."""

    code = "never-turns"
    status = 422
    sentence = "There is no such key, or it is one that is never replaced. Nothing was begun."


class StoreFull(PortalError):
    """There is no room left in the store, or in the quota of its user."""

    code = "store-full"
    status = 507
    sentence = "There is no room left to store this file. What was stored before is kept; the firm has to make room."


class StoreDown(PortalError):
    """The store does not answer, or not in time."""

    code = "store-down"
    status = 503
    sentence = (
        "The place where documents are kept cannot be reached. Nothing that was stored is lost: try again in a moment."
    )


class StoreRefuses(StoreDown):
    """The store answers, but not to us: a wrong key, a bucket that is not there, no right to it."""


class RegionRefused(PortalError):
    """The client's documents may lie in one region only, and the store is not in it."""

    code = "region-refused"
    status = 409
    sentence = "This client's documents may lie in one region only, and the store is not there. Nothing was stored."


class WrongOffset(PortalError):
    """The upload goes on at `offset`, not where the caller wanted to."""

    code = "wrong-offset"
    status = 409
    sentence = "This upload goes on from another place. What was stored before is kept."

    def __init__(self, offset: int) -> None:
        super().__init__()
        self.offset = offset

    @property
    def headers(self) -> dict[str, str]:
        """Return the offset to go on from."""
        return {"Upload-Offset": str(self.offset)}


class PastLength(PortalError):
    """More bytes were sent than the upload was declared to have."""

    code = "past-length"
    status = 413
    sentence = "More was sent than this file was said to hold. What was stored before is kept."


class Locked(PortalError):
    """Another connection is writing to the same upload."""

    code = "upload-locked"
    status = 423
    sentence = "This file is being received over another connection. Try again in a moment."


class ChecksumMismatch(PortalError):
    """The bytes that came are not the bytes that were sent."""

    code = "checksum-mismatch"
    status = 460  # of the tus protocol; HTTP has no such status
    sentence = "This part of the file was damaged on its way and was not stored. Send it again."


class UnknownChecksum(PortalError):
    """The checksum is of a kind the portal does not know, or not of that kind's length."""

    code = "unknown-checksum"
    status = 400
    sentence = "The portal does not know this kind of checksum. Nothing was stored."


class CardNumberRefused(PortalError):
    """Text that holds the number of a payment card."""

    code = "card-number"
    status = 422
    sentence = (
        "This seems to hold the number of a payment card. The portal never keeps card numbers, because a stolen one "
        "can be used anywhere. Nothing was saved. Leave the number out, or write only its last four digits."
    )


class NotVetted(PortalError):
    """Nobody opens what was not vetted yet."""

    code = "not-vetted"
    status = 423
    sentence = "This document is being checked before anybody can open it. Try again in a moment."


class Held(NotVetted):
    """The vetting found something, or could not look at everything."""

    code = "held"
    sentence = "This document is held back, because of what the check found. Its page says why."


class NotHeld(PortalError):
    """Only what is held can be let go."""

    code = "not-held"
    status = 409
    sentence = "This version is not held, or it cannot be let go. Nothing was changed."

"""Refusals about documents, folders, uploads and shares."""

from uuid import UUID

from muniment.core.errors import PortalError


class NameRefused(PortalError):
    """A name that would hide what it is, or break where it is stored."""

    code = "name-refused"
    status = 422
    sentence = (
        "This name cannot be used: it must have 1 to 255 characters, without slashes, line breaks, or signs that "
        "change the direction of writing. Nothing was changed."
    )


class FolderIntoItself(PortalError):
    """A folder cannot lie inside itself."""

    code = "folder-into-itself"
    status = 409
    sentence = "A folder cannot be moved into itself or into a folder inside it. Nothing was changed."


class TooDeep(PortalError):
    """More folders inside each other than anybody can find a way through."""

    code = "too-deep"
    status = 409
    sentence = "There are too many folders inside each other here. Choose a place higher up. Nothing was changed."


class FolderInTrash(PortalError):
    """A document cannot come back into a folder that is in the trash."""

    code = "folder-in-trash"
    status = 409
    sentence = "The folder it was in is in the trash. Restore that folder first. Nothing was changed."


class TooLarge(PortalError):
    """A file larger than the portal takes."""

    code = "too-large"
    status = 413
    sentence = "This file is larger than the portal takes. Nothing was stored."


class TooManyUploads(PortalError):
    """One person has begun more uploads than anybody goes on with."""

    code = "too-many-uploads"
    status = 409
    sentence = "You have too many unfinished uploads. Go on with some of them, or cancel them. Nothing was stored."


class UploadOver(PortalError):
    """An upload that was cancelled, has expired, or was begun before its person's sign-in changed."""

    code = "upload-over"
    status = 410
    sentence = (
        "This upload is over: it was cancelled, took too long, or began before your sign-in changed. Begin again."
    )


class NotAllHere(PortalError):
    """An upload cannot become a document before all of it arrived."""

    code = "not-all-here"
    status = 409
    sentence = "Not all of this file has arrived yet. What was stored before is kept."


class TooManyDownloads(PortalError):
    """One person runs as many downloads as allowed at the same time."""

    code = "too-many-downloads"
    status = 429
    sentence = "You have several downloads running. Wait for one of them to end, then try again."

    @property
    def headers(self) -> dict[str, str]:
        """Return when to come back."""
        return {"Retry-After": "15"}


class NothingChosen(PortalError):
    """An act on several documents without any."""

    code = "nothing-chosen"
    status = 422
    sentence = "No document was chosen. Nothing was changed."


class PackTooLarge(PortalError):
    """More documents in one archive than one answer should carry."""

    code = "pack-too-large"
    status = 422
    sentence = "There are too many documents to download in one go. Choose fewer, or one folder at a time."


class NotShown(PortalError):
    """A document that the portal does not show in the browser."""

    code = "not-shown"
    status = 422
    sentence = "The portal cannot show this document here. You can download it, if it is shared with you for that."


class RangeNotThere(PortalError):
    """A range that lies outside the document."""

    code = "range-not-there"
    status = 416
    sentence = "The document has no such range of bytes."

    def __init__(self, size_bytes: int) -> None:
        super().__init__()
        self.size_bytes = size_bytes

    @property
    def headers(self) -> dict[str, str]:
        """Return how many bytes there are."""
        return {"Content-Range": f"bytes */{self.size_bytes}"}


class Malformed(PortalError):
    """A header or parameter of an upload that is not as the protocol has it."""

    code = "malformed"
    status = 400
    sentence = "This request is not as the upload protocol has it. Nothing was stored."


class LengthRequired(PortalError):
    """A body whose length was not declared."""

    code = "length-required"
    status = 411
    sentence = "The length of this part must be declared beforehand. Nothing was stored."


class ProtocolUnknown(PortalError):
    """Another version of the upload protocol."""

    code = "protocol-unknown"
    status = 412
    sentence = "The portal speaks version 1.0.0 of the tus protocol. Nothing was stored."

    @property
    def headers(self) -> dict[str, str]:
        """Return the known version."""
        return {"Tus-Version": "1.0.0"}


class ChunkTooLarge(PortalError):
    """A part with a checksum that counts as a whole or not at all, and is too large for that."""

    code = "chunk-too-large"
    status = 413
    sentence = "This part is too large to be checked as a whole. Send smaller parts. What was stored before is kept."


class SenderGone(PortalError, EOFError):
    """The connection broke before all of a part arrived; what came of it is kept, unless it had a checksum."""

    code = "sender-gone"
    status = 400
    sentence = "The connection broke. What was stored before is kept; go on from there."


class WrongContentType(PortalError):
    """A body that is not declared as a part of an upload."""

    code = "wrong-content-type"
    status = 415
    sentence = "Parts of an upload are sent as application/offset+octet-stream. Nothing was stored."


class WouldWiden(PortalError):
    """More people would see something than can see it now; `person_ids` says who."""

    code = "would-widen"
    status = 409
    sentence = "Somebody would see this who cannot see it now. Look at who it is, and agree. Nothing was changed."

    def __init__(self, person_ids: frozenset[UUID]) -> None:
        super().__init__()
        self.person_ids = person_ids


class LooserThanItsFolder(PortalError):
    """A label that guards less than that of the folder around it."""

    code = "looser-than-its-folder"
    status = 409
    sentence = (
        "What lies in a folder is guarded as much as the folder, or more. Move it out first. Nothing was changed."
    )


class FirmsLabel(PortalError):
    """A label that hides a thing from who sets it."""

    code = "firms-label"
    status = 403
    sentence = "Only the firm can make something internal: nobody of the client would see it. Nothing was changed."


class AlreadySo(PortalError):
    """A folder that is closed already, or open already."""

    code = "already-so"
    status = 409
    sentence = "It is so already. Nothing was changed."


class NobodyLeft(PortalError):
    """A folder that nobody could open up again, or share."""

    code = "nobody-left"
    status = 409
    sentence = "Somebody who may close and open folders has to stay in it. Nothing was changed."

"""The acts a log can be narrowed to, by the words people choose them with."""

from django.utils.translation import gettext as _

from muniment.trust.audit.types import Event

EVERYTHING, PAGES, REFUSED = "everything", "pages", "refused"
ACTS: dict[str, tuple[str, ...]] = {
    "viewed": (Event.DOCUMENT_VIEWED,),
    "downloaded": (Event.DOCUMENT_DOWNLOADED, Event.DOCUMENTS_PACKED, Event.LOG_EXPORTED, Event.CERTIFICATE_DOWNLOADED),
    "changed": (
        Event.DOCUMENT_ADDED,
        Event.VERSION_ADDED,
        Event.DOCUMENT_RENAMED,
        Event.DOCUMENT_MOVED,
        Event.DOCUMENT_TRASHED,
        Event.DOCUMENT_RESTORED,
        Event.FOLDER_CREATED,
        Event.FOLDER_RENAMED,
        Event.FOLDER_MOVED,
        Event.FOLDER_TRASHED,
        Event.FOLDER_RESTORED,
    ),
    "shared": (
        Event.DOCUMENT_SHARED,
        Event.FOLDER_SHARED,
        Event.SHARE_ENDED,
        Event.GRANT_GIVEN,
        Event.GRANT_ENDED,
        Event.FOLDER_CLOSED,
        Event.FOLDER_OPENED,
        Event.LABEL_SET,
    ),
    "people": (Event.PERSON_INVITED, Event.PERSON_JOINED, Event.PERSON_LEFT, Event.INVITATION_WITHDRAWN),
    "signed-in": (
        Event.SIGNED_IN,
        Event.SIGNED_OUT,
        Event.SIGN_IN_FAILED,
        Event.SIGN_IN_LOCKED,
        Event.SIGN_IN_UNLOCKED,
        Event.FACTOR_FAILED,
        Event.CONFIRMED,
    ),
    PAGES: (Event.PAGE_OPENED,),
    EVERYTHING: (),
}


def labels() -> dict[str, str]:
    """Return the choices of acts, in the order of the list."""
    return {
        "": _("Every act"),
        "viewed": _("Viewed"),
        "downloaded": _("Downloaded"),
        "changed": _("Added or changed"),
        "shared": _("Shared or granted"),
        "people": _("People"),
        "signed-in": _("Signed in or out"),
        REFUSED: _("Refused"),
        PAGES: _("Opened pages"),
        EVERYTHING: _("Every act and every page"),
    }

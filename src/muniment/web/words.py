"""What an entry of the log says in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from muniment.trust.audit.types import EntryFacts, Event

# {it}: the thing acted on, by name where the reader may see it.
SENTENCES = {
    Event.CLIENT_OPENED: lazy("opened this client's space"),
    Event.PORTAL_SET_UP: lazy("set the portal up"),
    Event.PERSON_INVITED: lazy("invited {it}"),
    Event.PERSON_JOINED: lazy("joined"),
    Event.PERSON_LEFT: lazy("ended the access of {it}"),
    Event.INVITATION_WITHDRAWN: lazy("withdrew an invitation"),
    Event.GRANT_GIVEN: lazy("gave access to {it}"),
    Event.GRANT_ENDED: lazy("ended access to {it}"),
    Event.SIGNED_IN: lazy("signed in"),
    Event.SIGN_IN_FAILED: lazy("tried to sign in"),
    Event.SIGN_IN_LOCKED: lazy("was locked out after too many tries"),
    Event.SIGNED_OUT: lazy("signed out"),
    Event.FACTOR_ADDED: lazy("added a second factor"),
    Event.FACTOR_REMOVED: lazy("removed a second factor"),
    Event.FACTOR_FAILED: lazy("gave a wrong code"),
    Event.RECOVERY_CODES_MADE: lazy("made new recovery codes"),
    Event.PASSWORD_CHANGED: lazy("changed the password"),
    Event.PASSWORD_RESET_ASKED: lazy("asked for a new password"),
    Event.COMPROMISED_FLAGGED: lazy("asked {it} for a new password"),
    Event.PAGE_OPENED: lazy("opened {page}"),
    Event.COMMAND_RUN: lazy("ran a command on the host: {command}"),
    Event.PURPOSE_STATED: lazy("said why they come in here"),
    Event.MAIL_READ: lazy("read a mail of the demo"),
    Event.LOG_READ: lazy("read this log"),
    Event.LOG_REHASHED: lazy("hashed all logs anew and compared them with what was signed"),
    Event.WITNESS_CONTRADICTED: lazy("found that a witness contradicts the log"),
    Event.LOG_RETENTION_SET: lazy("set how long this log says who did what"),
    Event.LOG_SHORTENED: lazy("dropped from this log what was over its period"),
    Event.LOG_EXPORTED: lazy("took this log along as a file"),
    Event.RECEIPT_TAKEN: lazy("took a receipt along"),
    Event.RECEIPT_MAILED: lazy("had a receipt sent by mail"),
    Event.RECEIPTS_PACKED: lazy("took the receipts of a month along"),
    Event.LETTERS_SET: lazy("changed which letters about this log are sent"),
    Event.LETTER_WRITTEN: lazy("wrote a letter about this log"),
    Event.FOLDER_CREATED: lazy("made the folder {it}"),
    Event.FOLDER_RENAMED: lazy("renamed the folder {it}"),
    Event.FOLDER_MOVED: lazy("moved the folder {it}"),
    Event.FOLDER_TRASHED: lazy("put the folder {it} into the trash"),
    Event.FOLDER_RESTORED: lazy("restored the folder {it}"),
    Event.UPLOAD_BEGUN: lazy("began an upload"),
    Event.UPLOAD_CANCELLED: lazy("cancelled an upload"),
    Event.DOCUMENT_ADDED: lazy("added {it}"),
    Event.VERSION_ADDED: lazy("added a version of {it}"),
    Event.VERSION_VETTED: lazy("checked {it} and let it be opened"),
    Event.VERSION_HELD: lazy("held {it} back"),
    Event.VERSION_RELEASED: lazy("released {it}, as two people decided"),
    Event.VERSION_DESTROYED: lazy("destroyed a version of {it}"),
    Event.UPLOAD_RULES_SET: lazy("changed which uploads are let in"),
    Event.VERSION_PROVED: lazy("checked that {it} opens as it was stored"),
    Event.VERSION_DAMAGED: lazy("found {it} damaged"),
    Event.STORE_CHECKED: lazy("read all documents back"),
    Event.STORE_MOVED: lazy("moved documents to another store"),
    Event.STORE_COLLECTED: lazy("removed leftovers from the store"),
    Event.REGION_SET: lazy("set the region documents may lie in"),
    Event.DOCUMENT_VIEWED: lazy("viewed {it}"),
    Event.DOCUMENT_DOWNLOADED: lazy("downloaded {it}"),
    Event.DOCUMENTS_PACKED: lazy("downloaded several documents as a zip"),
    Event.DOCUMENT_RENAMED: lazy("renamed {it}"),
    Event.DOCUMENT_MOVED: lazy("moved {it}"),
    Event.DOCUMENT_TRASHED: lazy("put {it} into the trash"),
    Event.DOCUMENT_RESTORED: lazy("restored {it}"),
    Event.DOCUMENT_SHARED: lazy("shared {it}"),
    Event.SEARCH_SWITCHED_OFF: lazy("switched the search off and deleted its index"),
    Event.SEARCH_SWITCHED_ON: lazy("switched the search on"),
    Event.SHARE_ENDED: lazy("ended a share of {it}"),
    Event.APPROVAL_ASKED: lazy("asked a second person to approve"),
    Event.APPROVAL_GIVEN: lazy("approved what a colleague asked for"),
    Event.APPROVAL_DECLINED: lazy("declined what a colleague asked for"),
    Event.APPROVAL_TAKEN_BACK: lazy("took back what was asked for"),
    Event.APPROVAL_USED: lazy("did what two people had approved"),
    Event.KEYS_TURNING: lazy("began to turn keys"),
    Event.KEYS_TURNED: lazy("finished turning keys"),
    Event.HOLD_PLACED: lazy("placed a hold"),
    Event.HOLD_LIFTED: lazy("lifted a hold"),
    Event.DESTRUCTION_ASKED: lazy("asked to destroy a key"),
    Event.DESTRUCTION_APPROVED: lazy("approved the destruction of a key"),
    Event.DESTRUCTION_DECLINED: lazy("declined the destruction of a key"),
    Event.DESTRUCTION_TAKEN_BACK: lazy("took the destruction of a key back"),
    Event.KEY_DESTROYED: lazy("destroyed a key"),
    Event.DESTRUCTION_PROVED: lazy("proved that what a destroyed key sealed does not open"),
    Event.DESTRUCTION_FAILED: lazy("found that something a destroyed key sealed still opens"),
    Event.CERTIFICATE_DOWNLOADED: lazy("downloaded a certificate of destruction"),
    Event.REFUSED: lazy("tried to {attempt} and was refused"),
}
THINGS = {
    "document": lazy("a document"),
    "folder": lazy("a folder"),
    "version": lazy("a document"),
    "access_grant": lazy("this client"),
    "invitation": lazy("a person"),
    "person": lazy("a person"),
    "": lazy("something"),
}
ATTEMPTS = {
    "document:view": lazy("open documents"),
    "document:download": lazy("download documents"),
    "document:upload": lazy("upload documents"),
    "person:list": lazy("see the people"),
    "person:assign": lazy("let staff work for this client"),
    "person:invite": lazy("invite people"),
    "log:read": lazy("read the log"),
}
# What a page is called in "opened {page}" and "tried to open {page}"; the rest is {it}, or "a page".
PAGES = {
    "web:home": lazy("the home page"),
    "clients:list": lazy("the list of clients"),
    "clients:open": lazy("the form for a new client"),
    "clients:client": lazy("the page of this client"),
    "log:list": lazy("this log"),
    "retention:log": lazy("the periods of this log"),
    "log:everywhere": lazy("the log of all clients"),
    "log:verify": lazy("the check of this log"),
    "receipts:entry": lazy("an entry of this log"),
    "receipts:list": lazy("the list of receipts"),
    "receipts:letters": lazy("the letters about this log"),
    "health:health": lazy("the health of the portal"),
    "data-map:map": lazy("the data map"),
    "data-map:download": lazy("the data map"),
    "keys:inventory": lazy("the list of keys"),
    "keys:destructions": lazy("the list of destructions"),
    "keys:holds": lazy("the list of holds"),
    "people:list": lazy("the list of people"),
    "people:invite": lazy("the form to invite somebody"),
    "people:assign": lazy("the form to assign a colleague"),
    "mail:list": lazy("the mails of the demo"),
    "mail:letter": lazy("a mail of the demo"),
    "account:index": lazy("their own account"),
    "invitation": lazy("an invitation"),
    "purpose": lazy("the question why they come in"),
    "account_reset_password_from_key": lazy("the form for a new password"),
    "documents:list": lazy("the list of documents"),
    "documents:trashed": lazy("the trash"),
    "documents:search": lazy("the search"),
    "documents:search_everywhere": lazy("the search over all clients"),
    "documents:quarantine": lazy("the held uploads"),
    "documents:upload_rules": lazy("the rules for uploads"),
    "documents:document": lazy("the page of {it}"),
    "documents:content": lazy("more of {it}"),
    "documents:page": lazy("more of {it}"),
    "documents:uploads": lazy("the uploads"),
    "documents:upload": lazy("an upload"),
    "documents:pack": lazy("a download of several documents"),
}


_KNOWN = frozenset(map(str, Event))


def _tried(attempt: str) -> str:
    """Return what a page that was refused is called; nothing for what is no page."""
    said = PAGES.get(attempt)
    return str(_("open {page}")).format(page=str(said).format(it=str(THINGS[""]))) if said is not None else ""


def _page(name: str, thing: str, *, is_known: bool) -> str:
    """Return what a page is called; one of a thing that nobody named, by the kind of thing."""
    said = PAGES.get(name)
    if name == "documents:list" and is_known:
        return str(_("the folder {it}")).format(it=thing)
    if said is not None:
        return str(said).format(it=thing)
    return str(_("a page of {it}")).format(it=thing) if is_known else str(_("a page"))


def sentence(entry: EntryFacts, name: str = "") -> str:
    """Return what an entry says, with `name` for its object, or a word for its kind where there is none."""
    pattern = SENTENCES.get(Event(entry.event)) if entry.event in _KNOWN else None
    if pattern is None:
        return entry.event
    thing = name or str(THINGS.get(entry.object_kind, THINGS[""]))
    said = {"it": thing}
    if entry.event == Event.REFUSED:
        attempt = str(entry.facts.get("attempt", ""))
        known = str(ATTEMPTS.get(attempt, "")) or _tried(attempt)
        said["attempt"] = known or attempt.replace("_", " ").replace(":", " ")
    elif entry.event == Event.PAGE_OPENED:
        said["page"] = _page(str(entry.facts.get("page", "")), thing, is_known=bool(name or entry.object_kind))
    return str(pattern).format(**said)

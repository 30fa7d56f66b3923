"""How every action of the portal is called with valid input, and how it is refused. A new action needs a line here."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.portal.documents import actions as documents
from muniment.portal.documents.types import CheckFacts
from muniment.trust.access import actions as access
from muniment.trust.audit.types import Event, Outcome
from muniment.trust.clients import queries as clients
from muniment.trust.custody import actions as custody
from muniment.trust.disclosure import actions as disclosure
from muniment.trust.identity import actions as identity
from muniment.trust.retention.types import USUAL, Dropped
from muniment.trust.vault.types import Collected, Moved, Verdict, Vetting
from tests.cast import PEOPLE, Portal
from tests.guarantees.destructions import reach
from tests.guarantees.things import CONTENT, Things, lay

NEW_PASSWORD = "nine lanterns drift under ice"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass(frozen=True)
class Call:
    """One valid call: who does it with what, and what the log of which client must hold then."""

    actor: Actor
    event: Event
    values: dict[str, Any] = field(default_factory=dict)
    client_id: UUID | None = None  # None: the actor's
    object_id: UUID | None = None  # None: whatever it is


@dataclass(frozen=True)
class Case:
    """A portal with one of everything, and its people at work."""

    portal: Portal
    things: Things

    @classmethod
    def of(cls, portal: Portal) -> "Case":
        return cls(portal, lay(portal))

    def who(self, name: str, client_id: UUID | None = None) -> Actor:
        found = self.portal.actor(name, client_id)
        return replace(found, session_id=ids.new(), request_id="request-of-the-test")

    @property
    def cleo(self) -> Actor:
        return self.who("cleo")

    @property
    def ada(self) -> Actor:
        return self.who("ada")

    @property
    def system(self) -> Actor:
        return Actor.system(self.portal.okoye, purpose="Tests")

    def visitor(self, client_id: UUID | None = None) -> Actor:
        return Actor(kind="anonymous", client_id=client_id, ip="192.0.2.10", device="Firefox on Linux")

    def id(self, name: str) -> UUID:
        found: UUID = self.things.values[name]
        return found

    def other_folder(self) -> UUID:
        return documents.create_folder(self.cleo, name="Other").id

    def invited(self) -> str:
        """Invite somebody new and return the secret of the link."""
        _, path = identity.invite_person(
            self.cleo, email="new@okoye.example", name="New", role="guest", purpose="Helps with the year end"
        )
        return path.split("/")[3]

    def approval(self, *, approved: bool = False) -> UUID:
        """Let Cleo ask for Dan's end; approved by Ada where that is wanted."""
        dan = ("person", self.portal.people["dan"])
        asked = access.ask_approval(self.cleo, act="person:end", obj=dan, reason="He left")
        if approved:
            access.approve(self.who("ada", self.portal.okoye), approval_id=asked.id)
        return asked.id

    @property
    def firm(self) -> Actor:
        return Actor.system(clients.firm_id(), purpose="Tests")

    def second_admin(self) -> Actor:
        return replace(self.ada, person_id=self.things.in_role("admin"))

    def hold(self) -> UUID:
        return custody.place_hold(
            self.who("ada", self.portal.okoye), kind="client", object_id=self.portal.okoye, reason="A court asked"
        ).id

    def reset_token(self) -> str:
        from muniment.trust.identity.actions.passwords import reset_path
        from muniment.trust.identity.models import Person

        return reset_path(Person.objects.get(id=self.portal.people["cleo"])).split("/")[-2]

    def complete_upload(self) -> UUID:
        """Return an upload of which every byte has arrived, and which is no document yet."""
        upload = documents.begin_upload(self.cleo, name="Whole.pdf", size_bytes=len(CONTENT))
        with documents.receive_chunk(self.cleo, upload_id=upload.id, offset=0, size_bytes=len(CONTENT)) as receiver:
            receiver.feed(CONTENT)
        return upload.id

    def proved_entry(self) -> UUID:
        """Return the entry about a share, which has its place in the tree."""
        from tests.trust.audit.numbered import number

        number()
        return self.id("entry_id")

    def own_session(self) -> UUID:
        from muniment.trust.identity.models import Session
        from tests.cast import signed_in

        signed_in(self.portal.people["cleo"])
        return Session.objects.filter(person_id=self.portal.people["cleo"]).latest("created_at").id


def _document(case: Case, event: Event, **more: Any) -> Call:
    document_id = case.id("document_id")
    return Call(case.cleo, event, {"document_id": document_id, **more}, object_id=document_id)


def _folder(case: Case, event: Event, **more: Any) -> Call:
    folder_id = case.id("folder_id")
    return Call(case.cleo, event, {"folder_id": folder_id, **more}, object_id=folder_id)


def _own(case: Case, event: Event, **values: Any) -> Call:
    return Call(case.cleo, event, values)


def _trashed_document(case: Case) -> Call:
    documents.trash_document(case.cleo, document_id=case.id("document_id"))
    return _document(case, Event.DOCUMENT_RESTORED)


def _trashed_folder(case: Case) -> Call:
    documents.trash_folder(case.cleo, folder_id=case.id("folder_id"))
    return _folder(case, Event.FOLDER_RESTORED)


def _without_factor(case: Case) -> Call:
    identity.remove_factor(case.cleo)
    return _own(case, Event.FACTOR_ADDED, secret=SECRET, code="000000")


def _destruction(case: Case, event: Event, *, second: bool = False, state: str = "asked", **more: Any) -> Call:
    other = case.second_admin()
    asked = reach(case.ada, other, case.firm, of=(case.portal.okoye, case.id("document_id")), state=state)
    actor = other if second else case.firm if event in {Event.KEY_DESTROYED, Event.DESTRUCTION_PROVED} else case.ada
    return Call(actor, event, {"destruction_id": asked, **more}, object_id=asked)


def _approval(case: Case, event: Event, *, approved: bool = False, **more: Any) -> Call:
    approval_id = case.approval(approved=approved)
    ada = case.who("ada", case.portal.okoye)
    return Call(ada, event, {"approval_id": approval_id, **more}, object_id=approval_id)


def _version(case: Case, event: Event, **more: Any) -> Call:
    version_id = case.id("version_id")
    return Call(case.system, event, {"version_id": version_id, **more}, object_id=version_id)


def _release(case: Case) -> Call:
    version_id = case.id("version_id")
    asked = documents.ask_release(case.who("ben"), version_id=version_id, reason="Known to us")
    more = {"version_id": version_id, "approval_id": asked.id}
    return Call(case.who("ada", case.portal.okoye), Event.VERSION_RELEASED, more, object_id=version_id)


def _receipts_to_send(case: Case) -> Call:
    """Let Cleo share again once receipts are sent by themselves."""
    disclosure.set_letters(case.cleo, weekly=True, receipts=True)
    documents.share_document(case.cleo, document_id=case.id("document_id"), **_reader(case))
    case.proved_entry()
    return Call(case.system, Event.LETTER_WRITTEN)


def _reader(case: Case) -> dict[str, Any]:
    return {"person_id": case.portal.people["dan"], "role": "viewer", "purpose": "Year end"}


DOCUMENTS = "muniment.portal.documents.actions."
CUSTODY = "muniment.trust.custody.actions."
IDENTITY = "muniment.trust.identity.actions."
RETENTION = "muniment.trust.retention.actions."
CALLS: dict[str, Callable[[Case], Call]] = {
    f"{DOCUMENTS}documents.move_document": lambda c: _document(c, Event.DOCUMENT_MOVED, folder_id=None),
    f"{DOCUMENTS}documents.move_documents": lambda c: Call(
        c.cleo,
        Event.DOCUMENT_MOVED,
        {"document_ids": [c.id("document_id")], "folder_id": None},
        None,
        c.id("document_id"),
    ),
    f"{DOCUMENTS}documents.rename_document": lambda c: _document(c, Event.DOCUMENT_RENAMED, name="New.pdf"),
    f"{DOCUMENTS}documents.restore_document": _trashed_document,
    f"{DOCUMENTS}documents.trash_document": lambda c: _document(c, Event.DOCUMENT_TRASHED),
    f"{DOCUMENTS}documents.trash_documents": lambda c: Call(
        c.cleo, Event.DOCUMENT_TRASHED, {"document_ids": [c.id("document_id")]}, None, c.id("document_id")
    ),
    f"{DOCUMENTS}folders.create_folder": lambda c: _own(c, Event.FOLDER_CREATED, name="Taxes"),
    f"{DOCUMENTS}folders.move_folder": lambda c: _folder(c, Event.FOLDER_MOVED, parent_id=c.other_folder()),
    f"{DOCUMENTS}folders.rename_folder": lambda c: _folder(c, Event.FOLDER_RENAMED, name="Leases"),
    f"{DOCUMENTS}folders.restore_folder": _trashed_folder,
    f"{DOCUMENTS}folders.trash_folder": lambda c: _folder(c, Event.FOLDER_TRASHED),
    f"{DOCUMENTS}indexing.switch_search": lambda c: _own(c, Event.SEARCH_SWITCHED_OFF, is_on=False),
    f"{DOCUMENTS}keeping._record_check": lambda c: Call(
        c.system, Event.STORE_CHECKED, {"facts": CheckFacts(blobs=1, read_bytes=9, damage=())}
    ),
    f"{DOCUMENTS}keeping._record_collection": lambda c: Call(
        c.system, Event.STORE_COLLECTED, {"collected": Collected(objects=1)}
    ),
    f"{DOCUMENTS}keeping._record_damage_found": lambda c: _version(
        c, Event.VERSION_DAMAGED, blob_id=ids.new(), what="SizeDiffers"
    ),
    f"{DOCUMENTS}keeping._record_move": lambda c: Call(
        c.system, Event.STORE_MOVED, {"target": "s3", "moved": Moved(moved=1)}
    ),
    f"{DOCUMENTS}openings.download_document": lambda c: _document(c, Event.DOCUMENT_DOWNLOADED),
    f"{DOCUMENTS}openings.pack_documents": lambda c: _folder(c, Event.DOCUMENTS_PACKED),
    f"{DOCUMENTS}openings.view_document": lambda c: _document(c, Event.DOCUMENT_VIEWED),
    f"{DOCUMENTS}proving._record_damage": lambda c: _version(c, Event.VERSION_DAMAGED, what="SizeDiffers"),
    f"{DOCUMENTS}proving._record_proof": lambda c: _version(c, Event.VERSION_PROVED, digest_hex="0" * 64),
    f"{DOCUMENTS}quarantine.ask_release": lambda c: Call(
        c.who("ben"), Event.APPROVAL_ASKED, {"version_id": c.id("version_id"), "reason": "Known to us"}
    ),
    f"{DOCUMENTS}quarantine.release_version": _release,
    f"{DOCUMENTS}quarantine.destroy_version": lambda c: Call(
        c.who("ben"),
        Event.VERSION_DESTROYED,
        {"version_id": c.id("version_id"), "reason": "Not theirs"},
        object_id=c.id("version_id"),
    ),
    f"{DOCUMENTS}quarantine.set_upload_rules": lambda c: Call(
        c.who("ada", c.portal.okoye), Event.UPLOAD_RULES_SET, {"rules": {"html": "refuse"}}
    ),
    f"{DOCUMENTS}vetting._record": lambda c: _version(c, Event.VERSION_HELD, vetting=Vetting(Verdict.HELD, "macros")),
    f"{DOCUMENTS}shares.end_share": lambda c: Call(
        c.cleo,
        Event.SHARE_ENDED,
        {"target": "document", "target_id": c.id("document_id"), "grant_id": c.id("grant_id")},
    ),
    f"{DOCUMENTS}shares.share_document": lambda c: _document(c, Event.DOCUMENT_SHARED, **_reader(c)),
    f"{DOCUMENTS}shares.share_folder": lambda c: _folder(c, Event.FOLDER_SHARED, **_reader(c)),
    f"{DOCUMENTS}uploads._add_version": lambda c: _own(c, Event.DOCUMENT_ADDED, upload_id=c.complete_upload()),
    f"{DOCUMENTS}uploads._expire_upload": lambda c: Call(
        c.system, Event.UPLOAD_EXPIRED, {"upload_id": c.id("upload_id")}, None, c.id("upload_id")
    ),
    f"{DOCUMENTS}uploads.begin_upload": lambda c: _own(c, Event.UPLOAD_BEGUN, name="A.pdf", size_bytes=10),
    f"{DOCUMENTS}uploads.cancel_upload": lambda c: Call(
        c.cleo, Event.UPLOAD_CANCELLED, {"upload_id": c.id("upload_id")}, None, c.id("upload_id")
    ),
    "muniment.trust.access.actions.ask_approval": lambda c: _own(
        c, Event.APPROVAL_ASKED, act="person:end", obj=("person", c.portal.people["dan"]), reason="He left"
    ),
    "muniment.trust.access.actions.approve": lambda c: _approval(c, Event.APPROVAL_GIVEN),
    "muniment.trust.access.actions.decline": lambda c: _approval(c, Event.APPROVAL_DECLINED),
    "muniment.trust.access.actions.take_back": lambda c: _approval(c, Event.APPROVAL_TAKEN_BACK),
    "muniment.trust.access.actions.use_approval": lambda c: _approval(
        c, Event.APPROVAL_USED, approved=True, act="person:end", object_id=c.portal.people["dan"]
    ),
    f"{CUSTODY}_record_turned": lambda c: Call(
        c.firm, Event.KEYS_TURNED, {"turning_id": ids.new(), "what": "root", "wrapped": 1, "sealed": 2}
    ),
    f"{CUSTODY}turn_keys": lambda c: Call(c.ada, Event.KEYS_TURNING, {"what": "root"}),
    f"{CUSTODY}place_hold": lambda c: Call(
        c.who("ada", c.portal.okoye),
        Event.HOLD_PLACED,
        {"kind": "client", "object_id": c.portal.okoye, "reason": "A court asked for it"},
    ),
    f"{CUSTODY}lift_hold": lambda c: Call(c.who("ada", c.portal.okoye), Event.HOLD_LIFTED, {"hold_id": c.hold()}),
    f"{CUSTODY}ask_destruction": lambda c: Call(
        c.ada,
        Event.DESTRUCTION_ASKED,
        {"kind": "client", "subject_id": c.portal.brandt, "reason": "The contract ended"},
    ),
    f"{CUSTODY}approve_destruction": lambda c: _destruction(c, Event.DESTRUCTION_APPROVED, second=True),
    f"{CUSTODY}decline_destruction": lambda c: _destruction(c, Event.DESTRUCTION_DECLINED, second=True),
    f"{CUSTODY}take_back_destruction": lambda c: _destruction(c, Event.DESTRUCTION_TAKEN_BACK),
    f"{CUSTODY}carry_out": lambda c: _destruction(c, Event.KEY_DESTROYED, state="waiting"),
    f"{CUSTODY}prove_destruction": lambda c: _destruction(c, Event.DESTRUCTION_PROVED, state="destroyed"),
    f"{CUSTODY}download_certificate": lambda c: _destruction(
        c, Event.CERTIFICATE_DOWNLOADED, state="proved", form="json"
    ),
    f"{RETENTION}set_log_retention": lambda c: Call(
        c.who("ada", c.portal.okoye), Event.LOG_RETENTION_SET, {"rules": ("hipaa",)}
    ),
    f"{RETENTION}_record_shortened": lambda c: Call(
        c.system, Event.LOG_SHORTENED, {"dropped": Dropped(1, 0), "periods": USUAL}
    ),
    "muniment.trust.access.actions.end_grant": lambda c: Call(
        c.cleo, Event.GRANT_ENDED, {"grant_id": c.id("grant_id")}, None, c.id("grant_id")
    ),
    "muniment.trust.access.actions.end_grants_of": lambda c: _own(
        c, Event.GRANT_ENDED, person_id=c.portal.people["dan"]
    ),
    "muniment.trust.access.actions.give_grant": lambda c: _own(
        c, Event.GRANT_GIVEN, person_id=c.portal.people["dan"], role="user", purpose="Year end"
    ),
    f"{disclosure.__name__}.letters.send_receipts": _receipts_to_send,
    f"{disclosure.__name__}.letters.set_letters": lambda c: _own(c, Event.LETTERS_SET, weekly=True, receipts=True),
    f"{disclosure.__name__}.letters.write_month_letter": lambda c: Call(
        c.system, Event.LETTER_WRITTEN, {"month": clock.now().date().replace(day=1)}
    ),
    f"{disclosure.__name__}.letters.write_weekly_letter": lambda c: Call(
        c.system, Event.LETTER_WRITTEN, {"until": clock.now()}
    ),
    f"{disclosure.__name__}.receipts.mail_receipt": lambda c: _own(c, Event.RECEIPT_MAILED, entry_id=c.proved_entry()),
    f"{disclosure.__name__}.receipts.pack_receipts": lambda c: _own(
        c, Event.RECEIPTS_PACKED, month=clock.now().date().replace(day=1)
    ),
    f"{disclosure.__name__}.receipts.take_receipt": lambda c: _own(c, Event.RECEIPT_TAKEN, entry_id=c.proved_entry()),
    f"{disclosure.__name__}.exports.export_log": lambda c: _own(c, Event.LOG_EXPORTED, form="csv"),
    "muniment.trust.audit.actions._record_reading": lambda c: _own(c, Event.LOG_READ),
    "muniment.trust.audit.actions.record_command": lambda c: Call(
        c.firm, Event.COMMAND_RUN, {"command": "keys rotate"}
    ),
    "muniment.trust.audit.actions._record_rehash": lambda c: Call(
        c.system, Event.LOG_REHASHED, {"logs": 3, "entries": 9, "found": 0}
    ),
    "muniment.trust.audit.actions.report_contradiction": lambda c: Call(
        c.system, Event.WITNESS_CONTRADICTED, {"witness": "0a1b2c3d", "outcome": Outcome.AHEAD, "seen": 9}
    ),
    f"{IDENTITY}companies.open_client": lambda c: Call(c.ada, Event.CLIENT_OPENED, {"name": "Lumen Dental"}),
    f"{IDENTITY}companies.set_region": lambda c: Call(c.system, Event.REGION_SET, {"region": ""}),
    f"{IDENTITY}factors.add_factor": _without_factor,
    f"{IDENTITY}factors.make_recovery_codes": lambda c: _own(c, Event.RECOVERY_CODES_MADE),
    f"{IDENTITY}factors.remove_factor": lambda c: _own(c, Event.FACTOR_REMOVED),
    f"{IDENTITY}invitations.accept_invitation": lambda c: Call(
        c.visitor(c.portal.okoye),
        Event.PERSON_JOINED,
        {"secret": c.invited(), "name": "New", "password": NEW_PASSWORD},
    ),
    f"{IDENTITY}invitations.invite_person": lambda c: _own(
        c, Event.PERSON_INVITED, email="x@okoye.example", name="X", role="guest", purpose="Year end"
    ),
    f"{IDENTITY}invitations.withdraw_invitation": lambda c: Call(
        c.cleo, Event.INVITATION_WITHDRAWN, {"invitation_id": c.id("invitation_id")}, None, c.id("invitation_id")
    ),
    f"{IDENTITY}memberships.assign_staff": lambda c: Call(
        c.who("ada", c.portal.brandt),
        Event.PERSON_JOINED,
        {"person_id": c.portal.people["ben"], "role": "advisor", "purpose": "Year end"},
        object_id=c.portal.people["ben"],
    ),
    f"{IDENTITY}memberships.end_membership": lambda c: _own(c, Event.PERSON_LEFT, person_id=c.portal.people["dan"]),
    f"{IDENTITY}passwords.ask_password_reset": lambda c: Call(
        c.visitor(), Event.PASSWORD_RESET_ASKED, {"email": PEOPLE["cleo"][1]}, c.portal.okoye
    ),
    f"{IDENTITY}passwords.change_password": lambda c: _own(c, Event.PASSWORD_CHANGED, password=NEW_PASSWORD),
    f"{IDENTITY}passwords.flag_password": lambda c: Call(
        c.ada, Event.COMPROMISED_FLAGGED, {"person_id": c.portal.people["cleo"]}, None, c.portal.people["cleo"]
    ),
    f"{IDENTITY}passwords.reset_password": lambda c: Call(
        c.visitor(),
        Event.PASSWORD_CHANGED,
        {"person_id": c.portal.people["cleo"], "token": c.reset_token(), "password": NEW_PASSWORD},
        c.portal.okoye,
    ),
    f"{IDENTITY}purposes.state_purpose": lambda c: Call(
        c.who("ada", c.portal.okoye), Event.PURPOSE_STATED, {"purpose": "Asked to add a colleague"}
    ),
    f"{IDENTITY}sessions.end_other_sessions": lambda c: _own(c, Event.SIGNED_OUT),
    f"{IDENTITY}sessions.end_session": lambda c: _own(c, Event.SIGNED_OUT, session_id=c.own_session()),
    f"{IDENTITY}sessions.note_failure": lambda c: Call(
        c.visitor(),
        Event.SIGN_IN_FAILED,
        {"event": Event.SIGN_IN_FAILED, "person_id": c.portal.people["cleo"], "kind": "password"},
        c.portal.okoye,
    ),
    f"{IDENTITY}sessions.sign_in": lambda c: _own(c, Event.SIGNED_IN),
    f"{IDENTITY}sessions.sign_out": lambda c: _own(c, Event.SIGNED_OUT),
}
SET_UP = f"{IDENTITY}setup.set_up_portal"  # tried by itself: it needs a portal without a firm

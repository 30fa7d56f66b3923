"""Keys, holds, the log, its letters and its receipts: how each of their actions is called."""

from collections.abc import Callable
from typing import Any

from muniment.core import clock, ids
from muniment.portal.documents import actions as documents
from muniment.trust.audit.types import Event, Outcome
from muniment.trust.disclosure import actions as disclosure
from muniment.trust.retention.types import USUAL, Dropped
from tests.guarantees.callers.case import Call, Case, own, reader
from tests.guarantees.destructions import reach

CUSTODY = "muniment.trust.custody.actions."
RETENTION = "muniment.trust.retention.actions."


def _destruction(case: Case, event: Event, *, second: bool = False, state: str = "asked", **more: Any) -> Call:
    other = case.second_admin()
    asked = reach(case.ada, other, case.firm, of=(case.portal.okoye, case.id("document_id")), state=state)
    actor = other if second else case.firm if event in {Event.KEY_DESTROYED, Event.DESTRUCTION_PROVED} else case.ada
    return Call(actor, event, {"destruction_id": asked, **more}, object_id=asked)


def _receipts_to_send(case: Case) -> Call:
    """Let Cleo share again once receipts are sent by themselves."""
    disclosure.set_letters(case.cleo, weekly=True, receipts=True)
    documents.share_document(case.cleo, document_id=case.id("document_id"), **reader(case))
    case.proved_entry()
    return Call(case.system, Event.LETTER_WRITTEN)


CALLS: dict[str, Callable[[Case], Call]] = {
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
    f"{disclosure.__name__}.letters.send_receipts": _receipts_to_send,
    f"{disclosure.__name__}.letters.set_letters": lambda c: own(c, Event.LETTERS_SET, weekly=True, receipts=True),
    f"{disclosure.__name__}.letters.write_month_letter": lambda c: Call(
        c.system, Event.LETTER_WRITTEN, {"month": clock.now().date().replace(day=1)}
    ),
    f"{disclosure.__name__}.letters.write_weekly_letter": lambda c: Call(
        c.system, Event.LETTER_WRITTEN, {"until": clock.now()}
    ),
    f"{disclosure.__name__}.receipts.mail_receipt": lambda c: own(c, Event.RECEIPT_MAILED, entry_id=c.proved_entry()),
    f"{disclosure.__name__}.receipts.pack_receipts": lambda c: own(
        c, Event.RECEIPTS_PACKED, month=clock.now().date().replace(day=1)
    ),
    f"{disclosure.__name__}.receipts.take_receipt": lambda c: own(c, Event.RECEIPT_TAKEN, entry_id=c.proved_entry()),
    f"{disclosure.__name__}.exports.export_log": lambda c: own(c, Event.LOG_EXPORTED, form="csv"),
    "muniment.trust.audit.actions._record_reading": lambda c: own(c, Event.LOG_READ),
    "muniment.trust.audit.actions.record_command": lambda c: Call(
        c.firm, Event.COMMAND_RUN, {"command": "keys rotate"}
    ),
    "muniment.trust.audit.actions._record_rehash": lambda c: Call(
        c.system, Event.LOG_REHASHED, {"logs": 3, "entries": 9, "found": 0}
    ),
    "muniment.trust.audit.actions.report_contradiction": lambda c: Call(
        c.system, Event.WITNESS_CONTRADICTED, {"witness": "0a1b2c3d", "outcome": Outcome.AHEAD, "seen": 9}
    ),
}

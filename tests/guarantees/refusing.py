"""How every action of the portal is refused: somebody without the right, or something that is not."""

from dataclasses import replace
from typing import Any

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.trust.disclosure import actions as disclosure
from tests.guarantees.callers import CALLS, CUSTODY, DOCUMENTS, IDENTITY, RETENTION, Case

# What nobody is refused, and why there is nothing to refuse.
NEVER_REFUSED = {
    "muniment.trust.access.actions.grants.end_grants_of": "part of ending a place; without grants it ends none",
    "muniment.trust.audit.actions.record_command": "writes down what the host does",
    "muniment.trust.audit.actions._record_rehash": "writes down what the worker did",
    "muniment.trust.audit.actions.report_contradiction": "writes down what a witness answered the portal itself",
    "muniment.trust.audit.actions._record_reading": "the caller has asked for log:read; it only writes down",
    f"{CUSTODY}_record_turned": "writes down what the worker did",
    f"{RETENTION}_record_shortened": "the same",
    f"{DOCUMENTS}keeping._record_check": "writes down what the portal itself did",
    f"{DOCUMENTS}keeping._record_collection": "the same",
    f"{DOCUMENTS}keeping._record_damage_found": "writes down what the portal itself found",
    f"{DOCUMENTS}keeping._record_move": "the same",
    f"{DOCUMENTS}uploads._expire_upload": "the portal's own, on rows it just found",
    f"{IDENTITY}entries.note_elsewhere": "writes a failure down, beside where it stands already",
    f"{IDENTITY}guests.note_guest_failure": "writes a failure down",
    f"{IDENTITY}passwords.ask_password_reset": "the answer is the same for everyone",
    "muniment.trust.identity.passkeys.actions.note_copied": "writes down what a key proved",
    "muniment.trust.identity.stepping_up.actions.note_confirmed": "writes down what was proved",
    "muniment.trust.identity.steps.actions.forget_devices": "one's own; there may be none",
    "muniment.trust.federation.scim.actions.tokens._note_reading": "the caller proved the token; it writes down",
    f"{IDENTITY}sessions.end_other_sessions": "one's own; there may be none",
    f"{IDENTITY}sessions.note_failure": "writes a failure down",
    f"{IDENTITY}sessions.sign_in": "writes down what the sign-in library decided",
    f"{IDENTITY}sessions.sign_out": "writes down what the sign-in library did",
}


def refused(name: str, case: Case) -> tuple[Actor, dict[str, Any]]:
    """Return a call of an action that must be refused: somebody without the right, or with something that is not."""
    call = CALLS[name](case)
    values, actor = dict(call.values), call.actor
    special: dict[str, dict[str, Any]] = {
        "end_grant": {"grant_id": ids.new()},
        "copy_grants": {"grant_ids": [ids.new()]},
        "end_by_provider": {"provider_id": ids.new()},
        "enter": {"provider_id": ids.new()},
        "end_session": {"session_id": ids.new()},
        "add_factor": {},
        "add_passkey": {"name": " "},
        "rename_passkey": {"passkey_id": ids.new()},
        "remove_passkey": {"passkey_id": ids.new()},
        "give_grant": {"purpose": " "},
        "add_guest_link": {"purpose": " "},
        "make_guest_link": {"purpose": " "},
        "use_guest_link": {"link_id": ids.new()},
        "send_guest_code": {"link_id": ids.new()},
        "accept_invitation": {"secret": "x" * 43},
        "send_code": {"person_id": ids.new()},
        "trust_device": {"device_id": ids.new()},
        "forget_device": {"device_id": ids.new()},
        "deny_sign_in": {"secret": "x" * 43},
        "take_way_in": {"secret": "x" * 43},
        "ask_recovery": {"person_id": ids.new()},
        "stop_recovery_by_link": {"secret": "x" * 43},
        "finish_recovery": {"person_id": ids.new()},
        "change_password": {"password": "short"},
        "ask_email_change": {"email": "no address"},
        "confirm_email_change": {"secret": "x" * 43},
        "reset_password": {"token": "x-y"},
        "_record": {"version_id": ids.new()},
        "_record_damage": {"version_id": ids.new()},
        "_record_proof": {"version_id": ids.new()},
    }
    short = name.rpartition(".")[2]
    if short in special:
        values |= special[short]
    else:
        actor = case.who("mallory", actor.client_id)
    if short == "add_factor":
        actor = replace(actor, person_id=case.portal.people["dan"])  # who has one already
    if short in {"send_receipts", "write_month_letter", "write_weekly_letter"}:
        disclosure.set_letters(case.cleo, weekly=False, receipts=False)
        return call.actor, values
    if short == "pack_receipts":
        actor = replace(actor, person_id=None)  # whoever belongs to the client gets those of their own acts
    if short == "export_own_data":
        actor = replace(actor, person_id=None)  # everybody takes their own along
    if short in {"remove_factor", "make_recovery_codes"}:
        actor = replace(actor, person_id=ids.new())
    return actor, values

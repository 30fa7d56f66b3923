"""Whoever does what matters has just shown that it is them: every action asks, or stands here with why it does not."""

from dataclasses import replace

import pytest

from muniment.core import ids
from muniment.core.unit import ACTIONS
from muniment.trust.access.errors import ConfirmFirst
from tests.cast import Portal
from tests.guarantees.callers import CALLS, Case
from tests.guarantees.refusing import NEVER_REFUSED

QUIET = {
    "daily work; what is restricted or internal asks before others see it: see test_no_way_round_confirming.py": (
        "portal.documents.actions.closing.",
        "portal.documents.actions.documents.",
        "portal.documents.actions.folders.",
        "portal.documents.actions.labels.",
        "portal.documents.actions.links.",
        "portal.documents.actions.openings.",
        "portal.documents.actions.shares.",
        "portal.documents.actions.uploads.",
    ),
    "the portal itself, its worker, its host or somebody else's program does it, and nobody at a browser": (
        "portal.documents.actions.keeping.",
        "portal.documents.actions.proving.",
        "portal.documents.actions.vetting.",
        "trust.audit.actions.",
        "trust.custody.actions.carry_out",
        "trust.custody.actions.prove_destruction",
        "trust.disclosure.actions.letters.send_receipts",
        "trust.disclosure.actions.letters.write_",
        "trust.federation.actions.entering.end_by_provider",
        "trust.federation.actions.entering.enter",
        "trust.federation.scim.actions.records.",
        "trust.identity.actions.companies.set_region",
        "trust.identity.life.actions.brought.",
        "trust.identity.life.actions.idling.",
        "trust.oversight.actions.requests.end_due",
        "trust.oversight.actions.reviews.close_review",
        "trust.oversight.actions.reviews.remind_owners",
    ),
    "part of a larger act, which asked": (
        "trust.access.actions.copying.",
        "trust.access.actions.grants.",
        "trust.access.actions.links.",
        "trust.identity.actions.guests.",
    ),
    "the page asks": (
        "trust.disclosure.actions.exports.export_log",
        "trust.identity.actions.factors.",
        "trust.identity.actions.passwords.change_password",
        "trust.identity.life.actions.importing.export_people",
        "trust.identity.passkeys.actions.",
        "trust.oversight.actions.reviews.export_review",
    ),
    "it is how somebody comes in, goes, or takes something of their own back": (
        "trust.disclosure.actions.receipts.",
        "trust.identity.actions.delays.take_way_in",
        "trust.identity.actions.entries.note_elsewhere",
        "trust.identity.actions.invitations.accept_invitation",
        "trust.identity.actions.looking.look_as",
        "trust.identity.actions.passwords.reset_password",
        "trust.identity.actions.purposes.state_purpose",
        "trust.identity.actions.sessions.",
        "trust.identity.life.actions.addresses.confirm_email_change",
        "trust.identity.life.actions.addresses.withdraw_email_change",
        "trust.identity.life.actions.leaving.",
        "trust.identity.recovery.actions.ask_recovery",
        "trust.identity.recovery.actions.finish_recovery",
        "trust.identity.recovery.actions.stop_recovery",
        "trust.identity.steps.actions.",
        "trust.oversight.actions.requests.ask_",
        "trust.oversight.actions.requests.end_access",
    ),
}
PREFIXES = tuple(f"muniment.{prefix}" for prefixes in QUIET.values() for prefix in prefixes)
ASKING = sorted(name for name in CALLS if not name.startswith(PREFIXES) and name not in NEVER_REFUSED)


@pytest.mark.control("step-up-new-device", "access-how")
@pytest.mark.parametrize("name", ASKING)
def test_a_session_that_was_not_confirmed_lately_does_nothing_that_matters(portal: Portal, name: str):
    call = CALLS[name](Case.of(portal))
    stale = replace(call.actor, session_id=call.actor.session_id or ids.new(), proved_at=None)

    with pytest.raises(ConfirmFirst):
        ACTIONS[name](stale, **call.values)


def test_every_reason_is_still_somebodys():
    assert [prefix for prefix in PREFIXES if not any(name.startswith(prefix) for name in CALLS)] == []

"""What people do with their sign-in, and with who belongs where."""

from muniment.trust.identity.actions.companies import open_client, set_region
from muniment.trust.identity.actions.erasing import erase_person
from muniment.trust.identity.actions.factors import add_factor, make_recovery_codes, remove_factor
from muniment.trust.identity.actions.invitations import accept_invitation, invite_person, withdraw_invitation
from muniment.trust.identity.actions.letters import deliver_letter, write_letter
from muniment.trust.identity.actions.memberships import assign_staff, end_membership
from muniment.trust.identity.actions.passwords import ask_password_reset, change_password, flag_password, reset_password
from muniment.trust.identity.actions.purposes import state_purpose
from muniment.trust.identity.actions.sessions import (
    end_other_sessions,
    end_session,
    note_failure,
    sign_in,
    sign_out,
    sweep_sessions,
)
from muniment.trust.identity.actions.setup import make_admin_link, make_setup_link, set_up_portal
from muniment.trust.identity.limits import count_from

__all__ = [
    "accept_invitation",
    "add_factor",
    "ask_password_reset",
    "assign_staff",
    "change_password",
    "count_from",
    "deliver_letter",
    "end_membership",
    "end_other_sessions",
    "end_session",
    "erase_person",
    "flag_password",
    "invite_person",
    "make_admin_link",
    "make_recovery_codes",
    "make_setup_link",
    "note_failure",
    "open_client",
    "remove_factor",
    "reset_password",
    "set_region",
    "set_up_portal",
    "sign_in",
    "sign_out",
    "state_purpose",
    "sweep_sessions",
    "withdraw_invitation",
    "write_letter",
]

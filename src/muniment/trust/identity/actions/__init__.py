"""What people do with their sign-in, and with who belongs where."""

from muniment.trust.identity.actions.admitting import admit_person, end_named_sessions, make_admitted
from muniment.trust.identity.actions.companies import open_client, set_region
from muniment.trust.identity.actions.delays import lift_delays, take_way_in
from muniment.trust.identity.actions.erasing import erase_person
from muniment.trust.identity.actions.factors import add_factor, make_recovery_codes, remove_factor
from muniment.trust.identity.actions.guests import make_guest_link, note_guest_failure, send_guest_code
from muniment.trust.identity.actions.invitations import accept_invitation, invite_person, withdraw_invitation
from muniment.trust.identity.actions.letters import deliver_letter, write_letter
from muniment.trust.identity.actions.looking import look_as
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
from muniment.trust.identity.delegation import Elsewhere, elsewhere, sign_in_elsewhere_with
from muniment.trust.identity.life.actions.addresses import (
    ask_email_change,
    confirm_email_change,
    withdraw_email_change,
)
from muniment.trust.identity.life.actions.brought import name_person, welcome_person, withdraw_invitations_to
from muniment.trust.identity.life.actions.disabling import disable_person, enable_person, set_break_glass
from muniment.trust.identity.life.actions.exporting import export_own_data
from muniment.trust.identity.life.actions.idling import mind_the_silent, spare_person, warn_person
from muniment.trust.identity.life.actions.importing import export_people, import_people
from muniment.trust.identity.life.actions.leaving import leave_client
from muniment.trust.identity.limits import count_from
from muniment.trust.identity.stepping_up.actions import note_confirmed
from muniment.trust.identity.stepping_up.asking import ask_to_confirm
from muniment.trust.identity.strength.hashing import hash_at_once

__all__ = [
    "Elsewhere",
    "accept_invitation",
    "add_factor",
    "admit_person",
    "ask_email_change",
    "ask_password_reset",
    "ask_to_confirm",
    "assign_staff",
    "change_password",
    "confirm_email_change",
    "count_from",
    "deliver_letter",
    "disable_person",
    "elsewhere",
    "enable_person",
    "end_membership",
    "end_named_sessions",
    "end_other_sessions",
    "end_session",
    "erase_person",
    "export_own_data",
    "export_people",
    "flag_password",
    "hash_at_once",
    "import_people",
    "invite_person",
    "leave_client",
    "lift_delays",
    "look_as",
    "make_admin_link",
    "make_admitted",
    "make_guest_link",
    "make_recovery_codes",
    "make_setup_link",
    "mind_the_silent",
    "name_person",
    "note_confirmed",
    "note_failure",
    "note_guest_failure",
    "open_client",
    "remove_factor",
    "reset_password",
    "send_guest_code",
    "set_break_glass",
    "set_region",
    "set_up_portal",
    "sign_in",
    "sign_in_elsewhere_with",
    "sign_out",
    "spare_person",
    "state_purpose",
    "sweep_sessions",
    "take_way_in",
    "warn_person",
    "welcome_person",
    "withdraw_email_change",
    "withdraw_invitation",
    "withdraw_invitations_to",
    "write_letter",
]

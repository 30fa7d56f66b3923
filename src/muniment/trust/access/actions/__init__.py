"""Give and end grants, set roles, gather people in groups, and let two people decide."""

from muniment.trust.access.actions.approvals import approve, ask_approval, decline, take_back, use_approval
from muniment.trust.access.actions.copying import copy_grants
from muniment.trust.access.actions.grants import end_grant, end_grants_of, give_grant
from muniment.trust.access.actions.groups import (
    NAME_MOST,
    add_to_group,
    end_given,
    give_to_group,
    make_group,
    remove_from_group,
    remove_group,
    rename_group,
)
from muniment.trust.access.actions.links import add_guest_link, revoke_guest_link, use_guest_link
from muniment.trust.access.actions.networks import remove_network, set_network
from muniment.trust.access.actions.profiles import begin_profile, set_profile
from muniment.trust.access.actions.roles import (
    DESCRIPTION_MOST,
    TITLE_MOST,
    copy_role,
    describe_role,
    make_role,
    retire_role,
    set_manager_roles,
    set_role_verbs,
)
from muniment.trust.access.actions.rules import approve_rule, ask_rule, ask_rule_end, decline_rule, take_back_rule
from muniment.trust.access.actions.separating import one_at_a_time

__all__ = [
    "DESCRIPTION_MOST",
    "NAME_MOST",
    "TITLE_MOST",
    "add_guest_link",
    "add_to_group",
    "approve",
    "approve_rule",
    "ask_approval",
    "ask_rule",
    "ask_rule_end",
    "begin_profile",
    "copy_grants",
    "copy_role",
    "decline",
    "decline_rule",
    "describe_role",
    "end_given",
    "end_grant",
    "end_grants_of",
    "give_grant",
    "give_to_group",
    "make_group",
    "make_role",
    "one_at_a_time",
    "remove_from_group",
    "remove_group",
    "remove_network",
    "rename_group",
    "retire_role",
    "revoke_guest_link",
    "set_manager_roles",
    "set_network",
    "set_profile",
    "set_role_verbs",
    "take_back",
    "take_back_rule",
    "use_approval",
    "use_guest_link",
]

"""Roles, groups, grants, conditions and approvals: how each of their actions is called."""

from collections.abc import Callable
from typing import Any

from muniment.trust.access import actions as access
from muniment.trust.access.types import Profile, Rule
from muniment.trust.audit.types import Event
from tests.guarantees.callers.case import Call, Case, guest, link_terms, own

LINKS = "muniment.trust.access.actions.links."
ROLES = "muniment.trust.access.actions.roles."
RULES = "muniment.trust.access.actions.rules."
GROUPS = "muniment.trust.access.actions.groups."
A_RULE = Rule("Papers stay here.", "Read them here.", ("download",), who="contacts", never=True)


def _rule(case: Case, event: Event, *, second: bool = False, is_running: bool = False, **more: Any) -> Call:
    """Let Ada ask for a rule; a second administrator approves it where that is wanted."""
    other = case.second_admin().within(case.portal.okoye)
    ada = case.who("ada", case.portal.okoye)
    asked = access.ask_rule(ada, rule=A_RULE, reason="A paper got around")
    if is_running:
        access.approve_rule(other, version_id=asked.id)
    return Call(other if second else ada, event, {"version_id": asked.id, **more})


def _approval(case: Case, event: Event, *, approved: bool = False, **more: Any) -> Call:
    approval_id = case.approval(approved=approved)
    ada = case.who("ada", case.portal.okoye)
    return Call(ada, event, {"approval_id": approval_id, **more}, object_id=approval_id)


def _group(case: Case, event: Event, **more: Any) -> Call:
    group_id = case.id("group_id")
    return Call(case.cleo, event, {"group_id": group_id, **more}, object_id=group_id)


def _given_to_group(case: Case) -> Call:
    group_id = case.id("group_id")
    given = access.give_to_group(case.cleo, group_id=group_id, role="guest", purpose="Year end")
    return Call(case.cleo, Event.GRANT_ENDED, {"group_id": group_id, "grant_id": given.id}, object_id=given.id)


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{LINKS}add_guest_link": lambda c: own(
        c, Event.GUEST_LINK_MADE, scope=("document", c.id("document_id")), secret_hash=b"x" * 32, **link_terms(c)
    ),
    f"{LINKS}revoke_guest_link": lambda c: Call(
        c.cleo, Event.GUEST_LINK_REVOKED, {"link_id": c.id("link_id")}, object_id=c.id("link_id")
    ),
    f"{LINKS}use_guest_link": lambda c: Call(
        guest(c), Event.GUEST_ENTERED, {"link_id": c.id("link_id")}, object_id=c.id("link_id")
    ),
    "muniment.trust.access.actions.profiles.set_profile": lambda c: Call(
        c.who("ada", c.portal.okoye), Event.CONDITIONS_SET, {"profile": Profile()}
    ),
    f"{RULES}ask_rule": lambda c: Call(
        c.who("ada", c.portal.okoye), Event.APPROVAL_ASKED, {"rule": A_RULE, "reason": "A paper got around"}
    ),
    f"{RULES}ask_rule_end": lambda c: _rule(c, Event.APPROVAL_ASKED, is_running=True, reason="In the way"),
    f"{RULES}approve_rule": lambda c: _rule(c, Event.RULE_STARTED, second=True),
    f"{RULES}decline_rule": lambda c: _rule(c, Event.APPROVAL_DECLINED, second=True),
    f"{RULES}take_back_rule": lambda c: _rule(c, Event.APPROVAL_TAKEN_BACK),
    "muniment.trust.access.actions.networks.set_network": lambda c: Call(
        c.ada, Event.NETWORK_SET, {"name": "Office", "cidrs": ["203.0.113.0/24"]}
    ),
    "muniment.trust.access.actions.networks.remove_network": lambda c: Call(
        c.ada, Event.NETWORK_REMOVED, {"name": c.network()}
    ),
    f"{ROLES}make_role": lambda c: Call(
        c.ada, Event.ROLE_MADE, {"title": "Payroll", "side": "client", "verbs": ["document:view"]}
    ),
    f"{ROLES}copy_role": lambda c: Call(c.ada, Event.ROLE_MADE, {"name": "analyst", "title": "Analyst of tax"}),
    f"{ROLES}describe_role": lambda c: Call(
        c.ada, Event.ROLE_CHANGED, {"name": "analyst", "title": "", "description": "Looks at figures"}
    ),
    f"{ROLES}set_role_verbs": lambda c: Call(
        c.ada, Event.ROLE_CHANGED, {"name": "analyst", "verbs": ["document:view", "person:list"]}
    ),
    f"{ROLES}retire_role": lambda c: Call(c.ada, Event.ROLE_RETIRED, {"name": "engineer"}),
    f"{ROLES}set_manager_roles": lambda c: Call(
        c.who("ada", c.portal.okoye), Event.MANAGER_ROLES_SET, {"roles": ["user", "guest"]}
    ),
    f"{GROUPS}make_group": lambda c: own(c, Event.GROUP_MADE, name="Bookkeeping"),
    f"{GROUPS}rename_group": lambda c: _group(c, Event.GROUP_RENAMED, name="Payroll"),
    f"{GROUPS}add_to_group": lambda c: _group(c, Event.GROUP_JOINED, person_id=c.portal.people["dan"]),
    f"{GROUPS}remove_from_group": lambda c: _group(c, Event.GROUP_LEFT, person_id=c.portal.people["cleo"]),
    f"{GROUPS}give_to_group": lambda c: Call(
        c.cleo, Event.GRANT_GIVEN, {"group_id": c.id("group_id"), "role": "guest", "purpose": "Year end"}
    ),
    f"{GROUPS}end_given": _given_to_group,
    f"{GROUPS}remove_group": lambda c: _group(c, Event.GROUP_REMOVED),
    "muniment.trust.access.actions.approvals.ask_approval": lambda c: own(
        c, Event.APPROVAL_ASKED, act="person:end", obj=("person", c.portal.people["dan"]), reason="He left"
    ),
    "muniment.trust.access.actions.approvals.approve": lambda c: _approval(c, Event.APPROVAL_GIVEN),
    "muniment.trust.access.actions.approvals.decline": lambda c: _approval(c, Event.APPROVAL_DECLINED),
    "muniment.trust.access.actions.approvals.take_back": lambda c: _approval(c, Event.APPROVAL_TAKEN_BACK),
    "muniment.trust.access.actions.approvals.use_approval": lambda c: _approval(
        c, Event.APPROVAL_USED, approved=True, act="person:end", object_id=c.portal.people["dan"]
    ),
    "muniment.trust.access.actions.copying.copy_grants": lambda c: own(
        c, Event.GRANT_GIVEN, grant_ids=[c.way_of_cleo()], scope=("folder", c.id("folder_id"))
    ),
    "muniment.trust.access.actions.grants.end_grant": lambda c: Call(
        c.cleo, Event.GRANT_ENDED, {"grant_id": c.id("grant_id")}, None, c.id("grant_id")
    ),
    "muniment.trust.access.actions.grants.end_grants_of": lambda c: own(
        c, Event.GRANT_ENDED, person_id=c.portal.people["dan"]
    ),
    "muniment.trust.access.actions.grants.give_grant": lambda c: own(
        c, Event.GRANT_GIVEN, person_id=c.portal.people["dan"], role="user", purpose="Year end"
    ),
}

"""What is under way or over in Okoye's space: a thing in each state that some address needs."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.portal.documents import actions as documents
from muniment.trust.access import actions as access
from muniment.trust.access.types import Rule
from muniment.trust.custody import actions as custody
from muniment.trust.federation.scim import actions as directory
from muniment.trust.identity.recovery import actions as recovery
from muniment.trust.oversight import actions as oversight
from tests.cast import Portal
from tests.guarantees.destructions import reach
from tests.guarantees.things import CONTENT, Things, add_document

NETWORK = "Office"


@dataclass(frozen=True)
class Matters:
    """The ids that addresses need: those of all things, and beside a part of an address those that differ there."""

    values: dict[str, Any]
    at: dict[str, dict[str, Any]]

    def of(self, pattern: str) -> dict[str, Any]:
        """Return the values for the address of one route."""
        found = dict(self.values)
        for part, values in self.at.items():
            if part in pattern:
                found |= values
        return found


def lay_matters(things: Things, second: UUID) -> Matters:
    """Bring a rule, a hold, a request, a review and destructions under way; `second` administers beside Ada."""
    portal = things.portal
    cleo, ada = portal.actor("cleo"), portal.actor("ada", portal.okoye)
    lease = ("document", things.values["document_id"])
    access.set_network(portal.actor("ada"), name=NETWORK, cidrs=["203.0.113.0/24"])
    rent = add_document(cleo, "Rent.pdf", CONTENT)
    directory.make_token(portal.actor("ada", portal.okoye), name="Entra", role="guest", days=30)
    recovery.ask_recovery(Actor(kind="anonymous", client_id=portal.okoye), person_id=portal.people["dan"])
    asked = oversight.ask_access(
        portal.actor("dan"), role="viewer", reason="The rent", hours=24, scope=("document", rent.document_id)
    )
    held = custody.place_hold(ada, kind="document", object_id=rent.document_id, reason="A court asked")
    return Matters(
        things.values | {"request_id": asked.id, "hold_id": held.id, "inviting_id": portal.okoye},
        _rules(things, second)
        | _trashed(portal)
        | _given(things)
        | _destructions(portal, second, lease[1])
        | {
            "reviews/<id:review_id>": {"review_id": oversight.start_review(ada).id},
            "<id:person_id>/emergencies/": {"person_id": portal.people["ada"]},
        },
    )


def _rules(things: Things, second: UUID) -> dict[str, dict[str, Any]]:
    """Let a rule wait for its second person, and another one hold."""
    ada = things.portal.actor("ada", things.portal.okoye)
    rule = Rule("Papers stay here.", "Read them here.", ("download",), who="contacts", labels=("internal",), never=True)
    waiting = access.ask_rule(ada, rule=rule, reason="A paper got around")
    running = access.ask_rule(ada, rule=rule, reason="Another got around")
    access.approve_rule(_beside(things.portal, second), version_id=running.id)
    return {
        "conditions/rules/<id:rule_id>": {"rule_id": running.rule_id},
        "conditions/rules/<id:version_id>": {"version_id": waiting.id},
        "conditions/rules/<id:version_id>/end/": {"version_id": running.id},
    }


def _beside(portal: Portal, second: UUID) -> Actor:
    """Return who administers beside Ada, at work in Okoye's space."""
    return replace(portal.actor("ada", portal.okoye), person_id=second)


def _trashed(portal: Portal) -> dict[str, dict[str, Any]]:
    cleo = portal.actor("cleo")
    folder = documents.create_folder(cleo, name="Old")
    documents.trash_folder(cleo, folder_id=folder.id)
    old = add_document(cleo, "Old.pdf", CONTENT)
    documents.trash_document(cleo, document_id=old.document_id)
    return {
        "folders/<id:folder_id>/restore/": {"folder_id": folder.id},
        "documents/<id:document_id>/restore/": {"document_id": old.document_id},
    }


def _given(things: Things) -> dict[str, dict[str, Any]]:
    """Share the folder, send a link to it, and give the group a role."""
    cleo, values, people = things.portal.actor("cleo"), things.values, things.portal.people
    shared = documents.share_folder(
        cleo, folder_id=values["folder_id"], person_id=people["dan"], role="viewer", purpose="Look", until=None
    )
    link = documents.send_link(
        cleo,
        target="folder",
        target_id=values["folder_id"],
        email="bank@lender.example",
        task="view",
        purpose="The bank asks for it",
        until=clock.now() + timedelta(days=3),
    )
    given = access.give_to_group(cleo, group_id=values["group_id"], role="guest", purpose="Year end")
    return {
        "folders/<id:folder_id>/shares/": {"grant_id": shared.id},
        "folders/<id:folder_id>/links/": {"link_id": link.id},
        "groups/<id:group_id>/given/": {"grant_id": given.id},
        "groups/<id:group_id>/people/": {"person_id": people["cleo"]},
    }


def _destructions(portal: Portal, second: UUID, waiting: UUID) -> dict[str, dict[str, Any]]:
    """Let the destruction of one document wait to be approved, and another be over."""
    people = (portal.actor("ada"), _beside(portal, second).within(portal.firm_id))
    system = Actor.system(portal.firm_id, purpose="Tests")
    over = add_document(portal.actor("cleo"), "Gone.pdf", CONTENT).document_id
    proved = reach(*people, system, of=(portal.okoye, over), state="proved")
    asked = reach(*people, system, of=(portal.okoye, waiting), state="asked")
    return {
        "destruction/<id:destruction_id>": {"destruction_id": asked},
        "destruction/<id:destruction_id>/certificate": {"destruction_id": proved},
    }

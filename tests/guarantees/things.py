"""One of everything in Okoye's space, so that every address can be tried with something that is really there."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.operations.demo.people import enrol
from muniment.portal.documents import actions as documents
from muniment.trust.access import actions as access
from muniment.trust.access.roles import BUILT_IN
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as known_clients
from muniment.trust.federation import actions as federation
from muniment.trust.identity import actions as identity
from tests.cast import PASSWORD, Portal

CONTENT = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


@dataclass(frozen=True)
class Things:
    """Ids of things that exist, by the names that addresses use for them."""

    portal: Portal
    values: dict[str, Any]

    def invented(self) -> dict[str, Any]:
        """Return ids of the same kinds that exist nowhere."""
        return {name: ids.new() if isinstance(value, UUID) else value for name, value in self.values.items()}

    def in_role(self, role: str) -> UUID:
        """Return a new person who has one role on Okoye's space (or in the firm) and nothing else."""
        side = next(side for name, side in BUILT_IN if name == role)
        system = Actor.system(self.portal.okoye, purpose="Tests")
        firm = side == "firm" and role in {"super-admin", "admin"}
        place = system.within(known_clients.firm_id()) if side == "firm" else system
        _, path = identity.invite_person(
            place,
            email=f"{role}@somewhere.example",
            name=role,
            role=role if side != "share" else "guest",
            purpose="Tests",
        )
        visitor = Actor(kind="anonymous", client_id=place.client)
        person_id = identity.accept_invitation(visitor, secret=path.split("/")[3], name=role, password=PASSWORD)
        enrol(person_id)
        if side == "firm" and not firm:
            identity.assign_staff(system, person_id=person_id, role=role, purpose="Tests")
        if side == "share":
            access.give_grant(system, person_id=person_id, role=role, purpose="Tests")
        return person_id


def lay(portal: Portal) -> Things:
    """Put a folder, a document, an upload, a share and an invitation into Okoye's space."""
    cleo = portal.actor("cleo")
    folder = documents.create_folder(cleo, name="Contracts")
    version = add_document(cleo, "Lease.pdf", CONTENT, folder_id=folder.id)
    held = add_document(cleo, "Tool.exe", b"MZ" + bytes(100), folder_id=folder.id)
    waiting = documents.begin_upload(cleo, name="Waiting.pdf", size_bytes=10, folder_id=folder.id)
    grant = documents.share_document(
        cleo, document_id=version.document_id, person_id=portal.people["dan"], role="viewer", purpose="Look", until=None
    )
    (shared,) = log.entries(cleo, LogFilter(events=(Event.DOCUMENT_SHARED,)), limit=1)
    link = documents.send_link(
        cleo,
        target="document",
        target_id=version.document_id,
        email="bank@lender.example",
        task="view",
        purpose="The bank asks for it",
        until=clock.now() + timedelta(days=3),
    )
    invitation, path = identity.invite_person(
        cleo, email="eve@okoye.example", name="Eve", role="guest", purpose="Helps with the year end"
    )
    group = access.make_group(cleo, name="Board")
    access.add_to_group(cleo, group_id=group.id, person_id=portal.people["cleo"])
    provider_id, domain_id = _provider(portal)
    values = {
        "place_id": portal.okoye,
        "provider_id": provider_id,
        "domain_id": domain_id,
        "preset": "okta",
        "group_id": group.id,
        "role_name": "analyst",
        "client_id": portal.okoye,
        "folder_id": folder.id,
        "document_id": version.document_id,
        "version_id": held.id,
        "upload_id": waiting.id,
        "grant_id": grant.id,
        "entry_id": shared.id,
        "person_id": portal.people["dan"],
        "invitation_id": invitation.id,
        "link_id": link.id,
        "session_id": ids.new(),
        "device_id": ids.new(),
        "destruction_id": ids.new(),
        "request_id": ids.new(),
        "review_id": ids.new(),
        "rule_id": ids.new(),
        "label": "restricted",
        "hold_id": ids.new(),
        "letter_id": ids.new(),
        "change_id": ids.new(),
        "passkey_id": ids.new(),
        "secret": path.split("/")[3],
        "number": 1,
        "uidb36": "x",
        "key": "x",
    }
    return Things(portal, values)


def _provider(portal: Portal) -> tuple[UUID, UUID]:
    """Let Okoye sign in by SAML, beside passwords; Dan came that way before."""
    from muniment.trust.federation.actions.entering import session_hash
    from muniment.trust.federation.models import Known, Provider

    ada = portal.actor("ada", portal.okoye)
    settings = {"issuer": "https://idp.okoye.example/saml", "sso_url": "https://idp.okoye.example/sso"}
    made = federation.add_provider(
        ada, kind="saml", name="Okoye ID", settings={**settings, "certificates": ["MIIB"], "vouches": True}
    )
    domain = federation.add_domain(ada, provider_id=made.id, name="okoye.example")
    with acting_as(Actor.system(portal.okoye)):
        Provider.objects.filter(client_id=portal.okoye, id=made.id).update(state="on", tested_at=clock.now())
        Known.objects.create(
            client_id=portal.okoye,
            provider_id=made.id,
            subject="dan",
            person_id=portal.people["dan"],
            sessions=[session_hash("of Dan")],
        )
    return made.id, domain.id


def add_document(actor: Actor, name: str, content: bytes, **place: Any) -> Any:
    """Upload a document in one piece and return its first version."""
    upload = documents.begin_upload(actor, name=name, size_bytes=len(content), **place)
    with documents.receive_chunk(actor, upload_id=upload.id, offset=0, size_bytes=len(content)) as receiver:
        receiver.feed(content)
    version = documents.finish_upload(actor, upload_id=upload.id)
    documents.vet_version(Actor.system(actor.client), version_id=version.id)  # as the worker does at once
    return version

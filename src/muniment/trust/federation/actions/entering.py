"""Let somebody in whom a provider named: who they are here is issuer and subject, never an address."""

import hashlib
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.db import transaction

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound, PortalError
from muniment.core.unit import acting_as, action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.federation import queries
from muniment.trust.federation.actions.grouping import administers_firm, keep_in_step, take_back
from muniment.trust.federation.errors import AddressNotTheirs, NotAdmitted, SubjectChanged
from muniment.trust.federation.models import Domain, Known, Provider
from muniment.trust.federation.queries.providers import row_to_change
from muniment.trust.federation.queries.ways import domain_of
from muniment.trust.federation.scim.actions.records import forget_records
from muniment.trust.federation.types import Asserted
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries as people
from muniment.trust.identity.types import Person

MOST_SESSIONS: Final = 20
SIGNED_IN_BY: Final = "signed in by provider"  # where a session keeps through which


@dataclass(frozen=True)
class Entered:
    """Who came in. `is_trusted` says that the provider's second factor counts, and ours need not be asked."""

    person_id: UUID
    is_trusted: bool


@action
def enter(actor: Actor, *, provider_id: UUID, said: Asserted) -> Entered:
    """Return who somebody is here whom a provider named to a visitor, and let them in where they may come in.

    Who is linked already is that person. Else the address must lie in a domain that the actor's client proved: then
    it is linked with the person who has it, or, where the provider admits people or somebody invited them, they are
    made. A person who belongs elsewhere too proves our own second factor each time: nobody's provider alone opens
    another client's things. Who was here and was taken out comes back by an invitation alone.

    Raises:
        ProviderOff: the provider is not on.
        AddressNotTheirs: the address is not in a proved domain, or is that of somebody of the other side.
        SubjectChanged: the provider knew the person as somebody else.
        NotAdmitted: nobody let them in, or they were shut out.
    """
    subject = queries.subject_of(said.issuer, said.subject)
    rows = Known.objects.select_for_update().filter(client_id=actor.client, provider_id=provider_id)
    known = rows.filter(subject=subject).first()
    if known is None:  # one after the other, and none beside who removes the provider
        Provider.objects.select_for_update().filter(client_id=actor.client, id=provider_id).first()
        known = rows.filter(subject=subject).first()
    row = queries.running_provider(actor, provider_id)
    person_id = _link(actor, row, said, subject) if known is None else known.person_id
    person = people.person(person_id)
    if not person.active:
        raise NotAdmitted
    if not _belongs(actor, person_id):
        _let_in(actor, row, said, person, is_new=known is None)
    linked = rows.get(person_id=person_id)
    linked.used_at = clock.now()
    if said.session:
        linked.sessions = [*linked.sessions, session_hash(said.session)][-MOST_SESSIONS:]
    linked.save(update_fields=["used_at", "sessions"])
    keep_in_step(actor, row, linked, said)
    somebody = _as(actor, person_id)
    audit.record(somebody, Event.PROVIDER_VOUCHED, row, strong=said.has_mfa)
    return Entered(person_id, is_trusted=said.has_mfa and queries.vouches_alone(actor.client, person_id))


@action
def note_tried(actor: Actor, *, provider_id: UUID, said: Asserted) -> None:
    """Write down that whoever sets a provider tried it, and that its answer could be believed.

    Raises:
        NotFound: there is no such provider, or `actor` may not set it.
    """
    access.require(actor, "provider:set")
    row = row_to_change(actor, provider_id)
    if said.email:  # one that names no address finds nobody: switched on, it would shut people out
        row.tested_at = clock.now()
        row.save(update_fields=["tested_at"])
    audit.record(actor, Event.PROVIDER_TESTED, row, strong=said.has_mfa)


@action
def end_by_provider(actor: Actor, *, provider_id: UUID, subject: str = "", session: str = "") -> int:
    """End the sessions that somebody began through a provider, because it signed them out; return how many.

    The caller has checked that the provider said so. `subject` and `session` are as the provider calls them; with both
    they must belong together.

    Raises:
        ProviderOff: the provider is not on.
        NotFound: it does not know such a person.
    """
    row = queries.running_provider(actor, provider_id)
    rows = Known.objects.filter(client_id=actor.client, provider_id=provider_id)
    if subject:
        rows = rows.filter(subject=queries.subject_of(row.settings["issuer"], subject))
    if session:
        rows = rows.filter(sessions__contains=[session_hash(session)])
    known = rows.first() if subject or session else None
    if known is None:
        raise NotFound
    begun = people.sessions_with(known.person_id, SIGNED_IN_BY)
    ours = {found for found, by in begun.items() if by.get("provider") == str(provider_id)}
    ended = identity.end_named_sessions(
        _as(actor, known.person_id), person_id=known.person_id, session_ids=frozenset(ours)
    )
    audit.record(_as(actor, known.person_id), Event.PROVIDER_ENDED, row, others=ended)
    return ended


@action
def unlink_person(actor: Actor, *, provider_id: UUID, person_id: UUID) -> None:
    """Forget by which subject a provider knows somebody; the next one it names with their address is linked.

    What its groups gave them ends.

    Raises:
        NotFound: the provider does not know them, or `actor` may not set it.
    """
    access.require(actor, "provider:set")
    row = row_to_change(actor, provider_id)
    known = Known.objects.filter(client_id=actor.client, provider_id=provider_id, person_id=person_id).first()
    if known is None:
        raise NotFound
    take_back(actor, row, [known])
    known.delete()
    audit.record(actor, Event.PROVIDER_UNLINKED, person=person_id)


def forget_person(person_id: UUID) -> None:
    """Forget by which subjects somebody is known anywhere, and what directories say, as a part of erasing them."""
    for client_id in {*people.clients_of(person_id), *clients.all_ids()}:  # also where one was only signed in
        with acting_as(Actor.system(client_id)):
            Known.objects.filter(client_id=client_id, person_id=person_id).delete()
    forget_records(person_id)


def session_hash(session: str) -> str:
    """Return what is kept of a provider's name for a session."""
    return hashlib.sha256(b"muniment-provider-session\0" + session.encode()).hexdigest()


def _link(actor: Actor, row: Provider, said: Asserted, subject: str) -> UUID:
    """Return who has the address, linked from now on; made, where they may come in."""
    name = domain_of(said.email)
    its = Domain.objects.filter(client_id=actor.client, provider_id=row.id)
    if not name or not its.filter(name=name, lapsed_at=None).exclude(proved_at=None).exists():
        raise AddressNotTheirs
    person = people.find_person(said.email)
    side = "staff" if actor.client == clients.find_firm_id() else "contact"
    if person is not None and person.kind != side:
        raise AddressNotTheirs
    if person is not None and not person.is_active:
        raise NotAdmitted
    person_id = person.id if person is not None else _admit(actor, row, said, said.email)
    if Known.objects.filter(client_id=actor.client, provider_id=row.id, person_id=person_id).exists():
        raise SubjectChanged
    Known.objects.create(client_id=actor.client, provider_id=row.id, subject=subject, person_id=person_id)
    audit.record(_as(actor, person_id), Event.PROVIDER_LINKED, row)
    return person_id


def _let_in(actor: Actor, row: Provider, said: Asserted, person: Person, *, is_new: bool) -> None:
    """Let somebody who has an account belong to the client; or only sign them in, where they have no other way.

    A provider that is enforced closes the passwords of its domain also to people of other clients.
    """
    try:
        with transaction.atomic():
            _admit(actor, row, said, person.email, is_new=is_new)
    except NotAdmitted:
        if row.state != "enforced" or not clients.memberships(person.id):
            raise


def _admit(actor: Actor, row: Provider, said: Asserted, email: str, *, is_new: bool = True) -> UUID:
    """Let somebody belong to the client by an invitation, or because the provider admits people who are new to it."""
    role = row.role if row.admits and is_new and not administers_firm(row.role) else ""
    name = said.name or email.partition("@")[0]
    try:
        return identity.admit_person(actor, email=email, name=name, role=role, purpose=f"Signs in through {row.name}")
    except PortalError as refusal:
        raise NotAdmitted from refusal


def _belongs(actor: Actor, person_id: UUID) -> bool:
    return any(membership.client_id == actor.client for membership in clients.memberships(person_id))


def _as(actor: Actor, person_id: UUID) -> Actor:
    """Return the visitor as the person they proved to be; what they may do is asked anew with the session."""
    kind = "staff" if actor.client == clients.find_firm_id() else "contact"
    return replace(actor, kind="staff" if kind == "staff" else "contact", person_id=person_id, by_link=True)

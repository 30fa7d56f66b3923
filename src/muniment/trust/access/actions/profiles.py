"""Set a profile. Every version stays; the newest counts from the next request."""

from django.db import IntegrityError, transaction

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.trust.access import queries
from muniment.trust.access.actions.separating import one_at_a_time
from muniment.trust.access.conditions.errors import ProfileInvalid, ProfileMoved, ShutsOut
from muniment.trust.access.conditions.loading import newest
from muniment.trust.access.conditions.reading import read_profile
from muniment.trust.access.conditions.rows import AccessProfile
from muniment.trust.access.conditions.types import SIDES, Profile, ProfileFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def set_profile(actor: Actor, *, profile: Profile, for_new_clients: bool = False) -> ProfileFacts:
    """Set the access profile of the bound client, or (in the firm's own space) of clients to come.

    It counts from the next request on. Setting what is in force already is an act like any other.

    Raises:
        NotFound: `actor` may not set conditions here.
        ProfileInvalid: it says what cannot be meant, or names a network that does not exist.
        ShutsOut: it would shut out who sets it, or every administrator.
        ProfileMoved: somebody else set one at the same moment.
    """
    queries.require(actor, "conditions:set")
    one_at_a_time()  # a rule that starts at this moment could shut out with it whom neither shuts out alone
    profile = read_profile(profile.to_json())
    _insist_on_known_networks(profile)
    if not for_new_clients and (sentence := queries.would_shut_out(actor, profile)):
        raise ShutsOut(sentence)
    written = _write(actor, profile, for_new_clients=for_new_clients)
    audit.record(
        actor,
        Event.CONDITIONS_SET,
        written,
        version=written.version,
        digest=profile.digest,
        for_new_clients=for_new_clients,
    )
    return ProfileFacts(profile, written.version, written.set_by, written.set_at, queries.rules_hash(actor))


def begin_profile(actor: Actor, profile: Profile) -> None:
    """Give a client that is being opened the profile that new clients begin with, as part of opening it."""
    written = _write(actor, profile, for_new_clients=False)
    audit.record(actor, Event.CONDITIONS_SET, written, version=written.version, digest=profile.digest)


def _write(actor: Actor, profile: Profile, *, for_new_clients: bool) -> AccessProfile:
    row = AccessProfile(
        client_id=actor.client,
        version=newest(actor.client, for_new_clients=for_new_clients) + 1,
        is_for_new_clients=for_new_clients,
        body=profile.to_json(),
        set_by=actor.person_id,
        set_at=clock.now(),
    )
    try:
        with transaction.atomic():  # the database decides, so that two at once cannot both
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ProfileMoved from error
    return row


def _insist_on_known_networks(profile: Profile) -> None:
    known = {network.name for network in queries.networks()}
    for name in SIDES:
        side = profile.side(name)
        for terms in (side.terms, *(terms for _, terms in side.labels)):
            if unknown := sorted(terms.networks - known):
                raise ProfileInvalid(f"{name}.terms.networks", f"No network is called {unknown[0]} here.")

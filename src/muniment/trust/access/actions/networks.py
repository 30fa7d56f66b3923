"""Named networks of the firm: what conditions of all clients speak of."""

import ipaddress
from collections.abc import Collection

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import queries
from muniment.trust.access.conditions.loading import loaded, networks
from muniment.trust.access.conditions.rows import NamedNetwork
from muniment.trust.access.conditions.types import Network, Profile, Side
from muniment.trust.access.errors import NetworkInUse, NetworkInvalid, ShutsOut
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.vault import queries as vault

MOST_RANGES, MOST_NETWORKS, LONGEST_NAME = 200, 200, 80


@action
def set_network(actor: Actor, *, name: str, cidrs: Collection[str], is_blocked: bool = False) -> Network:
    """Give ranges of addresses a name, or give the network of this name other ranges, within the firm.

    Nobody at all comes from a network that `is_blocked`. What counted before stays as a row with its end.

    Raises:
        NotFound: `actor` may not, or acts not within the firm.
        NetworkInvalid: the name or a range cannot be meant, or there are too many.
        CardNumberRefused: the name is one.
        ShutsOut: the conditions of a client would shut `actor`, or every administrator, out of setting them.
    """
    _require_in_firm(actor)
    wanted, ranges = _name(name), _ranges(cidrs)
    now = clock.now()
    before = NamedNetwork.objects.select_for_update().filter(name=wanted, ends_at=None).first()
    others = tuple(network for network in networks() if network.name != wanted)
    if before is None and len(others) >= MOST_NETWORKS:
        raise NetworkInvalid("There are too many networks.")
    row = NamedNetwork(name=wanted, cidrs=ranges, is_blocked=is_blocked, set_by=actor.person_id, starts_at=now)
    _refuse_shutting_out(actor, (*others, Network(row.id, wanted, tuple(ranges), is_blocked)))
    if before is not None:
        before.ends_at = now
        before.save(update_fields=["ends_at"])
    row.save(force_insert=True)
    audit.record(actor, Event.NETWORK_SET, row, ranges=len(ranges), blocked=is_blocked, before=before and before.id)
    return Network(row.id, wanted, tuple(ranges), is_blocked)


@action
def remove_network(actor: Actor, *, name: str) -> None:
    """End a network that no profile and no rule speaks of.

    Raises:
        NotFound: there is none of this name, or `actor` may not.
        NetworkInUse: the conditions of a client speak of it.
    """
    _require_in_firm(actor)
    row = NamedNetwork.objects.select_for_update().filter(name=name, ends_at=None).first()
    if row is None:
        raise NotFound
    if name in _names_in_use():
        raise NetworkInUse
    row.ends_at = clock.now()
    row.save(update_fields=["ends_at"])
    audit.record(actor, Event.NETWORK_REMOVED, row)


def _require_in_firm(actor: Actor) -> None:
    queries.require(actor, "network:set")
    if actor.client != clients.find_firm_id():
        raise NotFound


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise NetworkInvalid(f"A network has a name of 1 to {LONGEST_NAME} characters.")
    kept: str = vault.without_card_numbers(name)  # it stands in the clear
    return kept


def _ranges(cidrs: Collection[str]) -> list[str]:
    """Return ranges as they are kept: each once, in its shortest form."""
    if not 0 < len(cidrs) <= MOST_RANGES:
        raise NetworkInvalid(f"A network has 1 to {MOST_RANGES} ranges.")
    return list(dict.fromkeys(_range(text.strip()) for text in cidrs))


def _range(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        pass
    try:
        meant = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise NetworkInvalid("A range is written as 203.0.113.0/24 or 2001:db8::/32, or is one address.") from error
    raise NetworkInvalid(f"This range begins in its middle. {meant} is the whole of it.")


def _refuse_shutting_out(actor: Actor, named: tuple[Network, ...]) -> None:
    """Keep networks from shutting out who sets them, or every administrator, in the firm or in any client."""
    for client_id in (actor.client, *clients.client_ids()):
        in_force = loaded(client_id)
        if client_id == actor.client or _speaks_of_networks(in_force.profile) or in_force.rules:
            why = queries.would_shut_out(actor.within(client_id), in_force.profile, in_force.rules, named=named)
            if why:
                raise ShutsOut(why)


def _names_in_use() -> frozenset[str]:
    of_new_clients = queries.new_client_profile()
    found = set(_spoken_of(of_new_clients)) if of_new_clients else set[str]()
    for client_id in (clients.firm_id(), *clients.client_ids()):
        in_force = loaded(client_id)
        found |= _spoken_of(in_force.profile)
        found.update(*(rule.networks for _name, rule in in_force.rules))
    return frozenset(found)


def _speaks_of_networks(profile: Profile) -> bool:
    return bool(_spoken_of(profile))


def _spoken_of(profile: Profile) -> frozenset[str]:
    sides: tuple[Side, ...] = (profile.staff, profile.contacts)
    terms = [one for side in sides for one in (side.terms, *(more for _label, more in side.labels))]
    return frozenset().union(*(one.networks for one in terms))

"""The conditions once more, in plain typed Python: what Cedar decides is compared with this."""

from collections.abc import Iterator

from muniment.trust.access.conditions.context import Circumstances
from muniment.trust.access.conditions.types import DAY_MINUTES, Profile, SideName, Terms
from muniment.trust.access.words import Action, Label


def closing(
    profile: Profile, side: SideName, action: Action, label: Label | None, seen: Circumstances
) -> set[tuple[str, Label | None]]:
    """Return the codes of every condition that closes the action, with the label whose terms they are."""
    of_side = profile.side(side)
    always = {(code, None) for code in _of(of_side.terms, side, action, seen)}
    added = next((terms for name, terms in of_side.labels if name == label), Terms())
    return always | ({(code, label) for code in _of(added, side, action, seen)} if added != Terms() else set())


def _of(terms: Terms, side: SideName, action: Action, seen: Circumstances) -> Iterator[str]:
    if seen.blocked:
        yield "blocked-network"
    if not seen.emergency:
        yield from _when_and_where(terms, action, seen)
    if action in terms.second_factor_for and not seen.second_factor:
        yield "second-factor"
    if action in terms.passkey_for and not seen.passkey:
        yield "passkey"
    if action in terms.known_device_for and not seen.device_known:
        yield "known-device"
    if any(name == action and seen.auth_age > minutes for name, minutes in terms.fresh):
        yield "fresh"
    if action in terms.never:
        yield "never"
    if side == "staff" and terms.purposes and action in terms.purposes_for and seen.purpose not in terms.purposes:
        yield "purpose"


def _when_and_where(terms: Terms, action: Action, seen: Circumstances) -> Iterator[str]:
    in_day = not terms.days or seen.weekday in terms.days
    in_hours = terms.opens <= seen.minute_of_day < min(terms.closes, DAY_MINUTES)
    if action in terms.hours_for and not (in_day and in_hours):
        yield "hours"
    if action in terms.places_for:
        if terms.countries and seen.country not in terms.countries:
            yield "country"
        if terms.networks and not terms.networks & seen.networks:
            yield "network"

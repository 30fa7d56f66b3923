"""Whether somebody has shown lately enough that it is still them, for what matters."""

from datetime import timedelta

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import running_action
from muniment.trust.access.conditions import loading
from muniment.trust.access.conditions.context import CLOCKS_DIFFER, side_of
from muniment.trust.access.errors import ConfirmFirst
from muniment.trust.access.types import FRESH_MINUTES, PERMISSIONS
from muniment.trust.access.words import Action


def insist_fresh(actor: Actor, verb: str) -> None:
    """Insist that whoever does something that matters in a browser has confirmed lately that it is them.

    The portal itself, and programs with keys of their own, are asked elsewhere.

    Raises:
        ConfirmFirst: they have not.
    """
    if PERMISSIONS[verb].fresh:
        insist_proved(actor, PERMISSIONS[verb].action)


def insist_fresh_act(actor: Actor, verb: str) -> None:
    """Insist on the same while an action runs: what a page only shows is asked for by the page, if at all.

    Raises:
        ConfirmFirst: they have not.
    """
    if running_action():
        insist_fresh(actor, verb)


def insist_proved(actor: Actor, action: Action) -> None:
    """Insist on the same for one act of a verb that needs no confirmation else.

    Raises:
        ConfirmFirst: they have not.
    """
    if actor.person_id is None or actor.session_id is None or actor.guest_link_id is not None:
        return
    if not is_proved(actor, action):
        raise ConfirmFirst


def is_proved(actor: Actor, action: Action) -> bool:
    """Return whether the actor has proved a strong factor within the time that counts for an action here."""
    if actor.proved_at is None:
        return False
    age = clock.now() - actor.proved_at
    return -CLOCKS_DIFFER <= age <= timedelta(minutes=_minutes(actor, action))


def _minutes(actor: Actor, action: Action) -> int:
    """Return for how many minutes a confirmation counts: what conditions say of the action, and never longer."""
    if actor.client_id is None:
        return FRESH_MINUTES
    side = loading.current_for(actor).profile.side(side_of(actor))
    return min([FRESH_MINUTES, *(minutes for named, minutes in side.terms.fresh if named == action)])

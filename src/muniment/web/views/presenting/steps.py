"""How far the first steps of a portal are."""

from typing import Literal
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.needs import Need
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import MailTry
from muniment.trust.presentation import queries
from muniment.trust.presentation.types import STEPS

State = Literal["done", "skipped", "open"]
NEWEST = 20  # clients whose people are looked at, and can be invited from here


def steps_of(actor: Actor, tried: MailTry) -> dict[str, State]:
    """Return every step and whether it is done, put off or open; `tried` is what became of the mail to oneself.

    Raises:
        NotFound: `actor` may not set how the portal presents itself.
    """
    kept, found, opened = queries.first_steps(actor), queries.presentation(), clients.client_ids()
    done = {
        "look": found.version > 0 or found.logo > 0,
        "mail": tried.state == "taken",
        "client": bool(opened),
        "invitation": _has_people(actor, opened),
    }
    return {step: "done" if done[step] else "skipped" if step in kept.skipped else "open" for step in STEPS}


def first_steps_needs(actor: Actor) -> list[Need]:
    """Return the first steps as one thing that waits for who administers, while one is neither done nor put off."""
    firm_id = clients.find_firm_id()
    if firm_id is None or "presentation:set" not in actor.firm_verbs or actor.looking_as is not None:
        return []
    inside = actor.within(firm_id)
    steps = steps_of(inside, identity.mail_try(inside))
    if "open" not in steps.values():
        return []
    done = sum(state == "done" for state in steps.values())
    return [
        Need(
            kind="do",
            client_id=firm_id,
            title=_("Set your portal up"),
            about=_("%(done)s of %(all)s steps are done") % {"done": done, "all": len(steps)},
            act=_("Go on"),
            url=reverse("first_steps:page"),
            since=clock.now(),
        )
    ]


def _has_people(actor: Actor, opened: list[UUID]) -> bool:
    """Tell whether somebody belongs to one of the first clients, or is invited there."""
    return any(
        clients.members(actor.within(one)) or identity.open_invitations(actor.within(one)) for one in opened[-NEWEST:]
    )

"""The words of letters about access: who, how long, and a link; never what somebody wrote."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muniment.core import config, ids, times
from muniment.core.actor import Actor
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Person, letter_text
from muniment.trust.oversight.models import AccessRequest, AccessReview

Text = tuple[str, str]
DAY_HOURS = 24


@letter_text
def asked(actor: Actor, row: AccessRequest, to: Person) -> Text:
    """Return subject and body for who could decide about a request."""
    who, client, firm = _names(actor, row)
    urgent = _("This is an emergency, they say.") + "\n\n" if row.is_emergency else ""
    page = "/access-requests/" if to.kind == "staff" else f"/{ids.public(actor.client)}/access-requests/"
    return _("%(who)s asks for access: client portal of %(firm)s") % {"who": who, "firm": firm}, _(
        "%(who)s asks for access to the space of %(client)s, for %(length)s.\n"
        "\n"
        "%(urgent)sWhy, and what for, stands here; you can say yes or no:\n"
        "%(address)s%(page)s\n"
    ) % {
        "who": who,
        "client": client,
        "length": length(row.hours),
        "urgent": urgent,
        "address": config.current().address,
        "page": page,
    }


@letter_text
def given(actor: Actor, row: AccessRequest) -> Text:
    """Return subject and body for who asked."""
    _who, client, firm = _names(actor, row)
    return _("You have access: client portal of %(firm)s") % {"firm": firm}, _(
        "The access to the space of %(client)s that you asked for was given, for %(length)s. It ends by "
        "itself.\n"
        "\n"
        "%(address)s/%(public)s/documents/\n"
    ) % {
        "client": client,
        "length": length(row.hours),
        "address": config.current().address,
        "public": ids.public(actor.client),
    }


@letter_text
def told(actor: Actor, row: AccessRequest) -> Text:
    """Return subject and body for the client's own people: somebody of the firm got access to their space."""
    who, client, firm = _names(actor, row)
    decider = identity.people([actor.person_id]).get(actor.person_id) if actor.person_id else None
    how = _("In an emergency, access") if row.is_emergency else _("Access")
    return _("%(who)s got access to your space: client portal of %(firm)s") % {"who": who, "firm": firm}, _(
        "%(how)s to the space of %(client)s was given to %(who)s, for %(length)s%(more)s. It ends by "
        "itself.\n"
        "\n"
        "Why, and everything that is opened, stands in your log:\n"
        "%(address)s/%(public)s/log/\n"
    ) % {
        "how": how,
        "client": client,
        "who": who,
        "length": length(row.hours),
        "more": _(", as %(name)s decided") % {"name": decider.name} if decider else "",
        "address": config.current().address,
        "public": ids.public(actor.client),
    }


@letter_text
def declined(actor: Actor) -> Text:
    """Return subject and body for who asked in vain."""
    firm = identity.firm_name()
    return _("Access was declined: client portal of %(firm)s") % {"firm": firm}, _(
        "The access that you asked for was declined. If a reason was given, it stands beside your "
        "request:\n"
        "%(address)s/%(public)s/access-requests/\n"
    ) % {"address": config.current().address, "public": ids.public(actor.client)}


@letter_text
def to_review(actor: Actor, row: AccessReview, count: int) -> Text:
    """Return subject and body for somebody who is to review some grants of a client."""
    client, firm = identity.company(actor.client).name, identity.firm_name()
    what = ngettext("%(count)s grant", "%(count)s grants", count) % {"count": count}
    return _("Please look at who has access: client portal of %(firm)s") % {"firm": firm}, _(
        "It is time to look again at who has access to the space of %(client)s: %(what)s wait for you, "
        "until %(day)s.\n"
        "\n"
        "%(address)s/%(public)s/reviews/%(public_2)s/\n"
    ) % {
        "client": client,
        "what": what,
        "day": times.day(row.due_at),
        "address": config.current().address,
        "public": ids.public(actor.client),
        "public_2": ids.public(row.id),
    }


def length(hours: int) -> str:
    """Return a time in words: hours up to a day, then days."""
    if hours < DAY_HOURS:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = hours // DAY_HOURS
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def _names(actor: Actor, row: AccessRequest) -> tuple[str, str, str]:
    person = identity.people([row.asked_by]).get(row.asked_by)
    return person.name if person else _("Somebody"), identity.company(actor.client).name, identity.firm_name()

"""The words of letters about a log: what kind, how much, and a link; never what a client wrote."""

from datetime import date, timedelta
from uuid import UUID

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from muniment.core import config, ids, times
from muniment.core.actor import Actor
from muniment.trust.disclosure.types import Week
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import letter_text

Text = tuple[str, str]
_CHECK = lazy(
    "Keep it: whoever has it can prove later that this entry stood in the log then, without asking anybody here.\n"
    "It is checked with muniment-verify, or on this page, with the key that you wrote down when you began:\n"
)


@letter_text
def one_receipt(actor: Actor, entry_id: UUID) -> Text:
    """Return subject and body of a mail that brings one receipt."""
    firm, client = _names(actor.client)
    address = config.current().address
    return _("Your receipt from the client portal of %(firm)s") % {"firm": firm}, _(
        "The receipt of an entry in the log of %(client)s is attached.\n\n"
        "%(check)s%(address)s/verify/\n\n"
        "The entry itself:\n%(address)s%(path)s\n"
    ) % {
        "client": client,
        "check": _CHECK,
        "address": address,
        "path": f"/{ids.public(actor.client)}/log/{ids.public(entry_id)}/",
    }


@letter_text
def receipts(actor: Actor, count: int) -> Text:
    """Return subject and body of a mail that brings receipts as they were earned."""
    firm, client = _names(actor.client)
    how_many = ngettext("The receipt of what you did", "The %(count)s receipts of what you did", count)
    return _("Your receipts from the client portal of %(firm)s") % {"firm": firm}, _(
        "%(how_many)s in the space of %(client)s came with this mail.\n\n"
        "%(check)s%(address)s/verify/\n\n"
        "All of them:\n%(address)s%(path)s\n"
    ) % {
        "how_many": how_many % {"count": count},
        "client": client,
        "check": _CHECK,
        "address": config.current().address,
        "path": f"/{ids.public(actor.client)}/receipts/",
    }


@letter_text
def week(actor: Actor, told: Week) -> Text:
    """Return subject and body of the letter about a week; its foot is the head of the log."""
    firm, client = _names(actor.client)
    address = config.current().address
    acts = (
        ngettext("One thing was done", "%(count)s things were done", told.acts) if told.acts else _("Nothing happened")
    )
    more = [_("%(count)s times something was downloaded.") % {"count": told.downloads}] if told.downloads else []
    more += [_("%(count)s tries were refused.") % {"count": told.refused}] if told.refused else []
    first = _("%(acts)s in the space of %(client)s from %(first)s to %(last)s.") % {
        "acts": acts % {"count": told.acts},
        "client": client,
        "first": times.day(told.since),
        "last": times.day(told.until - timedelta(days=1)),
    }
    rest = _(
        "Who did what:\n%(address)s/log/\n\n"
        "You can switch this letter off, or have receipts sent by themselves:\n%(address)s/receipts/letters/\n"
    ) % {"address": f"{address}/{ids.public(actor.client)}"}
    body = f"{' '.join([first, *more])}\n\n{rest}" + (_foot(address, told.head) if told.head else "")
    return _("The week in the client portal of %(firm)s") % {"firm": firm}, body


@letter_text
def month(actor: Actor, of: date, count: int) -> Text:
    """Return subject and body of the letter that a month's receipts are ready."""
    firm, client = _names(actor.client)
    address, name = config.current().address, formats.date_format(of, "YEAR_MONTH_FORMAT")
    what = ngettext("One receipt was", "%(count)s receipts were", count) % {"count": count}
    return _("The receipts of %(month)s are ready: client portal of %(firm)s") % {"month": name, "firm": firm}, _(
        "%(what)s earned in the space of %(client)s in %(month)s. Take them along as one file:\n"
        "%(address)s%(path)s\n\n"
        "%(check)s%(address)s/verify/\n"
    ) % {
        "what": what,
        "client": client,
        "month": name,
        "address": address,
        "path": f"/{ids.public(actor.client)}/receipts/?month={of:%Y-%m}",
        "check": _CHECK,
    }


def _foot(address: str, head: str) -> str:
    words = _(
        "Below is the head of your log as it was signed. Keep this mail: with it you can show later that nothing that\n"
        "was written until then was changed or removed (%(address)s/verify/, or muniment-verify)."
    ) % {"address": address}
    return f"\n-- \n{words}\n\n{head}"


def _names(client_id: UUID) -> tuple[str, str]:
    found = identity.company_names([client_id])
    return (found[-1], found[0]) if found else (_("your firm"), _("your company"))

"""The words of letters about a log: what kind, how much, and a link; never what a client wrote."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from muniment.core import config, ids
from muniment.core.actor import Actor
from muniment.trust.disclosure.types import Week
from muniment.trust.identity import queries as identity

Text = tuple[str, str]
_CHECK = (
    "Keep it: whoever has it can prove later that this entry stood in the log then, without asking anybody here.\n"
    "It is checked with muniment-verify, or on this page, with the key that you wrote down when you began:\n"
)


def one_receipt(actor: Actor, entry_id: UUID) -> Text:
    """Return subject and body of a mail that brings one receipt."""
    firm, client = _names(actor.client)
    address = config.current().address
    return f"Your receipt from the client portal of {firm}", (
        f"The receipt of an entry in the log of {client} is attached.\n\n"
        f"{_CHECK}{address}/verify/\n\n"
        f"The entry itself:\n{address}/{ids.public(actor.client)}/log/{ids.public(entry_id)}/\n"
    )


def receipts(actor: Actor, count: int) -> Text:
    """Return subject and body of a mail that brings receipts as they were earned."""
    firm, client = _names(actor.client)
    address = config.current().address
    how_many = "The receipt of what you did" if count == 1 else f"The {count} receipts of what you did"
    return f"Your receipts from the client portal of {firm}", (
        f"{how_many} in the space of {client} came with this mail.\n\n"
        f"{_CHECK}{address}/verify/\n\n"
        f"All of them:\n{address}/{ids.public(actor.client)}/receipts/\n"
    )


def week(actor: Actor, told: Week) -> Text:
    """Return subject and body of the letter about a week; its foot is the head of the log."""
    firm, client = _names(actor.client)
    address = config.current().address
    first, last = _day(told.since), _day(told.until - timedelta(days=1))
    acts = (
        "Nothing happened"
        if told.acts == 0
        else "One thing was done"
        if told.acts == 1
        else f"{told.acts} things were done"
    )
    more = [f"{told.downloads} times something was downloaded."] if told.downloads else []
    more += [f"{told.refused} tries were refused."] if told.refused else []
    body = (
        f"{acts} in the space of {client} from {first} to {last}. {' '.join(more)}".rstrip() + "\n\n"
        f"Who did what:\n{address}/{ids.public(actor.client)}/log/\n\n"
        "You can switch this letter off, or have receipts sent by themselves:\n"
        f"{address}/{ids.public(actor.client)}/receipts/letters/\n"
    )
    return f"The week in the client portal of {firm}", body + (_foot(address, told.head) if told.head else "")


def month(actor: Actor, of: date, count: int) -> Text:
    """Return subject and body of the letter that a month's receipts are ready."""
    firm, client = _names(actor.client)
    address, name = config.current().address, f"{of:%B %Y}"
    what = "One receipt was" if count == 1 else f"{count} receipts were"
    return f"The receipts of {name} are ready: client portal of {firm}", (
        f"{what} earned in the space of {client} in {name}. Take them along as one file:\n"
        f"{address}/{ids.public(actor.client)}/receipts/?month={of:%Y-%m}\n\n"
        f"{_CHECK}{address}/verify/\n"
    )


def _foot(address: str, head: str) -> str:
    return (
        "\n-- \n"
        "Below is the head of your log as it was signed. Keep this mail: with it you can show later that nothing that\n"
        f"was written until then was changed or removed ({address}/verify/, or muniment-verify).\n\n"
        f"{head}"
    )


def _day(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d %B %Y}".lstrip("0")


def _names(client_id: UUID) -> tuple[str, str]:
    found = identity.company_names([client_id])
    return (found[-1], found[0]) if found else ("your firm", "your company")

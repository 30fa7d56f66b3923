"""A list of clients and their people before anything is done: what was read, and what is wrong with each line."""

from dataclasses import replace

from django.utils.translation import gettext as _

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.core.unit import query
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity.addresses import clean_email, clean_name
from muniment.trust.identity.life import sheets
from muniment.trust.identity.life.types import ClientLine, ClientSheet
from muniment.trust.identity.queries.companies import companies
from muniment.trust.identity.queries.people import find_people
from muniment.trust.identity.roles import label

MOST_CLIENTS = 100
LONGEST_COMPANY = 120
OF_CLIENTS = ("manager", "user", "guest")


@query
def read_clients(actor: Actor, content: bytes | str) -> ClientSheet:
    """Return a list of clients and their people as it was read, with every problem; nothing is written by it.

    Raises:
        NotFound: `actor` may not open clients, or invite anyone into them.
    """
    access.require(actor, "client:open")
    access.require(actor, "person:invite")
    try:
        text = sheets.decode(content) if isinstance(content, bytes) else content
        rows = sheets.read(text, sheets.CLIENTS, sheets.NEEDED_OF_CLIENTS)
    except sheets.Unreadable as problem:
        return ClientSheet(problem=str(problem))
    roles = {role: role for role in OF_CLIENTS} | {str(label(role)).casefold(): role for role in OF_CLIENTS}
    there = {company.name.casefold() for company in companies(clients.client_ids()).values()}
    people = find_people(cells.get("email", "") for _number, cells in rows)
    staff = frozenset(email for email, person in people.items() if person.kind == "staff")
    taken: set[tuple[str, str]] = set()
    lines = []
    for number, cells in rows:
        line = _line(number, cells, roles, there, taken)
        if line.email in staff:
            line = replace(line, problems=(*line.problems, _("This person works for the firm.")))
        taken.add((line.client.casefold(), line.email))
        lines.append(line)
    sheet = ClientSheet(tuple(lines))
    if len(sheet.clients) > MOST_CLIENTS:
        return ClientSheet(problem=_("At most %s clients at once. Send the list in parts.") % MOST_CLIENTS)
    return sheet


def _line(
    number: int, cells: dict[str, str], roles: dict[str, str], there: set[str], taken: set[tuple[str, str]]
) -> ClientLine:
    client, about = " ".join(cells["client"].split()), " ".join(cells.get("line", "").split())
    problems: list[str] = []
    if not client or not client.isprintable() or max(len(client), len(about)) > LONGEST_COMPANY:
        problems.append(_("The name of the company is missing, or too long."))
    if client.casefold() in there:
        problems.append(_("There is a client of this name already."))
    if not any(cells.get(name) for name in ("name", "email", "role", "purpose", "until")):
        if (client.casefold(), "") in taken:
            problems.append(_("This company is in the list twice, without a person."))
        return ClientLine(number, client, about, problems=tuple(problems))
    return _with_person(ClientLine(number, client, about, problems=tuple(problems)), cells, roles, taken)


def _with_person(
    line: ClientLine, cells: dict[str, str], roles: dict[str, str], taken: set[tuple[str, str]]
) -> ClientLine:
    problems = list(line.problems)
    name, email, until = cells.get("name", ""), cells.get("email", "").lower(), None
    try:
        name = clean_name(name)
    except Invalid:
        problems.append(_("The name is missing, or cannot be a name."))
    try:
        email = clean_email(email)
    except Invalid:
        problems.append(_("This is no e-mail address."))
    else:
        if (line.client.casefold(), email) in taken:
            problems.append(_("This address is in the list twice for this client."))
    role, purpose = roles.get(cells.get("role", "").casefold(), ""), cells.get("purpose", "")
    if not role:
        problems.append(_("There is no role of this name for people of clients."))
    if not purpose:
        problems.append(_("Nobody said why they are invited."))
    try:
        until = sheets.day(cells.get("until", ""))
    except sheets.Unreadable as problem:
        problems.append(str(problem))
    if until is not None and until <= clock.now():
        problems.append(_("The end is in the past."))
    shown = role or cells.get("role", "")
    return ClientLine(line.number, line.client, line.about, name, email, shown, purpose, until, tuple(problems))

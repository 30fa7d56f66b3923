"""A list of people before anybody is invited: what was read, and what is wrong with each line."""

from uuid import UUID

from django.utils.translation import gettext as _

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.core.unit import query
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity.addresses import clean_email, clean_name
from muniment.trust.identity.life import sheets
from muniment.trust.identity.life.types import Line, Sheet
from muniment.trust.identity.queries.people import find_person, roles_to_give
from muniment.trust.identity.roles import label


@query
def read_people(actor: Actor, content: bytes | str) -> Sheet:
    """Return a list of people as it was read, with every problem of every line; nothing is written by it.

    Raises:
        NotFound: `actor` may not invite anyone here.
    """
    access.require(actor, "person:invite")
    try:
        rows = sheets.read(sheets.decode(content) if isinstance(content, bytes) else content)
    except sheets.Unreadable as problem:
        return Sheet(problem=str(problem))
    known = {role: role for role in roles_to_give(actor)}
    known |= {str(label(role)).casefold(): role for role in known}
    here = frozenset(member.person_id for member in clients.members(actor))
    taken: set[str] = set()
    lines = []
    for number, cells in rows:
        line = _line(number, cells, known, here, taken)
        taken.add(line.email)
        lines.append(line)
    return Sheet(tuple(lines))


def _line(number: int, cells: dict[str, str], roles: dict[str, str], here: frozenset[UUID], taken: set[str]) -> Line:
    problems: list[str] = []
    name, email, until = cells["name"], cells["email"].lower(), None
    try:
        name = clean_name(name)
    except Invalid:
        problems.append(_("The name is missing, or cannot be a name."))
    try:
        email = clean_email(email)
    except Invalid:
        problems.append(_("This is no e-mail address."))
    else:
        problems += _about_address(email, here, taken)
    role = roles.get(cells["role"].casefold(), "")
    if not role:
        problems.append(_("You can give no role of this name here."))
    if not cells["purpose"]:
        problems.append(_("Nobody said why they are invited."))
    try:
        until = sheets.day(cells.get("until", ""))
    except sheets.Unreadable as problem:
        problems.append(str(problem))
    if until is not None and until <= clock.now():
        problems.append(_("The end is in the past."))
    return Line(number, name, email, role or cells["role"], cells["purpose"], until, tuple(problems))


def _about_address(email: str, here: frozenset[UUID], taken: set[str]) -> list[str]:
    if email in taken:
        return [_("This address is in the list twice.")]
    person = find_person(email)
    if person is not None and person.id in here:
        return [_("This person belongs here already.")]
    return []

"""Who gets which answer: every route and method by role, out of what views declare and roles hold."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from muniment.trust.access.queries import BUILT_IN
from muniment.trust.access.types import PERMISSIONS
from muniment.web.checks import routes

Answer = Literal["open", "own", "yes", "no", "sign-in"]

OUTSIDE, ELSEWHERE = "signed out", "other client"
ROLES = tuple(name for name, _side in BUILT_IN)
COLUMNS = (OUTSIDE, ELSEWHERE, *ROLES)

_ADMINISTER = frozenset({"super-admin", "admin"})
_ASKED = re.compile(r"\basks? (?P<who>who administers )?for (?P<verb>[a-z-]+:[a-z-]+) in the firm")
_MARKS = {"open": "open", "own": "own", "yes": "**yes**", "no": "·", "sign-in": "sign in"}
_KINDS = ("For everybody", "One's own", "In the firm", "In a client", "For who has a guest link", "For programs")
_HEAD = """\
# Who gets which answer

Every address of the portal and every method it takes, by role: what a person with that role on the whole of a client
(or, for roles that administer, in the firm) is answered. Roles are as they come with the portal; a firm that changes
them changes its own table with them. Conditions, closed folders and labels only take away from this.

- **yes**: the page is there, and does what it is for with what the role reaches.
- `·`: answered as if there were no such page (404).
- open: for everybody, without signing in. own: for whoever is signed in (or signed in and of the firm), and shows only
  what is their own; where nothing is, there is no page (404).
- sign in: sent to the sign-in, or refused. `guest link`: only who came by a guest link, for its one task. a token: for
  a program that brings one (a client's directory); no sign-in of a person counts there.

"signed out" is anybody; "other client" is the manager of another client. This page is written by `make matrix` out of
what each view declares and each role holds; a test asks every address as every role and compares.

"""


@dataclass(frozen=True)
class Line:
    """One route with one method, what it needs in words, and the answer each column expects."""

    path: str
    method: str
    needs: str
    answers: dict[str, Answer]

    @property
    def kind(self) -> str:
        """Return which part of the page it stands in."""
        if self.needs == "nothing":
            return "For everybody"
        if self.needs == "a token":
            return "For programs"
        if self.needs == "guest link":
            return "For who has a guest link"
        if self.needs.startswith("a sign-in"):
            return "One's own"
        return "In a client" if "client_id" in self.path else "In the firm"


def lines() -> list[Line]:
    """Return every route and method, in the order of their addresses."""
    found = []
    for path, route in routes():
        needs, answers = _expected(route.callback)
        if "client_id" in path and answers[ELSEWHERE] == "own":
            answers[ELSEWHERE] = "no"  # nothing is their own in a client that they do not belong to
        found += [Line(f"/{path}", method, needs, answers) for method in methods(route.callback)]
    return sorted(found, key=lambda line: (line.path, line.method))


def methods(view: Any) -> list[str]:
    """Return the methods that a view takes, HEAD and OPTIONS aside: they tell no more than the others do."""
    for inner in _unwrapped(view):
        code = getattr(inner, "__code__", None)
        for name, cell in zip(code.co_freevars if code else (), inner.__closure__ or (), strict=False):
            if name == "request_method_list":
                return sorted(set(cell.cell_contents) - {"HEAD", "OPTIONS"})
    return ["GET", "POST"]  # views of the sign-in library, which take a form


def markdown() -> str:
    """Return the page that docs/matrix.md holds."""
    parts, known = [_HEAD], lines()
    for kind in _KINDS:
        some = [line for line in known if line.kind == kind]
        parts += [f"## {kind}\n\n", *_table(some), "\n"] if some else []
    return "".join(parts).rstrip("\n") + "\n"


def _table(some: list[Line]) -> Iterator[str]:
    yield f"| Address | Method | Needs | {' | '.join(COLUMNS)} |\n"
    yield f"|---|---|---|{'---|' * len(COLUMNS)}\n"
    for line in some:
        answers = " | ".join(_MARKS[line.answers[column]] for column in COLUMNS)
        address = re.sub(r"<(?:\w+:)?(\w+?)(?:_id)?>", r"{\1}", line.path)
        yield f"| `{address}` | {line.method} | {line.needs} | {answers} |\n"


def _expected(view: Any) -> tuple[str, dict[str, Answer]]:
    """Return what a view needs, and what each column is answered."""
    if getattr(view, "by_token", False):
        return "a token", _all("sign-in")
    if getattr(view, "public", None):
        return "nothing", _all("open")
    signed_out: dict[str, Answer] = {OUTSIDE: "sign-in"}
    if getattr(view, "by_guest_link", None):
        return "guest link", _all("no") | signed_out
    verb, firms = getattr(view, "permission", ""), _ASKED.search(getattr(view, "personal", None) or "")
    in_firm = firms["verb"] if firms else verb if getattr(view, "in_firm", False) else ""
    if in_firm or verb:
        asked = [role for role in ROLES if role in _ADMINISTER or not (firms and firms["who"])]
        answers = _all("no") | {role: _in_the_firm(role, in_firm) if in_firm else _holds(role, verb) for role in asked}
        return f"`{in_firm}` in the firm" if in_firm else f"`{verb}`", answers | signed_out | {ELSEWHERE: "no"}
    if getattr(view, "of_firm", False):
        theirs: dict[str, Answer] = {name: "own" if side == "firm" else "no" for name, side in BUILT_IN}
        return f"a sign-in of the firm; {view.personal}", theirs | signed_out | {ELSEWHERE: "no"}
    return f"a sign-in; {view.personal}", _all("own") | signed_out


def _all(answer: Answer) -> dict[str, Answer]:
    return dict.fromkeys(COLUMNS, answer)


def _holds(role: str, verb: str) -> Answer:
    """Return whether a role opens what needs a verb in a client; who administers comes in without its content."""
    side, verbs = next((side, verbs) for (name, side), verbs in BUILT_IN.items() if name == role)
    if side == "firm" and role in _ADMINISTER and not PERMISSIONS[verb].administers:
        return "no"
    return "yes" if verb in verbs else "no"


def _in_the_firm(role: str, verb: str) -> Answer:
    return "yes" if verb in BUILT_IN.get((role, "firm"), ()) else "no"


def _unwrapped(view: Any) -> Iterator[Any]:
    while view is not None:
        yield view
        view = getattr(view, "__wrapped__", None)

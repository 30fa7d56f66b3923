"""What several pages about projects show alike: names, cards, choices, the way here."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.portal.projects import queries
from muniment.portal.projects.forms import SIDE_WORDS, STATE_WORDS, Choices
from muniment.portal.projects.types import MOVES, Board, ProjectFacts, StageFacts, State, TaskFacts
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity

TONES = {"open": "line", "in-work": "blue", "blocked": "red", "done": "green", "dropped": "plain"}


@dataclass(frozen=True)
class Card:
    """A task as pages show it: with names, and with the moves that its reader can make."""

    task: TaskFacts
    who: str
    side: str
    state: str
    tone: str
    is_late: bool
    waits: list[str]
    moves: list[tuple[State, str]]
    has_next: bool = False


def project_url(client_id: UUID, project_id: UUID, name: str = "project") -> str:
    """Return the address of a project's page, or of another page about it."""
    return reverse(f"projects:{name}", kwargs={"client_id": client_id, "project_id": project_id})


def task_url(client_id: UUID, task_id: UUID, name: str = "task") -> str:
    """Return the address of a task's page, or of another page about it."""
    return reverse(f"projects:{name}", kwargs={"client_id": client_id, "task_id": task_id})


def is_firms(client_id: UUID) -> bool:
    """Return whether a space is the firm's own, in which projects are templates."""
    return client_id == clients.firm_id()


def crumbs(client_id: UUID, project: ProjectFacts | None = None, here: str = "") -> list[dict[str, str]]:
    """Return the way from the list of projects to this page."""
    top = _("Project templates") if is_firms(client_id) else _("Projects")
    steps = [{"label": top, "url": reverse("projects:list", kwargs={"client_id": client_id})}]
    if project is not None:
        steps.append({"label": project.name, "url": project_url(client_id, project.id)})
    return [*steps, {"label": here, "url": ""}] if here else steps


def names_of(person_ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Return the names of people."""
    return {person.id: person.name for person in identity.people(person_ids).values()}


def move_words(state: State, before: State) -> str:
    """Return what somebody does who brings a task from one state to another."""
    if state == "open":
        return _("Open again") if before in {"done", "dropped"} else _("Put back")
    words = {"in-work": _("Begin"), "done": _("Done"), "blocked": _("Blocked"), "dropped": _("Drop")}
    return _("Go on") if (before, state) == ("blocked", "in-work") else words[state]


def moves_of(task: TaskFacts, *, may_move: bool, is_firm: bool) -> list[tuple[State, str]]:
    """Return the moves that the reader can make with a task, the usual one first."""
    if not may_move or (task.side == "firm" and not is_firm):
        return []
    found = []
    for state in MOVES[task.state]:
        if (state == "in-work" and task.waits_for) or (state == "done" and task.thing_kind):
            continue
        if state == "dropped" and not is_firm:
            continue
        found.append((state, move_words(state, task.state)))
    return found


def cards(board: Board) -> dict[UUID, list[Card]]:
    """Return the tasks of a project as cards, by stage."""
    names = names_of({task.assignee_id for task in board.tasks})
    titles = {task.id: task.title for task in board.tasks}
    found: dict[UUID, list[Card]] = defaultdict(list)
    for task in board.tasks:
        moves = moves_of(task, may_move=board.may_move, is_firm=board.is_firm)
        found[task.stage_id].append(card(task, names, titles, moves))
    return found


def card(
    task: TaskFacts, names: dict[UUID | None, str], titles: dict[UUID, str], moves: list[tuple[State, str]]
) -> Card:
    """Return a task as a card."""
    side = str(SIDE_WORDS[task.side])
    return Card(
        task=task,
        who=names.get(task.assignee_id, ""),
        side=side,
        state=str(STATE_WORDS[task.state]),
        tone=TONES[task.state],
        is_late=not task.is_over and task.due_on is not None and task.due_on < queries.today(),
        waits=sorted(titles.get(first, "") for first in task.waits_for),
        moves=moves,
    )


def waiting(board: Board) -> list[dict[str, Any]]:
    """Return who waits for whom: each side that has something to do now, with who it is and how many tasks wait."""
    found = []
    names = names_of({task.assignee_id for task in board.tasks})
    for side in ("client", "firm"):
        ready = [task for task in board.tasks if task.side == side and not task.is_over and not task.waits_for]
        if not ready:
            continue
        behind = {task.id for task in board.tasks if task.waits_for & {one.id for one in ready}}
        people: dict[str, int] = defaultdict(int)
        for task in ready:
            people[names.get(task.assignee_id, "") or _("nobody in particular")] += 1
        found.append(
            {"side": side, "count": len(ready), "behind": len(behind), "people": sorted(people.items()), "tasks": ready}
        )
    return found


def stage_choices(stages: Iterable[StageFacts]) -> Choices:
    """Return the stages of a project to choose from."""
    return [(ids.public(stage.id), stage.name) for stage in stages]


def who_choices(actor: Actor) -> list[tuple[str, Any]]:
    """Return each side, and its people to whom tasks can be given, in groups."""
    sides = queries.people_to_assign(actor)
    names = names_of(sides["firm"] | sides["client"])
    found: list[tuple[str, Any]] = []
    for side in ("firm", "client"):
        people = sorted(
            ((f"{side}:{ids.public(one)}", names.get(one, "")) for one in sides[side]), key=lambda pair: pair[1]
        )
        anybody = (side, _("Anybody of the firm") if side == "firm" else _("Anybody of the client"))
        found.append((str(SIDE_WORDS[side]), [anybody, *people]))
    return found


def thing_choices(actor: Actor, chosen: Iterable[str] = ()) -> list[tuple[str, Any]]:
    """Return what a task can point to, in groups; `chosen` are public ids of documents to offer whatever is newer."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    words = {
        "checklist": _("A checklist that was sent"),
        "checklist-template": _("A checklist to send when it begins"),
        "document": _("A document to read"),
    }
    for kind, thing_id, name in queries.things_to_choose(actor, chosen):
        groups[words[kind]].append((f"{kind}:{thing_id}", name))
    return list(groups.items())

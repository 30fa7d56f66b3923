"""Background work about projects. Arguments are ids and numbers; each job binds its client."""

from typing import Any
from uuid import UUID

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.core.retries import UntilBack
from muniment.portal.projects import actions, queries
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.vault.errors import VaultError

logger = structlog.get_logger("muniment.projects")
QUEUE = "projects"
RETRY = UntilBack(RetryStrategy(max_attempts=5))
WHY = "Do what the rules of a project say"


@app.task(name=actions.RUN_RULES, queue=QUEUE, retry=RETRY)
def run_rules(client_id: str, project_id: str, depth: int) -> None:
    """Let the rules of a project run that are set off now; what follows from one comes in a job of its own."""
    if _waits(actions.RUN_RULES, client_id, project_id=project_id, depth=depth):
        return
    actor = Actor.system(UUID(client_id), purpose=WHY)
    _run(actor, queries.due_rules(actor, UUID(project_id)), depth)


@app.task(name=actions.FOLLOW_THING, queue=QUEUE, retry=RETRY)
def follow_thing(client_id: str, task_id: str) -> None:
    """Let a task be done if what it points to is."""
    if _waits(actions.FOLLOW_THING, client_id, task_id=task_id):
        return
    actor = Actor.system(UUID(client_id), purpose="Let a task follow what it points to")
    if queries.is_followed(actor, UUID(task_id)):
        actions.follow_thing(actor, task_id=UUID(task_id))


@app.periodic(cron="*/10 * * * *")
@app.task(name="projects.look_at_dates", queue=QUEUE, queueing_lock="projects.look_at_dates")
def look_at_dates(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Let rules run whose day has come, and tell who has something due, in every client.

    Where projects are switched off this waits until they are on again.
    """
    for client_id in clients.client_ids():
        actor = Actor.system(client_id, purpose=WHY)
        try:
            if access.is_part_off(client_id, "projects"):
                continue
            _run(actor, queries.due_rules(actor), 0)
            for task_id in queries.due_soon(actor):
                actions.tell_due(actor, task_id=task_id)
        except (PortalError, VaultError) as error:  # a key that is not there: other clients have theirs
            logger.warning("dates not looked at", client=ids.public(client_id), what=type(error).__name__)


@app.periodic(cron="37 * * * *")
@app.task(name="projects.index_clients", queue=QUEUE, queueing_lock="projects.index_clients")
def index_clients(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Look in every client for projects and tasks that are not indexed: what was written while its search was off."""
    for client_id in clients.client_ids():
        try:
            actions.index_client(Actor.system(client_id, purpose="Let projects be found by their words"))
        except VaultError as error:  # a key that is not there: other clients have theirs
            logger.warning("projects not indexed", client=ids.public(client_id), what=type(error).__name__)


def _waits(name: str, client_id: str, **arguments: Any) -> bool:
    """Return whether projects are switched off in a client; the job is looked at again in an hour then."""
    if not access.is_part_off(UUID(client_id), "projects"):
        return False
    app.configure_task(name, queue=QUEUE, schedule_in={"hours": 1}).defer(client_id=client_id, **arguments)
    return True


def _run(actor: Actor, rule_ids: list[UUID], depth: int) -> None:
    """Let rules run one after the other; one that cannot leaves that in the log, and the next has its turn."""
    for rule_id in rule_ids:
        try:
            actions.try_rule(actor, rule_id=rule_id, depth=depth)
        except PortalError as refusal:
            logger.warning("rule refused", client=ids.public(actor.client), rule=ids.public(rule_id), why=refusal.code)

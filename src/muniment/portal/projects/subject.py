"""Tasks as what a thread can be about."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from muniment.core.actor import Actor
from muniment.portal.conversations.types import declare_subject
from muniment.portal.projects import queries


def declare() -> None:
    """Let threads be about tasks."""
    declare_subject("task", word=_("Task"), name_of=queries.task_names, url_of=_url, may_see=_seen)


def _seen(actor: Actor, task_ids: Collection[UUID]) -> frozenset[UUID]:
    return queries.tasks_seen(actor, task_ids)


def _url(client_id: UUID, task_id: UUID) -> str:
    return reverse("projects:task", kwargs={"client_id": client_id, "task_id": task_id})

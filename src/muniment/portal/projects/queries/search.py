"""Find projects and tasks by words, for the one search box. The index proposes, access decides."""

from uuid import UUID

from django.urls import reverse

from muniment.core.actor import Actor
from muniment.core.finding import Found
from muniment.core.unit import query
from muniment.portal.projects.models import Project
from muniment.portal.projects.queries.projects import seen
from muniment.trust.access import queries as access
from muniment.trust.vault import actions as vault

_HITS_MOST = 200


@query
def search(actor: Actor, words: str, limit: int) -> list[Found]:
    """Return at most `limit` projects and tasks of the client that hold the words, newest first.

    Who does not follow projects finds nothing, nor does anybody where the client's search is switched off; what is
    for the firm alone is found by its people alone.
    """
    if not access.reach(actor, "project:view").whole:
        return []
    question = vault.index.ask(actor.client, words)
    if question is None or not question.is_answerable:
        return []
    hits = [
        hit
        for sort in ("project", "task")
        for hit in vault.index.find(actor.client, question, sort=sort, most=_HITS_MOST)
    ]
    said = {hit.id for hit in hits if hit.has_words}

    def holds(thing_id: UUID, name: str) -> bool:
        return thing_id in said or all(vault.index.is_in_name(term, name) for term in question.terms)

    wanted = [hit.id for hit in hits]
    found: list[Found] = []
    for project in Project.objects.filter(client_id=actor.client, id__in=wanted):
        if holds(project.id, project.name):
            where = {"client_id": actor.client, "project_id": project.id}
            url = reverse("projects:project", kwargs=where)
            found.append(Found("project", actor.client, project.id, project.name, url, project.created_at))
    for task in seen(actor).filter(id__in=wanted).select_related("project"):
        if holds(task.id, task.title):
            url = reverse("projects:task", kwargs={"client_id": actor.client, "task_id": task.id})
            found.append(Found("project", actor.client, task.id, task.title, url, task.changed_at, task.project.name))
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)[:limit]

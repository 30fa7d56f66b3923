"""What every view here is handed."""

from uuid import UUID

from django.http import HttpRequest

from muniment.core.actor import Actor


class ActorRequest(HttpRequest):
    """A request after the middleware found out who acts, and for which client."""

    actor: Actor
    shown_clients: tuple[UUID, ...]  # of whom a page over several clients shows something: it is in each of their logs

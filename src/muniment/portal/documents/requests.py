"""What every view here is handed."""

from django.http import HttpRequest

from muniment.core.actor import Actor


class ActorRequest(HttpRequest):
    """A request after the middleware found out who acts, and for which client."""

    actor: Actor

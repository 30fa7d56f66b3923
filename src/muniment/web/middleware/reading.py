"""Pages in the language and the time zone of who reads them."""

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from muniment.core.actor import Actor
from muniment.trust.access import queries as access
from muniment.trust.identity import queries as identity


class Reading:
    """Speaks as the person chose, else as their client's conditions or the firm say; to a visitor, as the firm says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the language and the zone of who asks."""
        person = request.user if request.user.is_authenticated else None
        language, zone = identity.chosen_reading(person)
        with translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Go over to the zone of the client whose page it is, or of their first one, for a contact who chose none."""
        actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware before
        is_machines = view.__module__.endswith(".rest")  # parts of uploads and the like: no date stands in an answer
        chosen: str = getattr(request.user, "zone", "")
        if is_machines or chosen or actor.kind != "contact" or actor.person_id is None:
            return None
        zone = access.zone_in(actor) if actor.client_id else identity.zone_of_contact(actor.person_id)
        if zone not in {"", "UTC"}:
            timezone.activate(zoneinfo.ZoneInfo(zone))
        return None

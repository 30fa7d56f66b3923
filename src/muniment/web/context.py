"""What the shell around every page shows: the firm, the person, the client, and the ways to go."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from muniment.core import config
from muniment.core.actor import Actor
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Company, Space


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the shell's values; each is found only when a template prints it."""
    actor: Actor = getattr(request, "actor", Actor(kind="anonymous"))
    found = _Shell(request, actor)
    return {
        "actor": actor,
        "firm_name": SimpleLazyObject(found.firm_name),
        "person": request.user if actor.person_id else None,
        "client": SimpleLazyObject(found.client),
        "looking": SimpleLazyObject(found.looking),
        "clients": SimpleLazyObject(found.clients),
        "nav": found.nav,
        "tabs": found.tabs,
        "quick": SimpleLazyObject(found.quick),
    }


class _Shell:
    """One request's shell, read once."""

    def __init__(self, request: HttpRequest, actor: Actor) -> None:
        self.request, self.actor = request, actor
        self.firm_id = clients.find_firm_id() if actor.person_id else None
        self._spaces: list[Space] | None = None
        self._ways: list[dict[str, Any]] | None = None

    def firm_name(self) -> str:
        """Return the firm's name, or the product's before the portal was set up."""
        return identity.firm_name()

    def client(self) -> Company | None:
        """Return the client the page is about; the firm's own space is none."""
        client_id = self._client_id()
        known = next((space for space in self.spaces() if space.id == client_id), None)
        if known is not None:
            return Company(known.id, known.kind, known.name, known.line)
        return identity.company(client_id) if client_id else None

    def looking(self) -> dict[str, str] | None:
        """Return as whom somebody of the firm looks now, and at which client; None when as themselves."""
        found = identity.look_of(self.request.session) if self.actor.kind == "staff" else None
        return {"name": found[0], "client": found[1]} if found else None

    def clients(self) -> list[dict[str, Any]]:
        """Return the clients the person may switch to."""
        current = self._client_id()
        name = "clients:client" if self.actor.kind == "staff" else "documents:list"
        return [
            {"name": space.name, "url": reverse(name, kwargs={"client_id": space.id}), "current": space.id == current}
            for space in self.spaces()
            if space.kind == "client"
        ]

    def nav(self) -> list[dict[str, Any]]:
        """Return the main ways to go, as far as the person may."""
        if self._ways is None:
            self._ways = self._find_ways()
        return self._ways

    def tabs(self) -> list[dict[str, Any]]:
        """Return the five ways that fit on a phone."""
        return self.nav()[:5]

    def _find_ways(self) -> list[dict[str, Any]]:
        found = [self._way(_("Home"), "house", reverse("web:home"))]
        if self.actor.kind == "staff":
            found.append(self._way(_("Clients"), "building-2", reverse("clients:list")))
        client_id = self._client_id() or self._only_client()
        if self.actor.kind == "staff" and not client_id:  # within a client its documents' page has the box
            found.append(self._way(_("Search"), "search", reverse("documents:search_everywhere")))
        if client_id:
            verbs = self.verbs(client_id)
            for verb, label, short, icon, name in _WAYS:
                if verb in verbs:
                    way = self._way(_(label), icon, reverse(name, kwargs={"client_id": client_id}))
                    found.append({**way, "short": _(short)})
        elif self.actor.kind == "staff":
            found += self._ways_over_all()
        if config.current().demo and "mail:read" in self.actor.firm_verbs:
            found.append(self._way(_("Mails"), "mail", reverse("mail:list")))
        return found

    def _ways_over_all(self) -> list[dict[str, Any]]:
        """Return where staff go outside of any client."""
        found, may = [], self.actor.firm_verbs
        if self.firm_id and "person:list" in may:
            found.append(self._way(_("People"), "users", reverse("people:list", kwargs={"client_id": self.firm_id})))
            found.append(self._way(_("Everybody"), "users", reverse("everybody:list")))
        if may:
            found.append(self._way(_("Data map"), "file-text", reverse("data-map:map")))
        if access.places_with(self.actor, "log:read"):
            found.append(self._way(_("All accesses"), "scroll-text", reverse("log:everywhere")))
        asking = self._way(_("Requests for access"), "lock", reverse("requests:list"))
        found.append({**asking, "short": _("Requests")})
        return found + [self._way(_(label), icon, reverse(n)) for verb, label, icon, n in _FIRM_WAYS if verb in may]

    def quick(self) -> dict[str, str] | None:
        """Return the one act offered everywhere: to upload, where the person may."""
        client_id = self._client_id() or self._only_client()
        if client_id is None or "document:upload" not in self.verbs(client_id):
            return None
        url = reverse("documents:list", kwargs={"client_id": client_id}) + "#upload"
        return {"label": _("Upload"), "icon": "upload", "url": url}

    def verbs(self, client_id: UUID) -> frozenset[str]:
        """Return what the person may do somewhere in a client."""
        if self.actor.client_id != client_id:
            self.actor = replace(self.actor, client_id=client_id)
            self.actor = replace(self.actor, verbs=access.standing(self.actor).verbs)
        return self.actor.verbs

    def spaces(self) -> list[Space]:
        """Return where the person belongs."""
        if self._spaces is None:
            self._spaces = identity.spaces(self.actor.person_id) if self.actor.person_id else []
        return self._spaces

    def _client_id(self) -> UUID | None:
        match = self.request.resolver_match
        client_id = match.kwargs.get("client_id") if match else None
        return client_id if client_id and client_id != self.firm_id and self.actor.person_id else None

    def _only_client(self) -> UUID | None:
        """Return a contact's only client where the address names none; who has several, as staff do, chooses."""
        if self.actor.kind == "staff":
            return None
        found = [space.id for space in self.spaces() if space.kind == "client"]
        return found[0] if len(found) == 1 else None

    def _way(self, label: str, icon: str, url: str) -> dict[str, Any]:
        path = self.request.path
        return {
            "label": label,
            "icon": icon,
            "url": url,
            "current": path == url or (url != "/" and path.startswith(url)),
            "count": 0,
        }


# The verb that opens it, what it is called, what it is called on a phone, its icon, its page
_WAYS = (
    ("document:view", "Documents", "Documents", "folder", "documents:list"),
    ("person:list", "People", "People", "users", "people:list"),
    ("quarantine:read", "Held uploads", "Held", "shield-check", "documents:quarantine"),
    ("log:read", "Who opened our data", "Accesses", "scroll-text", "log:list"),
    ("review:read", "Reviews of access", "Reviews", "shield-check", "reviews:list"),
    ("conditions:read", "Conditions", "Conditions", "clock", "conditions:profile"),
)
# The verb in the firm that opens it, what it is called, its icon, its page
_FIRM_WAYS = (
    ("review:read", "Reviews of access", "shield-check", "reviews:overview"),
    ("conditions:set", "Conditions", "clock", "conditions:overview"),
    ("key:list", "Keys", "key-round", "keys:inventory"),
    ("link:list", "Links", "link", "documents:links_everywhere"),
    ("health:read", "Health", "activity", "health:health"),
)

"""What the shell around every page shows: the firm, the person, the client, and the ways to go."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from muniment.core import config
from muniment.core.actor import Actor
from muniment.portal.conversations.queries.unread import unread as unread_threads
from muniment.portal.notices import queries as notices
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Company, Space
from muniment.trust.presentation import queries as presentation

SWITCHED_MOST = 40
"""To so many clients one switches by their names; who has more goes by the list of clients, which can be searched."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the shell's values; each is found only when a template prints it."""
    actor: Actor = getattr(request, "actor", Actor(kind="anonymous"))
    found = _Shell(request, actor)
    return {
        "actor": actor,
        "firm_name": SimpleLazyObject(found.firm_name),
        "look": SimpleLazyObject(presentation.presentation),
        "person": request.user if actor.person_id else None,
        "client": SimpleLazyObject(found.client),
        "looking": SimpleLazyObject(found.looking),
        "clients": SimpleLazyObject(found.clients),
        "nav": found.nav,
        "tabs": found.tabs,
        "quick": SimpleLazyObject(found.quick),
        "unread": SimpleLazyObject(lambda: notices.unread(actor)),
    }


class _Shell:
    """One request's shell, read once."""

    def __init__(self, request: HttpRequest, actor: Actor) -> None:
        self.request, self.actor = request, actor
        self.firm_id = clients.find_firm_id() if actor.person_id else None
        self._spaces: list[Space] | None = None
        self._count = 0  # of clients, and the firm, to which they belong
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
        found = [
            {"name": space.name, "url": reverse(name, kwargs={"client_id": space.id}), "current": space.id == current}
            for space in self.spaces()
            if space.kind == "client"
        ]
        if self._count > len(self.spaces()) and self.actor.kind == "staff":
            found.append({"name": _("All clients"), "url": reverse("clients:list"), "current": False})
        return found

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
            found.append(self._way(_("Messages"), "message-square", reverse("conversations:everywhere")))
            found.append(self._way(_("Search"), "search", reverse("web:search")))
        if client_id:
            verbs = self.verbs(client_id)
            for verb, label, short, icon, name in _WAYS:
                if verb in verbs:
                    way = self._way(_(label), icon, reverse(name, kwargs={"client_id": client_id}))
                    count = unread_threads(self.actor) if verb == "thread:view" else 0
                    found.append({**way, "short": _(short), "count": count})
        elif self.actor.kind == "staff":
            found += self._ways_over_all()
        if config.current().demo and "mail:read" in self.actor.firm_verbs:
            found.append(self._way(_("Mails"), "mail", reverse("mail:list")))
        return found

    def _ways_over_all(self) -> list[dict[str, Any]]:
        """Return where staff go outside of any client."""
        found, may = [self._way(_("Projects"), "layers", reverse("projects:overview"))], self.actor.firm_verbs
        found.append(self._way(_("Asked of us"), "hand-helping", reverse("tickets:everywhere")))
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
        """Return where the person belongs; of very many, only this page's client."""
        if self._spaces is None:
            current, person_id = self._client_id(), self.actor.person_id
            here = [current] if current else []
            self._spaces, self._count = identity.few_spaces(person_id, SWITCHED_MOST, here) if person_id else ([], 0)
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
    ("document:view", noop("Documents"), noop("Documents"), "folder", "documents:list"),
    ("checklist:view", noop("Requests"), noop("Requests"), "list-checks", "checklists:list"),
    ("thread:view", noop("Messages"), noop("Messages"), "message-square", "conversations:list"),
    ("project:view", noop("Projects"), noop("Projects"), "layers", "projects:list"),
    ("ticket:view", noop("Ask for something"), noop("Ask"), "hand-helping", "tickets:list"),
    ("person:list", noop("People"), noop("People"), "users", "people:list"),
    ("quarantine:read", noop("Held uploads"), noop("Held"), "shield-check", "documents:quarantine"),
    ("log:read", noop("Who opened our data"), noop("Accesses"), "scroll-text", "log:list"),
    ("review:read", noop("Reviews of access"), noop("Reviews"), "shield-check", "reviews:list"),
    ("conditions:read", noop("Conditions"), noop("Conditions"), "clock", "conditions:profile"),
)
# The verb in the firm that opens it, what it is called, its icon, its page
_FIRM_WAYS = (
    ("presentation:set", noop("Set up"), "settings", "presentation:page"),
    ("review:read", noop("Reviews of access"), "shield-check", "reviews:overview"),
    ("conditions:set", noop("Conditions"), "clock", "conditions:overview"),
    ("key:list", noop("Keys"), "key-round", "keys:inventory"),
    ("link:list", noop("Links"), "link", "documents:links_everywhere"),
    ("message-template:set", noop("Templates of messages"), "message-square", "conversations:templates"),
    ("mail:queue", noop("Mails sent"), "send", "mailing:queue"),
    ("backup:read", noop("Backups"), "archive", "continuity:overview"),
    ("health:read", noop("Health"), "activity", "health:health"),
)

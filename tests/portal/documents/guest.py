"""Somebody without an account in a browser: opens the link from a mail, asks for the code, gives it."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.portal.documents import actions, queries
from muniment.portal.documents.types import Wanted
from muniment.trust.access import queries as access
from muniment.trust.access.types import GuestLinkFacts
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import EntryFacts
from muniment.trust.identity.models import Letter
from tests.cast import Portal
from tests.trust.identity.proof import solved

EVE = "eve@bank.example"
LINK = re.compile(r"https://[^/]+(/g/\S+)")


def send_link(actor: Actor, target: Any, target_id: UUID, task: Any = "view", **more: Any) -> GuestLinkFacts:
    """Send Eve a link for three days."""
    values = {"email": EVE, "purpose": "The bank asks for it", "until": clock.now() + timedelta(days=3), **more}
    return actions.send_link(actor, target=target, target_id=target_id, task=task, **values)


def mailed(pattern: str) -> str:
    """Return what the newest mail says in place of the group of `pattern`."""
    found = re.search(pattern, Letter.objects.order_by("-id")[0].message["body"])
    assert found is not None
    return found.group(1)


def link_address() -> str:
    """Return the address in the newest mail, without host."""
    return mailed(LINK.pattern)


@dataclass
class Guest:
    """One browser at one address."""

    client_id: UUID
    ip: str = "203.0.113.5"
    browser: Client = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Client(headers={"host": "localhost"}, REMOTE_ADDR=self.ip)

    @property
    def base(self) -> str:
        return f"/g/{ids.public(self.client_id)}/"

    def get(self, path: str = "", **more: Any) -> Any:
        return self.browser.get(path if path.startswith("/") else self.base + path, secure=True, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        return self.browser.post(self.base + path, data or {}, secure=True, **more)

    def try_code(self, data: dict[str, Any]) -> Any:
        """Post the form for codes as a browser does: once more with the sum, where the page asks for one first."""
        answer = self.post("code/", data)
        return self.post("code/", data | solved(answer)) if answer.status_code == 200 else answer

    def ask(self, address: str) -> str:
        """Open the link, ask for the code, and return it from the mail."""
        self.get(address)
        self.post("code/", {"send": "1"})
        return mailed(r"code: (\d{6})")

    def come_in(self, address: str) -> "Guest":
        """Come in whole."""
        answer = self.post("code/", {"code": self.ask(address)})
        assert answer.status_code == 302, answer.content
        return self


def viewer(portal: Portal, document_id: UUID, **more: Any) -> Guest:
    """Return Eve, who came in to look at a document."""
    send_link(portal.actor("cleo"), "document", document_id, **more)
    return Guest(portal.okoye).come_in(link_address())


def uploader(portal: Portal, folder_id: UUID) -> Guest:
    """Return Eve, who came in to send files into a folder."""
    send_link(portal.actor("cleo"), "folder", folder_id, "upload")
    return Guest(portal.okoye).come_in(link_address())


def page_of(document_id: UUID) -> str:
    """Return where a guest finds a document."""
    return f"documents/{ids.public(document_id)}/"


def entries(portal: Portal) -> list[EntryFacts]:
    """Return what stands in the client's log, newest first."""
    return log.entries(Actor.system(portal.okoye), limit=60)


def links_of(portal: Portal) -> list[GuestLinkFacts]:
    """Return the links of the client."""
    with acting_as(Actor.system(portal.okoye)):
        return access.guest_links(Actor.system(portal.okoye))


def names_in(portal: Portal, folder_id: UUID) -> set[str]:
    """Return what the client sees in a folder."""
    return {row.name for row in queries.folder_page(portal.actor("cleo"), folder_id, Wanted()).page.rows}


def address_sent() -> str:
    """Return the address of the newest link, whatever was mailed since."""
    bodies = [row.message["body"] for row in Letter.objects.order_by("-id")]
    return next(found.group(1) for body in bodies if (found := LINK.search(body)))

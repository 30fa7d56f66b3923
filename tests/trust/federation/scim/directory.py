"""A client's directory as a program: it speaks SCIM through the whole chain of the web server's layers."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.test import Client

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.trust.access import queries as access
from muniment.trust.access.types import GrantFacts
from muniment.trust.federation.scim import actions
from tests.cast import Portal

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass
class Directory:
    """One directory with the token of one client."""

    client_id: UUID
    token: str
    ip: str = "203.0.113.80"
    browser: Client = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Client(headers={"host": "localhost"}, REMOTE_ADDR=self.ip)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        given = {
            "Authorization": f"Bearer {self.token}",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        content = b"" if body is None else json.dumps(body).encode()
        address = f"/scim/{ids.public(self.client_id)}/v2{path}"
        return self.browser.generic(
            method, address, content, content_type="application/scim+json", secure=True, headers=given
        )

    def user(self, email: str, **more: Any) -> dict[str, Any]:
        """Make a user and return what came back."""
        answer = self.ask("POST", "/Users", {"schemas": [USER], "userName": email, **more})
        assert answer.status_code == 201, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def group(self, name: str, *members: dict[str, Any]) -> dict[str, Any]:
        """Make a group of users and return what came back."""
        named = [{"value": member["id"]} for member in members]
        answer = self.ask("POST", "/Groups", {"schemas": [GROUP], "displayName": name, "members": named})
        assert answer.status_code == 201, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def patch(self, path: str, *operations: dict[str, Any], **headers: str) -> Any:
        return self.ask("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)}, **headers)

    def switch(self, user: dict[str, Any], *, on: bool) -> Any:
        """Switch a user on or off, as directories do, and return how it is shown then."""
        path = f"/Users/{user['id']}"
        changed = self.patch(path, {"op": "replace", "path": "active", "value": on})
        assert changed.status_code in {200, 204}, changed.content
        return self.ask("GET", path)


def connect(portal: Portal, client_id: UUID | None = None, role: str = "guest") -> Directory:
    """Make the token of a client's directory, and return the directory that has it."""
    place = client_id or portal.okoye
    made = actions.make_token(Actor.system(place, purpose="Tests"), name="Entra", role=role, days=30)
    return Directory(place, made)


def given(client_id: UUID, **about: Any) -> list[GrantFacts]:
    """Return what runs in a client for a person or a group."""
    actor = Actor.system(client_id)
    with acting_as(actor):
        return access.grants(actor, **about)

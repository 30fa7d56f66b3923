"""Browsers for people who sign in as people do: password, then a code of their app."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.test import Client

from tests import cast

ADDRESS = "192.0.2.10"


@dataclass
class Visitor:
    """One browser at one address."""

    ip: str = ADDRESS
    agent: str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

    def __post_init__(self) -> None:
        self.browser = Client(headers={"host": "localhost", "user-agent": self.agent}, REMOTE_ADDR=self.ip)

    def get(self, path: str) -> Any:
        return self.browser.get(path, secure=True)

    def post(self, path: str, data: dict[str, Any] | None = None) -> Any:
        return self.browser.post(path, data or {}, secure=True)

    def password(self, email: str, password: str = cast.PASSWORD) -> Any:
        """Take the first step of signing in."""
        return self.post("/sign-in/", {"login": email, "password": password})

    def code(self, code: str) -> Any:
        """Take the second step of signing in."""
        return self.post("/sign-in/code/", {"code": code})

    def sign_in(self, who: str, password: str = cast.PASSWORD) -> "Visitor":
        """Sign in whole; the code is one that no sign-in before can have used."""
        email = cast.PEOPLE[who][1]
        self.password(email, password)
        forget_used_codes(person_id(who))
        answer = self.code(app_code(who))
        assert answer.status_code == 302, answer.content
        return self

    def is_signed_in(self) -> bool:
        return self.get("/account/").status_code == 200


def person_id(who: str) -> UUID:
    return person_with(cast.PEOPLE[who][1])


def person_with(email: str) -> UUID:
    from muniment.trust.identity import queries

    person = queries.find_person(email)
    assert person is not None
    return person.id


def app_code(who: str, steps: int = 0) -> str:
    """Return what somebody's app shows now, or `steps` half minutes later."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
    from allauth.mfa.utils import decrypt

    from muniment.core import clock

    row = Authenticator.objects.get(user_id=person_id(who), type="totp")
    counter = int(clock.now().timestamp()) // 30 + steps
    return format_hotp_value(hotp_value(decrypt(row.data["secret"]), counter))


def forget_used_codes(identifier: UUID) -> None:
    """Let codes of this half minute be used again: a test does not wait for the next."""
    from allauth.mfa.models import Authenticator

    for row in Authenticator.objects.filter(user_id=identifier, type="totp"):
        row.data["last_counter"] = -1
        row.save()

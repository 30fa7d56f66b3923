"""Sign in to what was restored, as a person does: a program of its own, in the web's role, on the drill's data.

The account is made there, in the copy, and goes with it. Requests run through the whole application.
"""

import io
import json
import re
import secrets
from typing import Any
from urllib.parse import urlencode

import django

from muniment.core import clock, config

AGENT = "Mozilla/5.0 (drill)"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
STEP_SECONDS = 30
GOOD, FOUND = 200, 302


class Browser:
    """One browser in front of the application, without a network in between.

    `sent_to` is where the last answer sent it; empty where it did not.
    """

    def __init__(self) -> None:
        from muniment.operations.wsgi import application

        self._application: Any = application
        self._cookies: dict[str, str] = {}
        self.sent_to = ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Send a request and return status and body; cookies are kept."""
        body = urlencode(form or {}).encode()
        told: list[tuple[str, list[tuple[str, str]]]] = []
        answer = self._application(
            self._environ(method, path, body), lambda status, headers, *_: told.append((status, headers))
        )
        try:
            text = b"".join(answer).decode(errors="replace")
        finally:
            if hasattr(answer, "close"):
                answer.close()
        (status, headers) = told[-1]
        self.sent_to = next((value for name, value in headers if name.lower() == "location"), "")
        for name, value in headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition(";")[0].partition("=")
                self._cookies[key.strip()] = rest
        return int(status.split()[0]), text

    def send(self, path: str, form: dict[str, str]) -> int:
        """Fill in the form of a page and return the status of the answer."""
        _, page = self.ask("GET", path)
        token = TOKEN.search(page)
        status, _ = self.ask("POST", path, {**form, "csrfmiddlewaretoken": token[1] if token else ""})
        return status

    def _environ(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        present = config.current()
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": present.host[0],
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": present.host[0],
            "HTTP_USER_AGENT": AGENT,
            "HTTP_ORIGIN": f"https://{present.host[0]}",
            "HTTP_REFERER": f"https://{present.host[0]}{path}",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": True,
        }


def enter() -> str:
    """Sign somebody in with password and code, and look at a page for people who are; return the outcome."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    from muniment.core.actor import Actor
    from muniment.operations.demo.people import enrol
    from muniment.trust.clients import queries as clients
    from muniment.trust.identity import actions as identity

    identity.hash_at_once()
    firm_id = clients.find_firm_id()
    if firm_id is None:
        return "skipped"  # nobody has set the portal up yet
    email, password = f"drill-{secrets.token_hex(8)}@drill.example", secrets.token_urlsafe(24)
    host = Actor.system(firm_id, purpose="Drill")
    _, path = identity.invite_person(host, email=email, name="Drill", role="auditor", purpose="Drill")
    visitor = Actor(kind="anonymous", client_id=firm_id)
    person_id = identity.accept_invitation(visitor, secret=path.split("/")[3], name="Drill", password=password)
    secret = enrol(person_id)
    browser = Browser()
    browser.send("/sign-in/", {"login": email, "password": password})
    code = format_hotp_value(hotp_value(secret, int(clock.now().timestamp()) // STEP_SECONDS))
    browser.send("/sign-in/code/", {"code": code})
    status, _ = browser.ask("GET", "/account/")
    asked_more = status == FOUND and not browser.sent_to.startswith("/sign-in/")  # such as to agree to the terms
    return "passed" if status == GOOD or asked_more else "failed"


def main() -> None:
    """Print the outcome as JSON."""
    django.setup()
    print(json.dumps({"outcome": enter()}))  # noqa: T201 - read by the drill


if __name__ == "__main__":
    main()

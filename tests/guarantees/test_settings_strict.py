"""A portal as it comes out of the box: every setting at its strictest, every answer with its headers."""

import re
import socket
import ssl
import urllib.request
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPSConnection

import pytest
from django.conf import settings
from django.core import checks

from muniment.core import config
from muniment.core.config import SettingRefused
from muniment.core.config.fields import Config
from tests.live import Live

FRESH = Config()

# setting: the strict value that a fresh portal has
STRICT = {
    "bind": "127.0.0.1",
    "host": ("localhost",),
    "trusted_proxies": 0,
    "demo": False,
    "log_level": "info",
    "key_cache_seconds": 300,
    "keyring_before": None,
    "session_idle_minutes": 30,
    "session_hours": 12,
    "invitation_days": 7,
    "upload_days": 7,
    "smtp_url": None,
    "database_url": None,
    "store": "disk",
    "s3_endpoint": None,
}
DJANGO = {
    "DEBUG": False,
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_NAME": "__Host-session",
    "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
    "CSRF_COOKIE_SECURE": True,
    "CSRF_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_SAMESITE": "Strict",
    "ACCOUNT_PREVENT_ENUMERATION": True,
    "ACCOUNT_SESSION_REMEMBER": False,
    "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
    "FILE_UPLOAD_HANDLERS": ["muniment.web.middleware.limits.NoFiles"],
    "PASSWORD_HASHERS": ["muniment.trust.identity.strength.hashing.Hasher"],
}
SILENCED = {
    "security.W008": "plain HTTP is answered by a process of its own, which redirects",
    "security.W003": "the middleware against forged forms is there; the check asks for its place",
    "security.W001": "a middleware of our own sends HSTS and the other headers, on every answer",
    "security.W002": "the same one sends X-Frame-Options",
}
LOOSE = {
    "demo where a network reaches it": {"MUNIMENT_DEMO": "true", "MUNIMENT_BIND": "0.0.0.0"},  # noqa: S104 - refused
    "a wildcard for a host": {"MUNIMENT_HOST": "*"},
    "a database without a checked certificate": {
        "MUNIMENT_DATABASE_URL": "postgresql://u:p@db.example/muniment?sslmode=require"
    },
    "mails in the clear": {"MUNIMENT_SMTP_URL": "smtp://u:p@mail.example?starttls=no"},
    "sessions for a year": {"MUNIMENT_SESSION_HOURS": "8760"},
    "documents in the clear on their way": {"MUNIMENT_S3_ENDPOINT": "http://s3.example.com"},
    "half a store": {"MUNIMENT_STORE": "s3"},
    "keys of the store for everybody": {
        "MUNIMENT_S3_BUCKET": "bucket",
        "MUNIMENT_S3_REGION": "eu-central-1",
        "MUNIMENT_S3_CREDENTIALS": "/etc/passwd",
    },
    "an unknown setting": {"MUNIMENT_DEBUG": "true"},
    "parts of an upload in any size": {"MUNIMENT_UPLOAD_CHUNK_BYTES": "1000000000"},
    "a passphrase in the environment": {"MUNIMENT_KEYRING_PASSPHRASE": "a long sentence nobody guesses"},
    "a key service in the clear": {
        "MUNIMENT_KEYRING": "transit",
        "MUNIMENT_TRANSIT_URL": "http://vault.example",
        "MUNIMENT_TRANSIT_KEY": "muniment",
        "MUNIMENT_TRANSIT_TOKEN": "/run/token",
    },
    "half a key service": {"MUNIMENT_KEYRING": "aws-kms"},
    "a key service that is not used": {"MUNIMENT_AWS_KMS_KEY": "alias/muniment"},
    "keys kept for a day": {"MUNIMENT_KEY_CACHE_SECONDS": "86400"},
    "a key for everybody": {"MUNIMENT_TLS_CERTIFICATE": "/etc/passwd", "MUNIMENT_TLS_KEY": "/etc/passwd"},
}
EVERYWHERE = {
    "strict-transport-security": re.compile(r"max-age=(\d{8,}); includeSubDomains"),
    "content-security-policy": re.compile(r"default-src 'none'"),
    "x-content-type-options": re.compile(r"^nosniff$"),
    "referrer-policy": re.compile(r"^(same-origin|no-referrer)$"),
}


@pytest.mark.control("gdpr-privacy-by-design")
@pytest.mark.parametrize("name", STRICT)
def test_a_fresh_portal_has_the_strict_value(name: str):
    assert getattr(FRESH, name) == STRICT[name]


@pytest.mark.control("gdpr-privacy-by-design", "secure-coding")
@pytest.mark.parametrize("name", DJANGO)
def test_what_operators_cannot_change_is_strict(name: str):
    assert getattr(settings, name) == DJANGO[name]


@pytest.mark.control("gdpr-privacy-by-design")
def test_nothing_that_a_browser_loads_comes_from_elsewhere():
    from muniment.web.middleware.security import CONTENT_SECURITY_POLICY

    assert not re.search(r"https?:|\*|unsafe|data:", CONTENT_SECURITY_POLICY)


@pytest.mark.control("secure-coding", "minimise-holes")
@pytest.mark.usefixtures("database")
def test_the_frameworks_own_check_of_a_deployment_finds_nothing():
    found = checks.run_checks(include_deployment_checks=True)

    loud = [f"{one.id}: {one.msg}" for one in found if not one.is_silenced() and one.level >= checks.WARNING]

    assert loud == []
    assert set(settings.SILENCED_SYSTEM_CHECKS) <= set(SILENCED)


@pytest.mark.control("minimise-holes")
@pytest.mark.parametrize("environment", LOOSE.values(), ids=LOOSE)
def test_an_unsafe_setting_stops_the_start_with_a_sentence(environment: dict[str, str]):
    with pytest.raises(SettingRefused) as refusal:
        config.load(environment)

    assert refusal.value.problems
    assert all(problem.endswith(".") for problem in refusal.value.problems)
    assert ":p@" not in str(refusal.value)


# -- over the wire ----------------------------------------------------------------------------------------------------


def ask(live: Live, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None):
    connection = HTTPSConnection("localhost", live.https_port, context=live.trust(), timeout=30)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    return answer


def static_file(live: Live) -> str:
    with urllib.request.urlopen(f"{live.address}/sign-in/", context=live.trust(), timeout=30) as page:
        found = re.search(r'"(/static/[^"]+\.css)"', page.read().decode())
    assert found
    return found[1]


LARGE = b"a" * (2 * 2**20)
ASKED = {
    "page": (200, "GET", "/sign-in/", {}, None),
    "text": (200, "GET", "/robots.txt", {}, None),
    "redirect": (302, "GET", "/", {}, None),
    "not there": (404, "GET", "/nothing/here/", {}, None),
    "other method": (405, "GET", "/theme/", {}, None),
    "forged form": (403, "POST", "/sign-in/", {"Content-Type": "application/x-www-form-urlencoded"}, b"a=b"),
    "large body": (413, "POST", "/sign-in/", {"Content-Type": "application/json"}, LARGE),
    "another host": (400, "GET", "/sign-in/", {"Host": "evil.example"}, None),
    "long address": (414, "GET", "/" + "a" * 9000, {}, None),
    "long headers": (431, "GET", "/", {"X-Long": "a" * 40_000}, None),
}


@pytest.mark.control("hsts")
@pytest.mark.parametrize(("status", "method", "path", "headers", "body"), ASKED.values(), ids=ASKED)
def test_every_kind_of_answer_has_the_headers(live: Live, status: int, method: str, path: str, headers, body):
    answer = ask(live, method, path, headers, body)

    assert answer.status == status
    for name, pattern in EVERYWHERE.items():
        assert pattern.search(answer.headers[name] or ""), (name, answer.headers[name])
    assert len(answer.headers.get_all("strict-transport-security") or []) == 1
    assert int(str(answer.headers["strict-transport-security"]).partition(";")[0].removeprefix("max-age=")) >= 31536000
    assert not re.search(r"\d", answer.headers["server"] or "")  # no version for those who collect them


@pytest.mark.control("hsts")
def test_static_files_have_the_headers(live: Live):
    answer = ask(live, "GET", static_file(live))

    assert answer.status == 200
    for name, pattern in EVERYWHERE.items():
        assert pattern.search(answer.headers[name] or ""), name


@pytest.mark.control("hsts")
@pytest.mark.usefixtures("portal")
def test_a_bug_has_the_headers_and_tells_nothing(monkeypatch):
    from django.test import Client

    from muniment.web.views import small

    def broken(*_: object) -> None:
        raise RuntimeError("secret of the bug")

    monkeypatch.setattr(small, "HttpResponse", broken)

    answer = Client(raise_request_exception=False).get("/robots.txt", secure=True)

    assert answer.status_code == 500
    assert "secret of the bug" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
    for name, pattern in EVERYWHERE.items():
        assert pattern.search(answer.headers[name]), name


# -- the plain port ---------------------------------------------------------------------------------------------------


def plain(live: Live, method: str, path: str, headers: dict[str, str] | None = None):
    connection = HTTPConnection("localhost", live.http_port, timeout=20)
    try:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


@pytest.mark.control("http-redirect", "forced-tls")
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/a/b/?c=d", "/%2e%2e/", "//evil.example/"])
def test_plain_http_sends_people_to_https(live: Live, path: str):
    answer, body = plain(live, "GET", path)

    assert answer.status == 308
    assert answer.headers["location"].startswith(f"https://localhost:{live.https_port}/")
    assert body == b""
    assert "set-cookie" not in answer.headers
    assert "strict-transport-security" not in answer.headers  # browsers must ignore it here: RFC 6797, 7.2


@pytest.mark.control("http-redirect", "forced-tls")
@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/sign-in/", {}),
        ("PATCH", "/x/uploads/y/", {"Tus-Resumable": "1.0.0"}),
        ("GET", "/api/", {}),
        ("GET", "/", {"Authorization": "Bearer secret"}),
        ("GET", "/", {"Accept": "application/json"}),
    ],
)
def test_plain_http_refuses_programs(live: Live, method: str, path: str, headers: dict[str, str]):
    answer, body = plain(live, method, path, headers)

    assert answer.status == 400
    assert "location" not in answer.headers
    assert b"https-required" in body


@pytest.mark.control("forced-tls", "tls-versions")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_portal_speaks_current_tls(live: Live, version: ssl.TLSVersion):
    context = live.trust()
    context.minimum_version = context.maximum_version = version
    with (
        socket.create_connection(("localhost", live.https_port), timeout=20) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as spoken,
    ):
        assert spoken.version() == version.name.replace("_", ".").replace("TLSv1.", "TLSv1.")


# -- texts for machines -----------------------------------------------------------------------------------------------


def text_at(live: Live, path: str) -> str:
    with urllib.request.urlopen(live.address + path, context=live.trust(), timeout=30) as answer:
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        found: str = answer.read().decode()
    return found


@pytest.mark.control("bug-bounty")
def test_security_txt_is_as_the_standard_has_it(live: Live):
    """RFC 9116: at least one Contact with a scheme, exactly one Expires in the future and within a year."""
    lines = [line.partition(": ") for line in text_at(live, "/.well-known/security.txt").splitlines()]
    fields = [(name, value) for name, _, value in lines]

    contacts = [value for name, value in fields if name == "Contact"]
    (expires,) = [datetime.fromisoformat(value) for name, value in fields if name == "Expires"]
    assert contacts
    assert all(value.startswith(("mailto:", "https://", "tel:")) for value in contacts)
    assert datetime.now(UTC) < expires < datetime.now(UTC) + timedelta(days=366)
    assert all(value.startswith("https://") for name, value in fields if name == "Canonical")
    assert all(separator for _, separator, _ in lines)


def test_robots_are_asked_to_stay_out(live: Live):
    assert text_at(live, "/robots.txt") == "User-agent: *\nDisallow: /\n"

"""What people and programs are told of an alarm, and how a message is signed."""

import base64
import hashlib
import hmac
import http.client
import json
import ssl
import threading
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.translation import gettext as _

from muniment.assurance.monitoring.types import AlarmFacts, Trouble
from muniment.core import clock, config

SECONDS: Final = 10.0


class NotTold(Exception):
    """Who was to be told did not answer, or did not take it."""


def letter(alarm: AlarmFacts, trouble: Trouble | None, language: str) -> tuple[str, str]:
    """Return subject and body of a mail about an alarm, or about its end, in a language. It names no person."""
    address = f"{config.current().address}/health/"
    with translation.override(language):
        name = _(alarm.name)
        if alarm.cleared_at is not None:
            minutes = max(1, round((alarm.cleared_at - alarm.raised_at).total_seconds() / 60))
            return _("Over: %(name)s") % {"name": name}, _(
                "The portal is well again: %(name)s. It took about %(n)s minutes.\n\n%(address)s\n"
            ) % {"name": name, "n": minutes, "address": address}
        return _("Alarm: %(name)s") % {"name": name}, _(
            "Something the portal needs does not work: %(name)s.\n"
            "\n"
            "%(sentence)s\n"
            "\n"
            "What to do: %(todo)s\n"
            "\n"
            "%(address)s\n"
        ) % {
            "name": name,
            "sentence": trouble.sentence if trouble else "",
            "todo": (trouble.todo if trouble else "") or _("Health says more."),
            "address": address,
        }


def notice(alarm: AlarmFacts, trouble: Trouble | None) -> bytes:
    """Return the message about an alarm, or about its end, for a program: JSON in UTF-8."""
    found: dict[str, Any] = {
        "type": "alarm.cleared" if alarm.cleared_at else "alarm.raised",
        "timestamp": (alarm.cleared_at or alarm.raised_at).isoformat(),
        "data": {
            "alarm": str(alarm.id),
            "topic": alarm.topic,
            "name": alarm.name,
            "raised_at": alarm.raised_at.isoformat(),
            "cleared_at": alarm.cleared_at.isoformat() if alarm.cleared_at else None,
            "sentence": trouble.sentence if trouble and not alarm.cleared_at else "",
            "todo": trouble.todo if trouble and not alarm.cleared_at else "",
            "portal": config.current().address,
        },
    }
    return json.dumps(found).encode()


def headers(message_id: str, body: bytes, secret: bytes) -> dict[str, str]:
    """Return the headers that say which message it is, when it was sent, and that it is ours.

    Source: Standard Webhooks, "Webhook metadata" and "Signature scheme" (symmetric, v1).
    """
    moment = str(int(clock.now().timestamp()))
    signed = hmac.new(secret, f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Muniment",
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def post(url: str, body: bytes, headers: dict[str, str]) -> None:
    """Send a message to `url`, which is https or of this machine; its certificate is verified, redirects are refusals.

    Raises:
        NotTold: no answer between 200 and 299 came within ten seconds.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=SECONDS, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    cut = threading.Timer(SECONDS, _cut, [connection])  # its own time-out begins anew with every byte
    cut.daemon = True
    cut.start()
    try:
        connection.request("POST", parts.path or "/", body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotTold(type(error).__name__) from error
    finally:
        cut.cancel()
        connection.close()
    if not 200 <= status < 300:  # noqa: PLR2004 (HTTP's own)
        raise NotTold(f"status {status}")


def _cut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(2)

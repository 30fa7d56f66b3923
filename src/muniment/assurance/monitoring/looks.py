"""Look at what must answer: the database, the web server, the mail server; and at the day the certificate ends."""

import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from http.client import HTTPException, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from psycopg import OperationalError as DriverAway
from psycopg_pool import PoolTimeout

from muniment.core import clock, config
from muniment.core.health import HealthLine

DATABASE: Final = noop("Database")
AWAY: Final = (OperationalError, InterfaceError, DriverAway, PoolTimeout)
ANSWER_SECONDS: Final = 4.0
TRIES: Final = 3  # several processes answer pages, and one that hangs must not hide behind the others
MAIL_SECONDS: Final = 40.0  # the mail server need not be asked more often
SOON: Final = timedelta(days=21)


def database() -> Iterator[HealthLine]:
    """Ask the database whether it answers, and whether it can write."""
    todo = _(
        "The supervisor starts the portal's own database again by itself; its log lies in the data directory. Of a "
        "server of your own, look whether it runs and can be reached. A full disk stops it, too."
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select pg_is_in_recovery() or current_setting('transaction_read_only')::bool")
            ((is_closed,),) = cursor.fetchall()
    except AWAY:
        yield HealthLine(DATABASE, "bad", _("The database does not answer: nothing works until it is back."), todo)
        return
    if is_closed:
        yield HealthLine(DATABASE, "bad", _("The database can be read, not written: it is a copy, or locked."), todo)
        return
    yield HealthLine(DATABASE, "good", _("The database answers, and can be written."))


def pages() -> Iterator[HealthLine]:
    """Open a page as a visitor does, on this machine."""
    present = config.current()
    bind = ip_address(present.bind)
    address = str(bind) if not bind.is_unspecified else "127.0.0.1" if bind.version == 4 else "::1"  # noqa: PLR2004
    try:
        for _try in range(TRIES):
            _open(address, present.https_port, present.host[0])
    except (OSError, HTTPException):
        yield HealthLine(
            "Pages",
            "bad",
            _("The web server does not answer within %(n)s seconds: nobody can open a page.") % {"n": ANSWER_SECONDS},
            _("Look whether the machine is overloaded, then into the web server's log in the data directory."),
        )
        return
    yield HealthLine("Pages", "good", _("Pages open."))


def _open(address: str, port: int, host: str) -> None:
    # Of our own server on this machine: who answers is asked when the portal starts, here whether it does
    context = ssl._create_unverified_context()  # noqa: S323, SLF001 # nosec B323
    with closing(HTTPSConnection(address, port, timeout=ANSWER_SECONDS, context=context)) as visitor:
        visitor.request("GET", "/healthz/live", headers={"Host": host})
        if visitor.getresponse().status != 200:  # noqa: PLR2004
            raise HTTPException


def mail_server() -> Iterator[HealthLine]:
    """Greet the mail server, where one is set, and leave again."""
    server = config.current().smtp_url
    if server is None:
        return  # which the line about mails says
    if _greets(server, int(time.monotonic() // MAIL_SECONDS)):
        sentence = _("The mail server answers. Signing mails (DKIM) is its work: the portal signs none.")
        yield HealthLine("Mail server", "good", sentence)
        return
    _greets.cache_clear()  # who does not answer is asked every time
    yield HealthLine(
        "Mail server",
        "bad",
        _("The mail server does not answer: mails wait, and go out when it is back."),
        _("Look whether the server of MUNIMENT_SMTP_URL runs and can be reached from this machine."),
    )


@cache
def _greets(server: str, _moment: int) -> bool:
    url = urlsplit(server)
    plain = url.scheme == "smtp"
    kind, port = (smtplib.SMTP, 587) if plain else (smtplib.SMTP_SSL, 465)
    try:
        with kind(url.hostname or "", url.port or port, timeout=ANSWER_SECONDS) as greeted:
            if plain and parse_qs(url.query).get("starttls") != ["no"]:
                greeted.starttls(context=ssl.create_default_context())
            return greeted.noop()[0] == 250  # noqa: PLR2004
    except (OSError, smtplib.SMTPException):
        return False


def certificate() -> Iterator[HealthLine]:
    """Tell when the portal's own certificate ends."""
    ends = certificate_ends()
    if ends is None:
        return
    left = ends - clock.now()
    todo = _(
        "Put a new certificate where MUNIMENT_TLS_CERTIFICATE and MUNIMENT_TLS_KEY say and start the portal again. One "
        "that the portal made for itself is renewed by a start."
    )
    sentence = _("The portal's certificate ends in %(n)s days.") % {"n": max(0, left.days)}
    if left <= timedelta(days=3):
        yield HealthLine("Certificate", "bad", sentence, todo)
    elif left <= SOON:
        yield HealthLine("Certificate", "notice", sentence, todo)
    else:
        yield HealthLine("Certificate", "good", sentence)


def certificate_ends() -> datetime | None:
    """Return when the certificate of the portal ends (UTC); None while there is none."""
    present = config.current()
    path = present.tls_certificate or Path(present.data / "tls" / "server.pem")
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc.astimezone(UTC)
    except (OSError, ValueError):
        return None

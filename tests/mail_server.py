"""A mail server on this machine, which takes mails or answers as a test wants."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """Keeps what a mail server was handed; `recipient` and `mail` are what it says instead of taking one."""

    def __init__(self, recipient: str = "", mail: str = "") -> None:
        self.taken: list[Any] = []
        self.recipient, self.mail = recipient, mail

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.recipient:
            return self.recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the same
        if self.mail:
            return self.mail
        self.taken.append(envelope)
        return "250 OK"


@contextmanager
def mail_server(recipient: str = "", mail: str = "", **options: Any) -> Iterator[tuple[Mailbox, int]]:
    """Run a mail server on a free port."""
    mailbox = Mailbox(recipient, mail)
    controller = Controller(mailbox, hostname="127.0.0.1", port=0, **options)
    # aiosmtpd tries its own port to see that it is up, which 0 is not: start the loop by hand on a free one.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    try:
        yield mailbox, controller.port
    finally:
        controller.stop()

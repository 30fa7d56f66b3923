"""A DNS server on this machine, for one kind of question: the TXT records of a name."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@contextmanager
def answering(records: dict[str, list[str]]) -> Iterator[int]:
    """Answer with `records`, which may change meanwhile; give the port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, socket = self.request
            asked = dns.message.from_wire(data)
            answer = dns.message.make_response(asked)
            answer.flags |= dns.flags.RA
            name = asked.question[0].name
            found: list[Any] = records.get(name.to_text().rstrip("."), [])
            if found:
                quoted = [f'"{text}"' for text in found]
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
            else:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            socket.sendto(answer.to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()

"""Serves a witness over HTTP, to logs that may be slow, many or ill-willed."""

import asyncio
import ssl
import sys
from collections.abc import Callable

from muniment.operations.witness import http, requests
from muniment.operations.witness.rules import TEXT, Answer
from muniment.operations.witness.state import StateUnavailable

PATH = "/add-checkpoint"
REQUEST_SECONDS = 10.0  # for the whole of a request, from its first byte to the last of its answer
IDLE_SECONDS = 60.0  # between two requests of one connection
CLOSING_SECONDS = 2.0
CONNECTIONS = 256
AT_WORK = 8  # requests in the state at a time; the others wait in memory, which their number bounds
BACKLOG = 128


class Server:
    """Listens until it is stopped; holds at most 256 connections, the oldest of which gives way."""

    def __init__(self, add_checkpoint: Callable[[bytes], Answer]) -> None:
        self._add_checkpoint = add_checkpoint
        self._open: dict[asyncio.Task[None], None] = {}  # oldest first
        self._work = asyncio.Semaphore(AT_WORK)

    async def start(self, address: str, port: int, tls: ssl.SSLContext | None = None) -> asyncio.Server:
        """Listen on one address, where `tls` is given over TLS alone."""
        limits = {"ssl_handshake_timeout": REQUEST_SECONDS, "ssl_shutdown_timeout": CLOSING_SECONDS} if tls else {}
        return await asyncio.start_server(
            self._accept, address, port, ssl=tls, limit=http.HEAD_BYTES, backlog=BACKLOG, **limits
        )

    async def close(self) -> None:
        """End every connection; a request that is being answered ends with its connection, or in the state."""
        tasks = list(self._open)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) >= CONNECTIONS:
            next(iter(self._open)).cancel()
        task = asyncio.get_running_loop().create_task(self._converse(reader, writer))
        self._open[task] = None
        task.add_done_callback(lambda done: self._open.pop(done, None))

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request after the other until the other side, a time-out or a refusal ends it."""
        try:
            goes_on = True
            while goes_on:
                async with asyncio.timeout(IDLE_SECONDS):
                    begun = await reader.readexactly(1)
                async with asyncio.timeout(REQUEST_SECONDS):
                    goes_on = await self._serve(begun, reader, writer)
            await _wait_for_end(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass  # gone, or too slow: there is nobody to tell
        finally:
            writer.transport.abort()

    async def _serve(self, begun: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer the request that begins with the byte `begun`; tell whether another may follow."""
        try:
            head = http.parse(begun + await reader.readuntil(b"\r\n\r\n"))
            answer = await self._answer(head, reader, writer)
            goes_on = head.keeps_alive
        except asyncio.LimitOverrunError:
            answer, goes_on = Answer(431, ""), False
        except http.Refused as refused:
            answer, goes_on = Answer(refused.status, ""), False
        writer.write(http.reply(answer.status, answer.body.encode(), answer.media_type, keeps_alive=goes_on))
        await writer.drain()
        return goes_on

    async def _answer(self, head: http.Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Answer:
        if head.path != PATH:
            raise http.Refused(404)
        if head.method != "POST":
            raise http.Refused(405)
        if head.length > requests.LARGEST_BODY:
            raise http.Refused(413)
        if head.expects_continue:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await reader.readexactly(head.length)
        async with self._work:
            try:
                return await asyncio.to_thread(self._add_checkpoint, body)
            except StateUnavailable as error:
                print(error, file=sys.stderr, flush=True)  # noqa: T201 - the log of a program of its own
                return Answer(503, "The witness cannot reach its state. Nothing was signed: try again.\n", TEXT)


async def _wait_for_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read what still comes until the other side has closed: an early end would reset away the last answer."""
    async with asyncio.timeout(CLOSING_SECONDS):
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()  # over TLS this says goodbye and reads on by itself
            await writer.wait_closed()
            return
        while await reader.read(http.HEAD_BYTES):
            pass

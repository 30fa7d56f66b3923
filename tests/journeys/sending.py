"""What a browser sends while it uploads, as anybody watching the wire from inside the browser sees it."""

from dataclasses import dataclass, field
from urllib.parse import urlparse

from playwright.sync_api import Page, Request

CHUNK_BYTES = 8 * 1024 * 1024


@dataclass
class Sending:
    """The requests of the uploads of one page, in the order they began."""

    begun: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)

    def follow(self, page: Page) -> "Sending":
        """Write down what this page sends from now on."""
        page.on("request", self._note)
        return self

    def _note(self, request: Request) -> None:
        if "/uploads/" not in urlparse(request.url).path:
            return
        if request.method == "POST":
            self.begun.append(request.url)
        elif request.method == "HEAD":
            self.asked.append(request.url)
        elif request.method == "PATCH":
            self.offsets.append(int(request.headers["upload-offset"]))


def slow_down(page: Page, bytes_a_second: int) -> None:
    """Let this page send no faster, as on a line from home."""
    session = page.context.new_cdp_session(page)
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second},
    )


def await_chunk(page: Page) -> None:
    """Wait until a chunk has arrived for good: the portal has said so."""
    page.wait_for_event("response", lambda answer: answer.request.method == "PATCH" and answer.status == 204)

"""What a page sends while it uploads, as the page itself sees it."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

CHUNK_BYTES = 8 * 1024 * 1024

LISTEN = """
window.sent = [];
const { open, setRequestHeader, send } = XMLHttpRequest.prototype;
XMLHttpRequest.prototype.open = function (method, url, ...more) {
  this.told = { method, url: String(url), offset: null };
  return open.call(this, method, url, ...more);
};
XMLHttpRequest.prototype.setRequestHeader = function (name, value) {
  if (name.toLowerCase() === "upload-offset") this.told.offset = Number(value);
  return setRequestHeader.call(this, name, value);
};
XMLHttpRequest.prototype.send = function (body) {
  window.sent.push(this.told);
  return send.call(this, body);
};
"""


@dataclass(frozen=True)
class Sending:
    """The requests of the uploads of one page, in the order they began."""

    page: Page

    @classmethod
    def listen(cls, page: Page) -> "Sending":
        """Write down what the pages opened here from now on send."""
        page.add_init_script(LISTEN)
        return cls(page)

    def methods(self) -> list[str]:
        """Return the methods of all requests to uploads."""
        return [str(one["method"]) for one in self._sent()]

    def offsets(self) -> list[int]:
        """Return where each chunk began, in bytes."""
        return [int(one["offset"]) for one in self._sent() if one["method"] == "PATCH"]

    def _sent(self) -> list[dict[str, Any]]:
        return [one for one in self.page.evaluate("() => window.sent") if "/uploads/" in one["url"]]


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

"""Go through the pages as somebody does, and look at each as a careful reader, a phone and an attacker would."""

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, CDPSession, ConsoleMessage, Page, Request

from tests.journeys.browser import PHONE, WIDE, say_why

VARIANTS = (("light", WIDE), ("dark", WIDE), ("light", PHONE), ("dark", PHONE))
# What is no page, or ends the walk
PASSED_BY = re.compile(
    r"/(download|pack|content|sign-in|sign-out|static|receipt)/|\.txt$|/muniment-verify\.|/sessions/|/withdraw/|/restore/"
)
ID = re.compile(r"(?<=/)[A-Za-z0-9_-]{22}(?=/|\?|$)")
LONG_VALUE = re.compile(r"(?<==)[^&]{20,}")
KIND = re.compile(r"\.(pdf|jpg|png|csv|txt|docx|xlsx)\b")

OURS = re.compile(r"https://localhost:\d+/|data:|blob:https://localhost:\d+/")
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", event => console.error(
  `violation of ${event.violatedDirective} by ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`));"""
LINKS = """() => [...document.querySelectorAll("a[href]")].map(link => [link.getAttribute("href"), link.textContent])"""
AXE_RUN = """axe.run({ resultTypes: ["violations"], rules: { "target-size": { enabled: true } } }).then(found =>
  found.violations.flatMap(one => one.nodes.slice(0, 3).map(node => `${one.id}: ${node.html.slice(0, 160)}`)))"""
OVERFLOW = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""
SMALL_ACTS = """() => [...document.querySelectorAll(".btn-brand, .btn-danger-solid, .tab, .menu > summary")]
  .map(act => [act.textContent.trim() || act.getAttribute("aria-label"), act.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < 44 || box.width < 44))
  .map(([name, box]) => `${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`)"""


@dataclass
class Look:
    """What was seen on the pages of one walk, and what was wrong with them."""

    page: Page
    seen: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    where: str = ""
    requests: int = 0

    @classmethod
    def at(cls, context: BrowserContext) -> "Look":
        """Open a page in which nothing wrong goes unheard."""
        context.add_init_script(TELL_VIOLATIONS)
        look = cls(context.new_page())
        look.page.on("console", look._said)
        look.page.on("pageerror", lambda error: look.note(f"error {error}"))
        look.page.on("dialog", look._asked)
        look.page.on("request", look._sent)
        return look

    def note(self, what: str) -> None:
        """Write down what is wrong, with the page it is wrong on."""
        self.wrong.append(f"{self.where}: {what}")

    def _said(self, message: ConsoleMessage) -> None:
        # The browser itself says that an error page has an error's status: that is what was asked for.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.note(f"console: {message.text[:300]}")

    def _asked(self, dialog: Any) -> None:
        self.note(f"a script ran: {dialog.message}")
        dialog.dismiss()

    def _sent(self, request: Request) -> None:
        self.requests += 1
        if not OURS.match(request.url):
            self.note(f"asked another origin: {request.url[:200]}")

    def go(self, address: str) -> None:
        """Open a page and wait until it is whole."""
        self.where = shape(address)
        self.page.goto(address)
        self.settle()

    def settle(self) -> None:
        """Wait until what scripts add is there, the first page of a PDF included."""
        self.page.wait_for_load_state("load")
        if self.page.locator("[data-pdf]").count():
            self.page.locator(".text-layer").first.wait_for(state="attached")

    def walk(self, start: str, check: Callable[[], None], known: Container[str] = ()) -> None:
        """Open every kind of page that links lead to from `start`, each once, and check it.

        Kinds of pages in `known` were looked at in an earlier walk.
        """
        ways, queued = [(start, shape(start))], {shape(start)}
        while ways:
            address, kind = ways.pop(0)
            self.go(address)
            self._say_why(check)
            self.seen.append(kind)
            for way, its_kind in self._links():
                if its_kind not in queued:
                    queued.add(its_kind)
                    ways.append((way, its_kind))
            if kind not in known:
                check()

    def _say_why(self, check: Callable[[], None]) -> None:
        """Look at the page that asks somebody of the firm why, where one comes, and answer it."""
        if "/purpose/" in self.page.url:
            check()
            say_why(self.page)
            self.settle()

    def _links(self) -> Iterator[tuple[str, str]]:
        for href, text in self.page.evaluate(LINKS):
            address = href.partition("#")[0]
            if not address.startswith("/") or PASSED_BY.search(address):
                continue
            kind = shape(address)
            named = KIND.search(text.lower())
            yield address, f"{kind} {named[1]}" if kind.endswith("/documents/ID/") and named else kind

    def everything(self) -> None:
        """Check the page in both themes and both widths."""
        axe = Axe(self.page)
        for theme, size in VARIANTS:
            self.page.set_viewport_size(size)  # type: ignore[arg-type] # the names that playwright wants
            # With less motion no colour fades in: what is measured is what stays.
            self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type] # the same
            axe.touch(enabled=size is PHONE)
            name = f"{theme} {size['width']}"
            for found in axe.run():
                self.note(f"{name}: {found}")
            if (overflow := self.page.evaluate(OVERFLOW)) > 0:
                self.note(f"{name}: {overflow} px wider than the screen")
            if size is PHONE:
                for small in self.page.evaluate(SMALL_ACTS):
                    self.note(f"{name}: too small to tap: {small}")
        axe.touch(enabled=False)


class Axe:
    """Accessibility checks in a world of their own beside the page's, so that its policy stays in force."""

    def __init__(self, page: Page) -> None:
        """Bring the checks to the page that is open now."""
        self.session: CDPSession = page.context.new_cdp_session(page)
        frame = self.session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self.world = self.session.send("Page.createIsolatedWorld", {"frameId": frame})["executionContextId"]
        self._evaluate(AXE_SCRIPT + ";0")

    def run(self) -> list[str]:
        """Return what is wrong, with the beginning of its markup."""
        found: list[str] = self._evaluate(AXE_RUN)
        return found

    def touch(self, *, enabled: bool) -> None:
        """Let the page believe that it is touched, not clicked."""
        self.session.send("Emulation.setTouchEmulationEnabled", {"enabled": enabled})

    def _evaluate(self, script: str) -> Any:
        answer = self.session.send(
            "Runtime.evaluate",
            {"expression": script, "contextId": self.world, "awaitPromise": True, "returnByValue": True},
        )
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"]["exception"].get("description"))
        return answer["result"].get("value")


def shape(address: str) -> str:
    """Return an address without what tells one thing from another of its kind."""
    return LONG_VALUE.sub("ID", ID.sub("ID", re.sub(r"^https://[^/]+", "", address)))

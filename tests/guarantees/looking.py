"""Go through the pages as somebody does, and look at each as a careful reader, a phone and an attacker would."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, CDPSession, ConsoleMessage, Page, Request

from tests.journeys.browser import PHONE, WIDE, say_why

SIZES = {"wide": WIDE, "phone": PHONE}
# What is no page, or ends the walk
PASSED_BY = re.compile(
    r"/(download|pack|content|sign-in|sign-out|static|receipt)/|\.txt$|/muniment-verify\.|/sessions/|/withdraw/|/restore/"
    r"|/providers/[^/]+/try/"
)
ID = re.compile(r"(?<=/)[A-Za-z0-9_-]{22}(?=/|\?|$)")
DAY = re.compile(r"(?<==)\d{4}-\d\d-\d\d\b")
LONG_VALUE = re.compile(r"(?<==)[^&]{20,}")
KIND = re.compile(r"\.(pdf|jpg|png|csv|txt|docx|xlsx)\b")

OURS = re.compile(r"https://localhost:\d+/|data:|blob:https://localhost:\d+/")
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", event => console.error(
  `violation of ${event.violatedDirective} by ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`));"""
LINKS = """() => [...document.querySelectorAll("a[href]")].map(link => [link.getAttribute("href"), link.textContent])"""
AXE_RUN = r"""(() => {
  // Of rows built alike the first is enough: a list of fifty costs as much as one of three.
  const built = row => row.outerHTML.replace(/>[^<]*\S[^<]*</g, ">text<").replace(/>\s+</g, "><")
    .replace(/(\s(?:id|href|title|datetime|value|aria-label|data-[a-z-]+))="[^"]+"/g, "$1");
  const alike = [...document.querySelectorAll("tbody, ul, ol")].flatMap(list => {
    const known = new Set();
    return [...list.children].filter(row => known.has(built(row)) || !known.add(built(row)));
  });
  const options = { resultTypes: ["violations"], preload: false, ...%s };
  return axe.run({ include: document, exclude: alike }, options).then(found =>
  found.violations.flatMap(one => one.nodes.slice(0, 3).map(node => `${one.id}: ${node.html.slice(0, 160)}`)));
})()"""
ALL_RULES = '{ rules: { "target-size": { enabled: true } } }'
# A theme changes colours and nothing else: names, roles and sizes were looked at in the light.
COLOURS = '{ runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } }'
THEMES = {"light": ALL_RULES, "dark": COLOURS}
# How a page is built, in two parts: what is around its content, and the content. Texts, addresses and ids do not
# count; whether they are there, lead to something and are given once does. Rows built alike count as one.
BUILT = r"""() => {
  const told = new Set(["id", "href", "src", "value", "action", "name", "title", "datetime", "content", "aria-label",
    "alt", "placeholder", "colspan", "nonce"]);
  const leading = new Set(["for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form"]);
  const attribute = ({ name, value }) => {
    if (leading.has(name)) return name + value.split(/\s+/).every(id => document.getElementById(id));
    return told.has(name) || name.startsWith("data-") ? name + Boolean(value.trim()) : `${name}=${value}`;
  };
  const built = (node, without) => {
    const inside = [...node.children].filter(child => child !== without).map(child => built(child, without));
    const text = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    return `<${node.localName} ${[...node.attributes].map(attribute).sort()} ${text}>`
      + [...new Set(inside)].join("") + "</>";
  };
  const main = document.querySelector("main"), ids = [...document.querySelectorAll("[id]")].map(node => node.id);
  const once = new Set(ids).size === ids.length;
  return [built(document.body, main) + once, main ? built(main, null) + once : ""];
}"""
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
    built: Path | None = None

    @classmethod
    def at(cls, context: BrowserContext, built: Path | None = None) -> "Look":
        """Open a page in which nothing wrong goes unheard.

        Where `built` is a folder, what is built alike is put before axe once by all who look with it.
        """
        context.add_init_script(TELL_VIOLATIONS)
        look = cls(context.new_page(), built=built)
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

    def walk(self, start: str, check: Callable[[], None]) -> None:
        """Open every kind of page that links lead to from `start`, and check it.

        Filters and orders of one list are each looked at once, not in all their combinations.
        """
        ways, queued = [(start, shape(start))], parts(shape(start))
        while ways:
            address, kind = ways.pop(0)
            self.go(address)
            self._say_why(check)
            self.seen.append(kind)
            for way, its_kind in self._links():
                if not parts(its_kind) <= queued:
                    queued |= parts(its_kind)
                    ways.append((way, its_kind))
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
        """Check the page in both widths and, unless one built like it was looked at, in both themes."""
        axe = Axe(self.page) if self._is_new() else None
        for width, size in SIZES.items():
            self.page.set_viewport_size(size)  # type: ignore[arg-type] # the names that playwright wants
            if (overflow := self.page.evaluate(OVERFLOW)) > 0:
                self.note(f"{width}: {overflow} px wider than the screen")
            if size is PHONE:
                for small in self.page.evaluate(SMALL_ACTS):
                    self.note(f"{width}: too small to tap: {small}")
            if axe is not None:
                self._both_themes(axe, width)

    def _both_themes(self, axe: "Axe", width: str) -> None:
        axe.touch(enabled=width == "phone")
        for theme, rules in THEMES.items():
            # With less motion no colour fades in: what is measured is what stays.
            self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type] # as above
            for found in axe.run(rules):
                self.note(f"{theme} {width}: {found}")
        axe.touch(enabled=False)

    def _is_new(self) -> bool:
        """Return whether nobody has looked yet at a page that is built like this one."""
        if self.built is None:
            return True
        self.built.mkdir(exist_ok=True)
        marks = [self.built / hashlib.sha256(part.encode()).hexdigest() for part in self.page.evaluate(BUILT)]
        is_new = not all(mark.exists() for mark in marks)
        for mark in marks:
            mark.touch()
        return is_new


class Axe:
    """Accessibility checks in a world of their own beside the page's, so that its policy stays in force."""

    def __init__(self, page: Page) -> None:
        """Bring the checks to the page that is open now."""
        self.session: CDPSession = page.context.new_cdp_session(page)
        frame = self.session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self.world = self.session.send("Page.createIsolatedWorld", {"frameId": frame})["executionContextId"]
        self._evaluate(AXE_SCRIPT + ";0")

    def run(self, options: str = ALL_RULES) -> list[str]:
        """Return what is wrong, with the beginning of its markup."""
        found: list[str] = self._evaluate(AXE_RUN % options)
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
    return DAY.sub("DAY", LONG_VALUE.sub("ID", ID.sub("ID", re.sub(r"^https://[^/]+", "", address))))


def parts(kind: str) -> set[str]:
    """Return a kind of page with each of its parameters alone."""
    path, _, query = kind.partition("?")
    return {f"{path}?{one}" for one in query.split("&")}

"""Make the mail of a letter: plain text, and the same in the firm's look."""

import re
from base64 import b64decode
from collections.abc import Iterator
from email import policy
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from html import escape
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muniment.core import config, ids
from muniment.trust.identity.queries.companies import firm_name
from muniment.trust.presentation.queries import presentation

_LINK: Final = re.compile(r"https?://\S+")
_PAGE: Final = (
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" '
    'content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"></head>'
    '<body style="margin:0;padding:24px 12px;background:#f4f1ea;color:#1d2a2f;font:16px/1.55 Georgia,serif">'
    '<div style="max-width:560px;margin:0 auto">'
    '<p style="margin:0 0 16px;font-size:19px;font-weight:bold;color:{accent}">{firm}</p>'
    '<div style="background:#ffffff;border:1px solid #ddd6c8;border-radius:14px;padding:8px 24px">{body}</div>'
    '<div style="margin:16px 4px 0;font-size:13px;line-height:1.5;color:#5d6a6e">{foot}</div></div></body></html>'
)
_PARAGRAPH: Final = '<p style="margin:16px 0">{}</p>'
_SMALL: Final = '<p style="margin:0 0 8px">{}</p>'
_ANCHOR: Final = '<a href="{url}" style="color:{accent};word-break:break-all">{words}</a>'
ACCENT: Final = "#1f5a4c"


class _InOneLine(UnstructuredHeader):
    """An address, which no mail program finds once it is folded: the library would write it as an encoded word.

    Source: RFC 2369, section 2; RFC 2047, section 5.
    """

    def fold(self, *, policy: Any) -> str:
        """Return the header as it is sent."""
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined] # of every header


_HEADERS: Final = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _InOneLine)  # type: ignore[arg-type] # the registry adds the base itself
_POLICY: Final = policy.default.clone(header_factory=_HEADERS)


def compose(letter_id: UUID, kind: str, message: dict[str, Any]) -> EmailMessage:
    """Return the mail of a letter, in the language that is active.

    Every try has the same Message-ID, by which a report about it finds the letter.
    """
    built = EmailMessage(policy=_POLICY)
    built["Subject"] = " ".join(message["subject"].split())
    built["From"] = formataddr((message.get("sender_name", ""), message["from"]))
    if message.get("reply_to"):
        built["Reply-To"] = message["reply_to"]
    built["To"] = ", ".join(message["to"])
    built["Date"] = formatdate()
    built["Message-ID"] = f"<{ids.public(letter_id)}@{message['from'].rpartition('@')[2]}>"
    built["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    for name, value in message.get("headers", {}).items():
        built[name] = value
    foot = _foot(kind, message.get("stop", ""))
    built.set_content(f"{message['body'].rstrip()}\n\n-- \n{foot}")
    built.add_alternative(as_html(message["body"], foot), subtype="html")
    for file in message.get("attachments", []):
        media, _slash, detail = file["media_type"].partition("/")
        built.add_attachment(b64decode(file["data"]), maintype=media, subtype=detail, filename=file["name"])
    return built


def as_html(body: str, foot: str) -> str:
    """Return a text as HTML: its paragraphs, its links made so that they can be followed, everything else escaped."""
    accent = presentation().colour or ACCENT
    inner = "".join(_PARAGRAPH.format(_linked(part, accent)) for part in _paragraphs(body))
    below = "".join(_SMALL.format(_linked(part, accent)) for part in _paragraphs(foot))
    return _PAGE.format(lang=get_language() or "en", accent=accent, firm=escape(firm_name()), body=inner, foot=below)


def _foot(kind: str, stop: str) -> str:
    address = config.current().address
    if kind != "notice":
        about = _("This mail is about your account or about what you asked for, so it cannot be switched off.")
        return f"{about}\n"
    chosen = f"{_('Choose which mails you get, and when:')}\n{address}/account/notices/\n"
    return f"{chosen}\n{_('No more mails like this one:')}\n{stop}\n" if stop else chosen


def _paragraphs(text: str) -> Iterator[str]:
    return (part.strip("\n") for part in re.split(r"\n\s*\n", text) if part.strip())


def _linked(text: str, accent: str) -> str:
    """Return one paragraph with its links; lines that end in a link keep their end, all others flow."""
    lines, last = list[str](), 0
    for found in _LINK.finditer(text):
        link = escape(found.group())
        lines += [escape(text[last : found.start()]), _ANCHOR.format(url=link, accent=accent, words=link)]
        last = found.end()
    lines.append(escape(text[last:]))
    return "".join(lines).replace("\n", "<br>")

"""A small Markdown: what people write becomes a few harmless elements, and nothing else.

No HTML passes, no picture is fetched, and a link leads only to where browsers and mail programs go. The page's
policy would stop scripts and strangers' pictures all the same.
"""

import html
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

_RULES: Final = (
    "paragraph",
    "list",
    "blockquote",
    "fence",
    "code",
    "emphasis",
    "backticks",
    "link",
    "autolink",
    "newline",
    "escape",
    "balance_pairs",
    "fragments_join",
    "strikethrough",
)
_LINK: Final = re.compile(r"(https?://[^\s/]|mailto:[^\s@]+@)", re.IGNORECASE)
_WEB: Final = re.compile(r"https?:", re.IGNORECASE)


# Signs that mean something to Markdown, and lines that begin as a list, as code or with a space, or end with one.
_MARKED: Final = re.compile(r"[*_~`<>\[\]\\&\t]|^(?:[-+= ]|\d+[.)])| $", re.MULTILINE)
_PARAGRAPHS: Final = re.compile(r"\n\n+")


def shown(text: str) -> SafeString:
    """Return what somebody wrote as HTML; headings, pictures, tables and HTML stay the signs they are.

    Most messages are plain words: they are not parsed, which takes longer than all the rest of a page.
    """
    if _MARKED.search(text) is None:
        plain = "".join(f"<p>{_lines(part)}</p>\n" for part in _PARAGRAPHS.split(text) if part)
        return SafeString(plain)  # nosec B703 - each line is escaped
    rendered: str = _reader().render(text)
    return SafeString(rendered)  # nosec B703 - html is off, so the renderer has escaped every text


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt(
        "zero", {"html": False, "linkify": False, "typographer": False, "breaks": True, "maxNesting": 20}
    )
    reader.enable(list(_RULES), ignoreInvalid=True)
    reader.validateLink = _may_lead  # type: ignore[method-assign, assignment] # the library's own way to say which links there are
    reader.add_render_rule("link_open", _link)
    reader.add_render_rule("fence", _block)
    reader.add_render_rule("code_block", _block)
    return reader


def _may_lead(address: str) -> bool:
    """Return whether a link may lead there: with a scheme of the web or of mail, and so never within this portal."""
    return _LINK.match(address.strip()) is not None


def _link(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    token.attrSet("rel", "noopener noreferrer nofollow ugc")
    if _WEB.match(str(token.attrGet("href") or "")):
        token.attrSet("target", "_blank")
    return renderer.renderToken(tokens, index, options, env)


def _block(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Return a block of code without the name of its language, which would become a class."""
    token = tokens[index]
    plain = Token("text", "", 0, content=token.content)
    return f"<pre><code>{renderer.text([plain], 0, options, env)}</code></pre>\n"


def _lines(part: str) -> str:
    """Return the lines of a paragraph, escaped as the parser does."""
    return html.escape(part.strip("\n"), quote=False).replace('"', "&quot;").replace("\n", "<br>\n")

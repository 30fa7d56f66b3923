"""The small Markdown: a few elements, links that lead out, and nothing that anybody could smuggle in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.portal.conversations import markdown

ALLOWED = {"p", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "a", "br"}
TAG = re.compile(r"<(/?)([a-zA-Z0-9]+)((?:\s[^<>]*)?)>")
ATTRIBUTE = re.compile(r'\s([a-z]+)="([^"]*)"')


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**a** *b* ~~c~~ `d`", "<p><strong>a</strong> <em>b</em> <s>c</s> <code>d</code></p>\n"),
        ("a\nb", "<p>a<br>\nb</p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("# a", "<p># a</p>\n"),
        ("```js\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>\n"),
    ],
)
def test_it_knows_a_few_things(text, html):
    assert markdown.shown(text) == html


@pytest.mark.parametrize(
    "address", ["https://a.example/?a=1", "http://a.example", "mailto:a@b.example", "HTTPS://a.example"]
)
def test_a_link_leads_out(address):
    html = markdown.shown(f"[x]({address})")

    assert 'rel="noopener noreferrer nofollow ugc"' in html
    assert "href=" in html


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:1",
        "data:text/html,x",
        "/log/",
        "//a.example",
        "#x",
        "vbscript:x",
        "file:///x",
    ],
)
def test_no_link_leads_anywhere_else(address):
    assert "<a" not in markdown.shown(f"[x]({address}) <{address}>")
    assert "<a" not in markdown.shown(f"[x][1]\n\n[1]: {address}")


def test_no_picture_is_fetched():
    assert "<img" not in markdown.shown("![x](https://a.example/x.png) ![][1]\n\n[1]: https://a.example/y.png")


PIECES = [
    *("<script>", "</p>", "![", "[x](", "javascript:", "https://a.example", ")", "`", "```\n", "**", '"', "'", "\n"),
    *("> ", "- ", "<a href=x onclick=y>", "&lt;", "&#x6a;", "\\", "<!--", '<https://a.example/"onclick=x>', "|", "_"),
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join))
def test_whatever_is_typed_becomes_these_elements_and_no_other(text):
    html = str(markdown.shown(text))

    rest = html
    for match in TAG.finditer(html):
        closing, name, attributes = match.groups()
        assert name in ALLOWED, html
        found = dict(ATTRIBUTE.findall(attributes))
        assert set(found) <= ({"href", "rel", "target", "title"} if name == "a" and not closing else {"start"}), html
        if "href" in found:
            assert re.match(r"(https?:|mailto:)", found["href"], re.IGNORECASE), html
        rest = rest.replace(match[0], "", 1)
    assert "<" not in rest, html


PLAIN = [
    *("word", "Dear Ben,", "\n", "\n\n", " ", "1.", "2)", "-", "+", "3", "'", '"', "!", "#", "|", "="),
    *("a:b", "http://x", "(", ")", "é", "  "),
]


@given(st.lists(st.sampled_from(PLAIN) | st.text("ab1.- \n", max_size=4), max_size=30).map("".join))
def test_plain_words_are_shown_as_the_parser_would(text):
    cleaned = text.strip()

    assert str(markdown.shown(cleaned)) == markdown._reader().render(cleaned)

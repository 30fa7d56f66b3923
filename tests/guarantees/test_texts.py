"""Every text that people read can be translated: in a language that nobody speaks, no page shows bare English."""

import gettext
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import allauth
import django
import pytest
from django.conf import settings as django_settings
from django.utils.translation import trans_real

from muniment.core import config, ids
from muniment.trust.identity.models import Person
from tests.cast import Portal, signed_in
from tests.guarantees.laid import laid
from tools import texts

NOBODYS = "qaa"  # ISO 639: for local use
LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "áƀćđéƒǵĥíĵķĺṁńóṕɋŕśţúṽŵẋýź")
CAPITALS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ÁɃĆĐÉƑǴĤÍĴĶĹṀŃÓṔɊŔŚŢÚṼŴẊÝŹ")
KEPT = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|<[^>]+>|&\w+;|https?://\S+")
SEEN = ("aria-label", "title", "placeholder", "alt", "data-about-stay", "data-about-last", "data-confirm")
UNREAD = {"script", "style", "code", "pre", "textarea", "option"}  # options name time zones, languages and people
WORD = re.compile(r"[A-Za-z]{3,}")


def spoken(text: str) -> str:
    """Return a message in the language that nobody speaks: other letters, the same gaps."""
    kept, last = [], 0
    for match in KEPT.finditer(text):
        kept += [text[last : match.start()].translate(LETTERS).translate(CAPITALS), match[0]]
        last = match.end()
    return "".join([*kept, text[last:].translate(LETTERS).translate(CAPITALS)])


class Shown(HTMLParser):
    """Gathers what a page says: its text, and the attributes that are read out or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what is read out; skip what nobody reads."""
        known = dict(attrs)
        self.hidden += tag in UNREAD
        self.said += [value for name in SEEN if (value := known.get(name))]

    def handle_endtag(self, tag: str) -> None:
        """Go on after what nobody reads."""
        self.hidden -= tag in UNREAD

    def handle_data(self, data: str) -> None:
        """Take the text."""
        if not self.hidden and data.strip():
            self.said.append(data.strip())


def bare(page: str, data: set[str]) -> set[str]:
    """Return the English on a page that is nobody's data."""
    shown = Shown()
    shown.feed(page)
    found = set()
    for said in shown.said:
        words = [word for word in WORD.findall(said) if word.casefold() not in data]
        if words:
            found.add(said[:90])
    return found


@pytest.fixture
def nobodys_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Have a catalogue of the language nobody speaks where a firm puts its own."""
    known = list(texts.messages())
    for library in (django, allauth):
        with _german(library).open("rb") as file:
            catalogue: Any = gettext.GNUTranslations(file)
            known += [key for key in catalogue._catalog if isinstance(key, str) and key]
    translated = {key: texts.PLURAL.join(map(spoken, key.split(texts.PLURAL))) for key in known}
    place = config.current().data / "locale" / NOBODYS / "LC_MESSAGES"
    place.mkdir(parents=True, exist_ok=True)
    (place / "django.mo").write_bytes(texts.catalogue(translated))
    monkeypatch.setattr(django_settings, "LANGUAGES", [*django_settings.LANGUAGES, (NOBODYS, "Nobody's")])
    _forget()
    yield NOBODYS
    (place / "django.mo").unlink()
    place.rmdir()
    place.parent.rmdir()
    _forget()


def _german(library: Any) -> Path:
    """Return a catalogue of a library: its messages are those that can be translated."""
    return next(Path(library.__file__).parent.glob("**/locale/de/LC_MESSAGES/django.mo"))


def _forget() -> None:
    known: Any = trans_real
    known._translations.pop(NOBODYS, None)
    for name in ("translation_catalog_exists", "get_languages", "_get_supported_language_variant"):
        getattr(known, name).cache_clear()


PAGES = {
    "cleo": (
        "/account/reading/",
        "/account/password/",
        "/account/address/",
        "/account/data/",
        "/{client}/documents/",
        "/{client}/documents/trash/",
        "/{client}/people/invite/",
        "/terms/",
        "/terms/versions/",
    ),
    "ben": ("/{client}/documents/",),
    "ada": (
        "/clients/new/",
        "/clients/import/",
        "/roles/",
        "/terms/publish/",
        "/first-steps/",
        "/conditions/",
        "/networks/",
    ),
}
# What stands on pages and is no text of the portal: names of people, companies, files, settings and formats.
DATA = (
    "Ada Harcourt Ben Vane Cleo Okoye Dan Mallory Brandt Holdings Ltd Orchards GmbH Harcourt example okoye harcourt "
    "Lease Contracts Rent Waiting Tool pdf exe Year end Works on the year Firefox Linux UTC Muniment localhost bank "
    "lender Eve Board Okta Office Entra Okoye ID look asks for The helps with Set set up the tests cast portal eve "
)


@pytest.mark.parametrize("who", PAGES)
def test_no_page_shows_bare_english_in_a_language_that_nobody_speaks(portal: Portal, nobodys_language: str, who: str):
    laid(portal)
    Person.objects.update(language=nobodys_language)
    data = {word.casefold() for word in WORD.findall(DATA)}
    browser = signed_in(portal.people[who])

    found: dict[str, set[str]] = {}
    for pattern in PAGES[who]:
        path = pattern.format(client=ids.public(portal.okoye))
        page = browser.get(path)
        assert page.status_code == 200, path
        assert page.headers["Content-Language"] == nobodys_language
        if left := bare(page.content.decode(), data):
            found[path] = left

    assert not found, "\n".join(f"{path}: {sorted(said)}" for path, said in found.items())


def test_a_page_with_bare_english_is_found_out():
    assert bare("<p>Nobody translated this</p><b title='Nor this'></b>", set()) == {
        "Nobody translated this",
        "Nor this",
    }
    assert bare(f"<p>{spoken('Sign in with %(name)s') % {'name': 'Cleo'}}</p>", {"cleo"}) == set()


def test_every_message_of_a_template_is_found():
    text = """{% translate "One" %}{% translate 'Two' as x %}{{ a|default:_("Three") }}
    {% blocktranslate count n=x %}{{ n }} day{% plural %}{{ n }} days, 100%{% endblocktranslate %}"""

    assert list(texts.in_template(text)) == ["One", "Two", "Three", "%(n)s day\0%(n)s days, 100%%"]


OWN_ORDER = re.compile(r"""\|(?:date|time):["'](?![A-Z_]+_FORMAT["']|Y-m-d["']|[DTc]["'])""")


def test_every_day_and_time_is_in_the_order_of_the_readers_language():
    found = [str(path) for path in texts.SOURCE.rglob("*.html") if OWN_ORDER.search(path.read_text())]

    assert found == []
    assert OWN_ORDER.search('{{ today|date:"l j F" }}')
    assert not OWN_ORDER.search('{{ today|date:"DATE_FORMAT" }}')


def test_a_text_put_together_while_running_is_in_no_catalogue():
    code = "from django.utils.translation import gettext as _\n_(f'Hello {x}')\n_('Bye' + x)\n_('Good')"

    assert list(texts.in_code(code)) == ["Good"]


def test_no_gettext_call_is_given_a_text_put_together_while_running():
    """A name or an attribute is fine: it stands for a message that is marked where it is written down."""
    import ast

    found = []
    for path in texts.SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text())
        names = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
            for alias in node.names
            if "gettext" in alias.name
        }
        found += [
            f"{path.relative_to(texts.SOURCE)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names and node.args
            if isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
        ]

    assert not found

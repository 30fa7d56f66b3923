"""Laws of names, and names that people or attackers try."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.portal.documents import names
from muniment.portal.documents.errors import NameRefused

FORBIDDEN = set(
    "/\\\x00\n\r\t\x7f\x85\u2028\u2029\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=300)


def accepted(text):
    try:
        return names.clean(text)
    except NameRefused:
        return None


@pytest.mark.control("server-validation")
@given(ANYTHING)
def test_a_name_that_is_kept_can_hide_nothing(text):
    name = accepted(text)

    if name is not None:
        assert 1 <= len(name) <= 255
        assert not FORBIDDEN & set(name)
        assert name == name.strip() == unicodedata.normalize("NFC", name)
        assert name not in {".", ".."}
        name.encode()


@given(ANYTHING)
def test_cleaning_a_kept_name_again_changes_nothing(text):
    name = accepted(text)

    assert name is None or names.clean(name) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        ".",
        "..",
        "a/b",
        "..\\x",
        "a\0",
        "a\nb",
        "\u202egpj.exe",
        "a\ud800",
        "x" * 256,
        "\u200b\u200d",
        "\u0301",
    ],
)
def test_a_hostile_name_is_refused(text):
    with pytest.raises(NameRefused):
        names.clean(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" Lease.pdf ", "Lease.pdf"),
        ("Büro.pdf".replace("ü", "u\u0308"), "Büro.pdf"),
        ("👩‍👩‍👧 family 🏴.jpg", "👩‍👩‍👧 family 🏴.jpg"),
        ("عقد.pdf", "عقد.pdf"),
        (".hidden", ".hidden"),
        ("a'; drop table document; --", "a'; drop table document; --"),
        ("x" * 255, "x" * 255),
    ],
)
def test_an_honest_name_is_kept(text, kept):
    assert names.clean(text) == kept


@given(ANYTHING)
def test_the_plain_name_fits_between_quotes(text):
    plain = names.ascii_fallback(text)

    assert plain
    assert plain.isascii()
    assert plain.isprintable()
    assert not set('"\\/;%') & set(plain)


@given(st.lists(ANYTHING.map(accepted).filter(bool).map(names.for_archive), max_size=20))
def test_names_in_an_archive_differ_on_every_system(found):
    taken: set[str] = set()
    given_out = [names.distinct(name, taken) for name in found]

    assert len({name.casefold() for name in given_out}) == len(given_out)
    assert not any(set('<>:"|?*\\/') & set(name) or name.endswith((" ", ".")) for name in map(names.for_archive, found))


@pytest.mark.parametrize(
    ("name", "safe"), [("CON", "_CON"), ("nul.txt", "_nul.txt"), ("a:b?.txt", "a_b_.txt"), ("x. ", "x")]
)
def test_what_windows_cannot_unpack_is_renamed(name, safe):
    assert names.for_archive(name) == safe

"""What counts as the same word, and as a part of a name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.trust.vault.index import tokens, words

KEY, OTHER_KEY = bytes(32), bytes([1]) * 32
LETTERS = st.text(st.sampled_from("aàAbcÇdeéEß ł.-_3ﬁ年契約한ไทย"), max_size=20)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ÉCOLE Füße", "ecole fusse"),
        ("ﬁle \uff21\uff22\uff23 ①", "file abc 1"),
        ("naïve\u00adté \u200bx", "naivete x"),
        ("Łódź, Ørsted, İstanbul, \u0131ss\u0131z", "lodz, orsted, istanbul, issiz"),
        ("שָׁלוֹם", "שלום"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_case_accents_and_forms_do_not_count(text, folded):
    assert words.fold(text) == unicodedata.normalize("NFC", folded)


@given(text=st.text(max_size=40))
def test_folding_twice_changes_nothing(text):
    assert words.fold(words.fold(text)) == words.fold(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The fox's e-mail, 1,250.50!", ["the", "fox", "s", "e", "mail", "1", "250", "50"]),
        ("契約書2026", ["契", "約", "書", "契約", "約書", "2026"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("snake_case", ["snake", "case"]),
        ("x" * 65 + " y", ["y"]),
    ],
)
def test_words_are_runs_of_letters_or_signs_of_scripts_without_spaces(text, said):
    assert words.words(text) == [unicodedata.normalize("NFC", word) for word in said]


def test_only_so_many_words_of_a_text_count():
    many = " ".join(f"w{number}" for number in range(words.WORDS_MOST + 50))

    assert len(words.words(many)) == words.WORDS_MOST


@given(name=LETTERS, start=st.integers(0, 20), end=st.integers(0, 20))
def test_whatever_is_cut_out_of_a_name_is_asked_for_by_tokens_that_the_name_has(name, start, end):
    asked = tokens.question(KEY, words.fold(name)[start:end])

    if all(words.is_in_name(term, name) for term in asked.terms):
        assert set(asked.name_tokens) <= tokens.of_name(KEY, name)


def test_nobody_makes_a_token_without_the_key():
    assert tokens.of_name(KEY, "Lease") & tokens.of_name(OTHER_KEY, "Lease") == set()
    assert len(tokens.of_name(KEY, "Lease")) == len(tokens.of_name(OTHER_KEY, "Lease")) == 5


def test_a_question_of_signs_alone_has_no_answer():
    assert not tokens.question(KEY, " ? § ").is_answerable
    assert tokens.question(KEY, "---").word_tokens == []

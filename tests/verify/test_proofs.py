"""Proofs as text: back and forth, and texts that are no proofs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment_verify.errors import Unreadable, VerifyError
from muniment_verify.proofs import FORMAT, Proof, format_proof, parse_proof

NOTE = "origin\n1\nroot\n\n\u2014 origin AAAA\n"
HASHES = [bytes([number]) * 32 for number in range(3)]


@settings(deadline=None)
@given(st.integers(0, 2**53 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=64), st.binary(max_size=50))
def test_a_proof_is_read_as_it_was_written(index, hashes, extra):
    assert parse_proof(format_proof(index, hashes, NOTE, extra)) == Proof(index, tuple(hashes), NOTE, extra)


def test_a_proof_is_the_text_of_the_specification():
    assert format_proof(7, HASHES[:1], NOTE) == f"{FORMAT}\nindex 7\n{'A' * 43}=\n\n{NOTE}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        NOTE,
        f"{FORMAT}\n\n{NOTE}",
        f"{FORMAT}\nindex\n\n{NOTE}",
        f"{FORMAT}\nindex 01\n\n{NOTE}",
        f"{FORMAT}\nindex -1\n\n{NOTE}",
        f"{FORMAT}\nindex 1\nextra AAAA\n\n{NOTE}",
        f"{FORMAT}\nextra AAA\nindex 1\n\n{NOTE}",
        f"{FORMAT}\nindex 1\nAAAA\n\n{NOTE}",
        f"{FORMAT}\nindex 1\n" + f"{'A' * 43}=\n" * 65 + f"\n{NOTE}",
        f"c2sp.org/tlog-proof@v2\nindex 1\n\n{NOTE}",
        f"{FORMAT}\nindex 1\n\n" + "x" * 300_000,
    ],
)
def test_what_is_no_proof_is_refused_with_a_sentence(text):
    with pytest.raises(Unreadable, match=r"\.$"):
        parse_proof(text)


@settings(deadline=None)
@given(st.text(), st.integers(0, 100))
def test_no_text_makes_the_reader_stumble(text, at):
    right = format_proof(7, HASHES, NOTE)
    for tried in (text, f"{FORMAT}\n{text}", right[:at] + text + right[at:]):
        assert outcome(tried) == "read" or outcome(tried).endswith(".")


def outcome(text):
    try:
        parse_proof(text)
    except VerifyError as refusal:
        return str(refusal)
    return "read"

"""Laws of the small seals: they open in their own place, with their own key, for their own use, or not at all."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.trust.vault.errors import KeyRefused, SealBroken
from muniment.trust.vault.keys import wrapping

KEY, OTHER = os.urandom(32), os.urandom(32)
SAME_KEY, OTHER_SAME_KEY = os.urandom(64), os.urandom(64)
PLACES = st.binary(max_size=80)
VALUES = st.binary(max_size=300)


def flipped(data: bytes, bit: int) -> bytes:
    bit %= 8 * len(data)
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.control("aes-256")
@given(key=st.binary(min_size=32, max_size=32), context=PLACES)
def test_a_wrapped_key_unwraps_to_itself(key, context):
    wrapped = wrapping.wrap(KEY, key, context)

    assert wrapping.unwrap(KEY, wrapped, context) == key
    assert len(wrapped) == 60


@given(context=PLACES, other=PLACES, bit=st.integers(0, 8 * 60 - 1))
def test_a_wrapped_key_does_not_open_elsewhere_or_changed(context, other, bit):
    wrapped = wrapping.wrap(KEY, OTHER, context)

    with pytest.raises(KeyRefused):
        wrapping.unwrap(KEY, flipped(wrapped, bit), context)
    with pytest.raises(KeyRefused):
        wrapping.unwrap(OTHER, wrapped, context)
    if other != context:
        with pytest.raises(KeyRefused):
            wrapping.unwrap(KEY, wrapped, other)


@pytest.mark.parametrize("size", [0, 59, 61])
def test_a_wrapped_key_of_another_size_is_refused(size):
    with pytest.raises(KeyRefused):
        wrapping.unwrap(KEY, bytes(size), b"")


@pytest.mark.control("aes-256")
@given(plain=VALUES, place=PLACES)
def test_a_sealed_value_opens_in_its_place(plain, place):
    sealed = wrapping.seal(KEY, plain, place)

    assert wrapping.open_(KEY, sealed, place) == plain
    assert len(sealed) == len(plain) + 29
    assert sealed != wrapping.seal(KEY, plain, place)


@pytest.mark.control("rest-documents")
@given(plain=VALUES, place=PLACES, other=PLACES, bit=st.integers(0))
def test_a_sealed_value_does_not_open_elsewhere_or_changed(plain, place, other, bit):
    sealed = wrapping.seal(KEY, plain, place)

    with pytest.raises(SealBroken):
        wrapping.open_(KEY, flipped(sealed, bit), place)
    with pytest.raises(SealBroken):
        wrapping.open_(OTHER, sealed, place)
    if other != place:
        with pytest.raises(SealBroken):
            wrapping.open_(KEY, sealed, other)


@given(garbage=st.binary(max_size=60))
def test_garbage_is_refused_whatever_it_is(garbage):
    with pytest.raises(SealBroken):
        wrapping.open_(KEY, garbage, b"")
    with pytest.raises(SealBroken):
        wrapping.open_same(SAME_KEY, garbage.decode("latin-1"), b"")


def test_a_wrapped_key_never_opens_as_a_value():
    wrapped = wrapping.wrap(KEY, OTHER, b"")

    with pytest.raises(SealBroken):
        wrapping.open_(KEY, b"\x01" + wrapped, b"")


@given(text=st.text(max_size=100), place=PLACES)
def test_equal_text_is_sealed_the_same_and_opens(text, place):
    sealed = wrapping.seal_same(SAME_KEY, text, place)

    assert sealed == wrapping.seal_same(SAME_KEY, text, place)
    assert wrapping.open_same(SAME_KEY, sealed, place) == text


@given(text=st.text(max_size=100), other=st.text(max_size=100), place=PLACES, elsewhere=PLACES)
def test_equal_seals_mean_equal_text_and_place(text, other, place, elsewhere):
    sealed = wrapping.seal_same(SAME_KEY, text, place)

    assert (sealed == wrapping.seal_same(SAME_KEY, other, elsewhere)) == ((text, place) == (other, elsewhere))
    assert sealed != wrapping.seal_same(OTHER_SAME_KEY, text, place)


@given(text=st.text(max_size=60), at=st.integers(0), letter=st.sampled_from("AZaz09-_+/=\n é"))
def test_a_changed_lookup_value_does_not_open(text, at, letter):
    sealed = wrapping.seal_same(SAME_KEY, text, b"e-mail")
    at %= len(sealed) + 1
    changed = sealed[:at] + letter + sealed[at + 1 :]

    if changed != sealed:
        with pytest.raises(SealBroken):
            wrapping.open_same(SAME_KEY, changed, b"e-mail")


@given(number=st.integers(0, 10_000))
def test_a_lookup_value_has_one_spelling(number):
    sealed = wrapping.seal_same(SAME_KEY, f"{number:07}", b"e-mail")  # 24 bytes: the last letter has no spare bits
    longer = wrapping.seal_same(SAME_KEY, f"{number:08}", b"e-mail")  # 25 bytes: it has four
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    respelt = longer[:-1] + letters[letters.index(longer[-1]) + 1]

    for other in {sealed.replace("-", "+"), sealed.replace("_", "/"), sealed + "====", respelt} - {sealed}:
        with pytest.raises(SealBroken):
            wrapping.open_same(SAME_KEY, other, b"e-mail")


@given(purpose=st.text(max_size=40), other=st.text(max_size=40))
def test_each_purpose_has_a_key_of_its_own(purpose, other):
    derived = wrapping.derive(KEY, purpose)

    assert len(derived) == 32
    assert (derived == wrapping.derive(KEY, other)) == (purpose == other)
    assert derived != wrapping.derive(OTHER, purpose)
    assert len(wrapping.derive(KEY, purpose, 64)) == 64


@pytest.mark.control("aes-256")
def test_no_seal_takes_a_shorter_key():
    short = bytes(16)

    for attempt in (
        lambda: wrapping.wrap(short, KEY, b""),
        lambda: wrapping.wrap(KEY, short, b""),
        lambda: wrapping.unwrap(short, bytes(60), b""),
        lambda: wrapping.seal(short, b"", b""),
        lambda: wrapping.open_(short, bytes(60), b""),
        lambda: wrapping.seal_same(KEY, "", b""),
        lambda: wrapping.open_same(KEY, "", b""),
        lambda: wrapping.derive(short, "people"),
    ):
        with pytest.raises(ValueError, match="bytes is needed"):
            attempt()

"""Signed notes against the example of their specification, and notes that somebody tampered with."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment_verify import ed25519, notes
from muniment_verify.errors import NotValid, Unreadable, VerifyError
from muniment_verify.notes import LOG_KEY, WITNESS_KEY, Checkpoint, Key

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n\n"
    "\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
TEXT = notes.checkpoint_text("muniment/abc", 3, b"r" * 32)
AT = 1_790_000_000


def key(private=PRIVATE, name="muniment/abc", kind=LOG_KEY):
    return Key(name, kind, private.public_key().public_bytes_raw())


def signed(text=TEXT, private=PRIVATE, **named):
    return notes.format_signature(key(private, **named).name, key(private, **named).id, private.sign(text.encode()))


def cosigned(text=TEXT, private=OTHER, name="witness.example", at=AT):
    signature = notes.cosignature(at, private.sign(notes.cosignature_message(text, at)))
    return notes.format_signature(name, key(private, name, WITNESS_KEY).id, signature)


def verified(note, *keys):
    return notes.verify_note(notes.parse_note(note), keys)


def test_the_example_of_the_specification_is_right():
    known = notes.parse_vkey(EXAMPLE_KEY)

    assert [signer.key for signer in verified(EXAMPLE, known)] == [known]
    assert known.vkey == EXAMPLE_KEY
    with pytest.raises(NotValid, match="wrong"):
        verified(EXAMPLE.replace("example message", "Example message"), known)


def test_a_checkpoint_is_signed_and_cosigned():
    witness = key(OTHER, "witness.example", WITNESS_KEY)

    found = verified(notes.format_note(TEXT, [signed(), cosigned()]), key(), witness)

    assert [(signer.key, signer.at) for signer in found] == [(key(), None), (witness, AT)]
    assert notes.parse_checkpoint(TEXT) == Checkpoint("muniment/abc", 3, b"r" * 32)


def test_a_witness_that_signs_twice_is_one_witness():
    note = notes.format_note(TEXT, [cosigned(), cosigned(at=AT + 1), cosigned()])

    assert len(verified(note, key(OTHER, "witness.example", WITNESS_KEY))) == 1


def test_a_wrong_line_of_a_known_key_spoils_the_note():
    wrong = notes.format_signature("muniment/abc", key().id, bytes(64))

    with pytest.raises(NotValid, match="wrong"):
        verified(notes.format_note(TEXT, [signed(), wrong]), key())


def test_keys_that_share_only_a_name_or_only_an_id_are_passed_over():
    same_name = notes.format_signature("muniment/abc", b"\0\0\0\0", bytes(64))
    same_id = notes.format_signature("somebody.else", key().id, bytes(64))

    assert len(verified(notes.format_note(TEXT, [same_name, same_id, signed()]), key())) == 1
    with pytest.raises(NotValid, match="None of the keys"):
        verified(notes.format_note(TEXT, [same_name, same_id]), key())


def test_a_log_key_does_not_cosign():
    """The same key bytes with the other type have another id, and sign another text."""
    as_witness = key(PRIVATE, "muniment/abc", WITNESS_KEY)

    with pytest.raises(NotValid, match="None of the keys"):
        verified(notes.format_note(TEXT, [signed()]), as_witness)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n\n\u2014 name\n",
        "text\n\n\u2014 name AAAA\n",
        "text\n\n\u2014  AAAAAAAA\n",
        "text\n\n\u2014 na+me AAAAAAAA\n",
        "text\n\n- name AAAAAAAA\n",
        EXAMPLE[:-1],
        EXAMPLE.replace("aQM=", "aQN="),
        EXAMPLE.replace("aQM=", "aQM"),
        EXAMPLE.replace("message.", "message.\r"),
        EXAMPLE.replace("message.", "message.\0"),
        EXAMPLE.replace("message.", "message.\t"),
        EXAMPLE.replace("message.", "message.\ud800"),
        "x" * 70_000 + EXAMPLE,
        EXAMPLE + EXAMPLE.split("\n\n")[1] * 100,
    ],
)
def test_what_is_no_note_is_refused_with_a_sentence(note):
    with pytest.raises(Unreadable, match=r"\.$"):
        verified(note, notes.parse_vkey(EXAMPLE_KEY))


@pytest.mark.parametrize("size", ["", "-1", "+1", "01", "1e3", "\u0663", "1 ", "9007199254740992", "9" * 400])
def test_sizes_have_one_spelling(size):
    with pytest.raises(Unreadable, match=r"The size in the checkpoint|not a checkpoint"):
        notes.parse_checkpoint(TEXT.replace("\n3\n", f"\n{size}\n"))


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        EXAMPLE_KEY.replace("530d", "530e"),
        EXAMPLE_KEY.replace("530d903a", "530D903A"),
        EXAMPLE_KEY.replace("foo", "bar"),
        EXAMPLE_KEY.replace("U2k", "U2l"),
        notes.format_vkey("name", 2, bytes(32)),
        notes.format_vkey("name", 1, bytes(32)),  # of small order
        notes.format_vkey("name", 1, (1).to_bytes(32, "little")),  # the neutral point
        notes.format_vkey("name", 1, b"\xff" * 32),
    ],
)
def test_what_is_no_key_is_refused_with_a_sentence(vkey):
    with pytest.raises(Unreadable, match=r"\.$"):
        notes.parse_vkey(vkey)


@settings(deadline=None)
@given(st.text(), st.binary(max_size=200))
def test_no_note_makes_the_reader_stumble(text, raw):
    for note in (text, raw.decode("latin-1"), f"{text}\n\n\u2014 name {text}\n", EXAMPLE[:40] + text + EXAMPLE[40:]):
        assert outcome(note).endswith(".") or note == EXAMPLE


def outcome(note):
    try:
        verified(note, notes.parse_vkey(EXAMPLE_KEY))
    except VerifyError as refusal:
        return str(refusal)
    return "valid"


@settings(deadline=None)
@given(st.binary(max_size=100), st.binary(min_size=32, max_size=32))
def test_signatures_are_those_of_the_library(message, seed):
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)

    assert ed25519.is_key(public)
    assert ed25519.verify(public, message, signature)
    assert not ed25519.verify(public, message + b"x", signature)
    assert not ed25519.verify(public, message, bytes([signature[0] ^ 1]) + signature[1:])
    above = (int.from_bytes(signature[32:], "little") + 2**252 + 27742317777372353535851937790883648493) % 2**256
    assert not ed25519.verify(public, message, signature[:32] + above.to_bytes(32, "little"))


def test_the_published_vectors_of_ed25519():
    """RFC 8032, section 7.1, tests 1 to 3."""
    for public, message, signature in (
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ):
        assert ed25519.verify(bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))

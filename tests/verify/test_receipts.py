"""Receipts: the right one, and every way to tamper with one."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment_verify.errors import NotValid, Unreadable, VerifyError
from muniment_verify.receipts import check_receipt
from muniment_verify.trust import trusting
from tests.verify.paper_log import MINUTE, START, PaperLog, b64, private_key, three_days

LOG = three_days()
TRUST = trusting([LOG.key.vkey], [LOG.register_key.vkey], [key.vkey for key in LOG.witness_keys])


def check(receipt, trust=TRUST):
    return check_receipt(json.dumps(receipt).encode(), trust)


def test_a_receipt_says_what_was_done_and_what_was_checked():
    report = check(LOG.receipt(7))

    assert report.facts["What"] == "document.downloaded"
    assert report.facts["Log"].endswith("entry 7 (from 0) of 23")
    assert any("3 of your 3 witnesses" in sentence for sentence in report.checked)
    assert any("is true" in sentence for sentence in report.not_checked)
    assert "Not checked:" in report.as_text()


def test_less_trust_is_said_aloud():
    report = check(LOG.receipt(7), trusting([LOG.key.vkey]))

    assert any("gave no key of the register" in sentence for sentence in report.not_checked)
    assert any("gave no witness" in sentence for sentence in report.not_checked)


def test_a_withheld_private_part_is_said():
    receipt = LOG.receipt(3)
    from muniment_verify.entries import Part

    receipt["entry"]["private"] = {"commitment": b64(Part.read(receipt["entry"]["private"], "It").commitment)}

    report = check(receipt)

    assert "Who" not in report.facts
    assert any("withheld" in sentence for sentence in report.not_checked)


@pytest.mark.parametrize("old_head", range(3))
def test_a_receipt_from_any_head_is_right(old_head):
    assert check(LOG.receipt(2, old_head)).sentence


def swapped(receipt, other, name):
    return {**receipt, name: other[name]}


@pytest.mark.parametrize(
    ("tamper", "sentence"),
    [
        (
            lambda one: one["entry"]["core"].update(text=one["entry"]["core"]["text"].replace("down", "up")),
            "not in the log",
        ),
        (lambda one: one["entry"]["core"].update(salt=b64(bytes(32))), "not in the log"),
        (lambda one: one["entry"]["private"].update(text="{}"), "not in the log"),
        (lambda one: one.update(proof=one["proof"].replace("index 7", "index 8")), "not in the log"),
        (lambda one: one.update(proof=one["proof"].replace("\n23\n", "\n24\n")), "signature of"),
        (lambda one: one.update(register=LOG.receipt(7, 1)["register"]), "not in the register"),
        (lambda one: one.update(proof=LOG.receipt(8)["proof"]), "not in the log"),
    ],
)
def test_a_tampered_receipt_is_not_valid(tamper, sentence):
    receipt = LOG.receipt(7)
    tamper(receipt)

    with pytest.raises(NotValid, match=sentence):
        check(receipt)


def test_another_logs_key_does_not_open_it():
    stranger = PaperLog(signing=private_key(2))

    with pytest.raises(NotValid, match="None of the keys"):
        check(LOG.receipt(7), trusting([stranger.key.vkey]))
    with pytest.raises(NotValid, match="no key of that log"):
        check(LOG.receipt(7), trusting([LOG.key.named("muniment/other").vkey]))


def test_a_register_that_was_not_named_is_refused_when_one_was_given():
    with pytest.raises(NotValid, match="no key of that log"):
        check(LOG.receipt(7), trusting([LOG.key.vkey], [LOG.key.named("muniment-register/other").vkey]))


def test_too_few_witnesses_are_not_enough():
    log = PaperLog()
    log.add(START)
    log.publish(START, seen_by=1)
    keys = [key.vkey for key in log.witness_keys]

    assert check(log.receipt(0), trusting([log.key.vkey], (), keys, 1)).sentence
    with pytest.raises(NotValid, match="1 of your witnesses signed the register; 2 were asked for"):
        check(log.receipt(0), trusting([log.key.vkey], (), keys))


def test_an_entry_from_after_it_was_seen_is_not_valid():
    log = PaperLog()
    log.add(START + 11 * MINUTE)
    log.publish(START)

    with pytest.raises(NotValid, match="after a witness had seen it"):
        check(log.receipt(0), trusting([log.key.vkey], (), [key.vkey for key in log.witness_keys]))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"format":"muniment-receipt/2"}',
        b'{"format":"muniment-receipt/1"}',
        b'{"format":"muniment-receipt/1","format":"muniment-receipt/1"}',
        b'{"a":' * 100_000,
        b"[" * 1_000_000,
        b'{"format":NaN}',
        b'{"format":' + b"9" * 10_000 + b"}",
        b'{"format":1e999}',
        b" " * 2_000_000,
    ],
)
def test_what_is_no_receipt_is_refused_with_a_sentence(raw):
    with pytest.raises(Unreadable, match=r"\.$"):
        check_receipt(raw, TRUST)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.update(more=1),
        lambda one: one.update(entry=[]),
        lambda one: one["entry"].update(core=None),
        lambda one: one["entry"].update(core={"commitment": b64(bytes(32))}),
        lambda one: one["entry"]["core"].update(commitment=b64(bytes(32))),
        lambda one: one["entry"]["core"].update(salt="AAAA"),
        lambda one: one["entry"]["core"].update(salt=b64(bytes(32))[:-1]),
        lambda one: one["entry"]["core"].update(text=7),
        lambda one: one["entry"]["core"].update(text="\ud800"),
        lambda one: one.update(proof=7),
        lambda one: one.update(register=None),
    ],
)
def test_a_receipt_with_a_wrong_shape_is_refused_with_a_sentence(change):
    receipt = LOG.receipt(7)
    change(receipt)

    with pytest.raises(Unreadable, match=r"\.$"):
        check(receipt)


def test_signs_that_move_the_cursor_are_not_printed():
    log = PaperLog()
    log.add(START, "\x1b[2J\u202edeliated")
    log.publish(START)

    text = check(log.receipt(0), trusting([log.key.vkey])).as_text()

    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"log_keys": []}, "Give the key of the log"),
        ({"witnesses": [LOG.witness_keys[0].vkey], "quorum": 0}, "asks for nothing"),
        ({"witnesses": [LOG.witness_keys[0].vkey], "quorum": -1}, "asks for nothing"),
        ({"witnesses": [LOG.witness_keys[0].vkey], "quorum": 2}, "gave the keys of 1"),
        ({"quorum": 1}, "gave the keys of 0"),
        ({"witnesses": [LOG.witness_keys[0].vkey] * 2}, "same key twice"),
        ({"witnesses": [LOG.key.vkey]}, "key of a log, where a witness's is wanted"),
        ({"log_keys": [LOG.witness_keys[0].vkey]}, "key of a witness, where a log's is wanted"),
        ({"tolerance_seconds": -1}, "below zero"),
    ],
)
def test_trust_that_makes_no_sense_is_refused(arguments, sentence):
    with pytest.raises(Unreadable, match=sentence):
        trusting(**{"log_keys": [LOG.key.vkey], **arguments})


def test_one_key_under_two_names_is_one_witness_and_the_logs_own_is_none():
    from muniment_verify.notes import WITNESS_KEY, Key

    one = LOG.witness_keys[0]
    with pytest.raises(Unreadable, match="they are one witness"):
        trusting([LOG.key.vkey], (), [one.vkey, one.named("witness.example/again").vkey])
    with pytest.raises(Unreadable, match="cannot be its own witness"):
        trusting([LOG.key.vkey], (), [Key("witness.example", WITNESS_KEY, LOG.key.public).vkey])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
PLACES = [
    ("format",),
    ("entry",),
    ("proof",),
    ("register",),
    ("entry", "core"),
    ("entry", "private"),
    ("entry", "core", "salt"),
]


@settings(deadline=None)
@given(st.sampled_from(PLACES), JSON)
def test_nothing_in_any_place_makes_the_verifier_stumble(place, value):
    receipt = LOG.receipt(7)
    inner = receipt
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value

    with pytest.raises(VerifyError, match=r"\.$"):
        check(receipt)


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 3000))
def test_no_bytes_make_the_verifier_stumble(raw, at):
    right = json.dumps(LOG.receipt(7)).encode()
    for tried in (raw, right[:at] + raw + right[at + 1 :]):
        if tried != right:
            assert outcome(tried).endswith(".")


def outcome(raw):
    try:
        return check_receipt(raw, TRUST).sentence
    except VerifyError as refusal:
        return str(refusal)

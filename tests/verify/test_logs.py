"""A whole log: the right export, and every attack that an export can show."""

import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment_verify import notes
from muniment_verify.entries import Part
from muniment_verify.errors import NotValid, Unreadable, VerifyError
from muniment_verify.kept import open_kept
from muniment_verify.logs import check_log
from muniment_verify.trust import trusting
from tests.verify.paper_log import MINUTE, START, PaperLog, as_lines, b64, root, three_days

DAY = 86_400
LOG = three_days()
TRUST = trusting([LOG.key.vkey], [LOG.register_key.vkey], [key.vkey for key in LOG.witness_keys])


def check(objects, trust=TRUST, kept=()):
    return check_log(as_lines(objects), trust, [open_kept(name, raw, trust) for name, raw in kept])


def refusal(objects, kept=()):
    with pytest.raises(VerifyError) as caught:
        check(objects, kept=kept)
    return str(caught.value)


def test_a_whole_log_is_right():
    report = check(LOG.export())

    assert report.sentence == "All 23 entries of this log are the ones that were logged, in their order."
    assert any("3 of your 3 witnesses" in sentence for sentence in report.checked)
    assert any("No entry bears a time that is off" in sentence for sentence in report.checked)


def test_withheld_and_dropped_parts_are_said_and_the_log_is_still_right():
    export = LOG.export()
    for line in export[1:6]:
        line["private"] = {"commitment": b64(Part.read(line["private"], "It").commitment)}
    for place, line in enumerate(export[6:9], 5):
        line.pop("core"), line.pop("private")
        line["leaf"] = b64(LOG.leaves[place])

    report = check(export)

    assert any("What was done in 3 entries" in sentence for sentence in report.not_checked)
    assert any("Who did it in 8 entries" in sentence for sentence in report.not_checked)


def test_a_log_without_heads_says_what_it_does_not_show():
    export = [line for line in LOG.export() if "head" not in line]

    report = check(export, trusting([LOG.key.vkey]))

    assert any("The last 23 entries are signed by the log and not yet" in sentence for sentence in report.not_checked)
    assert any("The times of the entries" in sentence for sentence in report.not_checked)


def test_an_empty_log_is_right():
    log = PaperLog()
    log.publish(START)

    assert check(log.export()).sentence.startswith("All 0 entries")


def swap(export, one, other):
    export[one], export[other] = {**export[other], "i": one - 1}, {**export[one], "i": other - 1}


def renumber(export):
    number = 0
    for line in export:
        if "i" in line:
            line["i"], number = number, number + 1
    export[0]["size"] = export[-1]["end"] = number


def reworded(export):
    export[5]["core"]["text"] = export[5]["core"]["text"].replace("downloaded", "opened")


def removed(export):
    del export[5]
    renumber(export)


def cut(export):
    del export[20:24]
    renumber(export)


def put_in(export):
    export.insert(5, json.loads(json.dumps(export[9])))
    renumber(export)


@pytest.mark.control("audit-immutable")
@pytest.mark.parametrize(
    ("attack", "sentence"),
    [
        (reworded, "not the ones that the log signed"),
        (lambda export: swap(export, 4, 5), "not the ones that the log signed"),
        (removed, "of another size"),
        (cut, "of another size"),
        (put_in, "of another size"),
        (lambda export: export.pop(5), "Entry 4 is missing"),
        (lambda export: export.pop(-1), "cut off"),
        (lambda export: export.append(export[-1]), "goes on after its end"),
        (lambda export: export.insert(-1, export[3]), "after the heads"),
        (lambda export: export[0].update(size=24), "of another size|announces 24"),
        (lambda export: export[0].update(origin="muniment/other"), "another log"),
        (lambda export: export[-1].update(end=22), "announces 23"),
        (lambda export: export[24]["head"].update(register=export[25]["head"]["register"]), "not in the register"),
        (lambda export: export.insert(24, export.pop(25)), "out of order"),
        (lambda export: export[24]["head"].update(checkpoint=7), "not text"),
        (lambda export: export[24].update(head=None), "not in the format"),
        (lambda export: export[24].update(more=1), "not known here"),
        (lambda export: export[3].update(leaf=b64(bytes(32))), "not known here"),
        (lambda export: export[3].update(i=True), "not a count"),
        (lambda export: export[3].update(i=-1), "not a count"),
        (lambda export: export[0].update(format="muniment-log/2"), "not an export"),
        (lambda export: export.clear(), "not JSON"),
    ],
)
def test_an_export_that_was_tampered_with_is_refused(attack, sentence):
    export = LOG.export()
    attack(export)

    with pytest.raises(VerifyError, match=sentence):
        check(export)


def resigned(change):
    """Return a log whose keeper, with its key, changed history and signed it again."""
    log = three_days()
    change(log)
    log.register.clear()
    heads, log.heads = [size for size, *_ in log.heads], []
    entries, leaves = log.entries, log.leaves
    for day, size in enumerate(heads):
        log.entries, log.leaves = entries[:size], leaves[:size]
        log.publish(START + day * DAY + size * MINUTE)
    return log


def forge(log):
    """Change one word of the fifth entry, at the same time."""
    times = [json.loads(core["text"])["at"] for core, _ in log.entries]
    log.entries, log.leaves = [], []
    for place, at in enumerate(times):
        event = "document.opened" if place == 4 else "document.downloaded"
        log.add(int(datetime.fromisoformat(at).timestamp()), event)


@pytest.mark.control("audit-immutable")
def test_history_signed_anew_is_found_by_what_was_kept():
    forged = resigned(forge)

    for name, raw in (
        ("old.checkpoint", LOG.checkpoint(13).encode()),
        ("old.receipt", json.dumps(LOG.receipt(2, 0)).encode()),
    ):
        assert f"not those that {name} proves" in refusal(forged.export(), [(name, raw)])


@pytest.mark.control("audit-immutable")
def test_a_cut_log_is_found_by_what_was_kept():
    cut_log = three_days()
    cut_log.heads = cut_log.heads[:2]

    assert "was cut" in refusal(cut_log.export(), [("old.checkpoint", LOG.checkpoint().encode())])
    assert "was cut" in refusal(cut_log.export(), [("old.receipt", json.dumps(LOG.receipt(20)).encode())])


def test_heads_that_the_log_signed_and_no_longer_holds_are_found():
    cut_log = LOG.export()
    short = three_days()
    short.heads = short.heads[:2]

    assert "it was cut" in refusal([*short.export()[:-1], cut_log[-2], short.export()[-1]])


def test_two_registers_of_one_size_are_found():
    fork = three_days()
    fork.register[-2] = bytes(32)
    text = notes.checkpoint_text(LOG.register_key.name, len(fork.register), root(fork.register))
    from muniment_verify.proofs import format_proof
    from tests.verify.paper_log import inclusion

    index = len(fork.register) - 1
    proof = format_proof(index, inclusion(fork.register, index), fork.signed(text, LOG.register_key.name))
    export = LOG.export()
    export.insert(-1, {"head": {"checkpoint": LOG.heads[-1][1], "register": proof}})

    assert "two different histories" in refusal(export)


@pytest.mark.control("audit-immutable")
def test_a_backdated_entry_is_found():
    log = three_days()
    log.add(START + DAY)  # written after the third day, as if it were of the second
    log.publish(START + 5 * DAY)

    assert refusal(log.export()).startswith("Entry 23 is backdated: it says 2026-")


def test_an_entry_dated_ahead_is_found():
    log = PaperLog()
    log.add(START + DAY)
    log.publish(START)

    assert refusal(log.export()).startswith("Entry 0 is dated ahead")


@pytest.mark.parametrize(("seconds", "found"), [(599, False), (601, True)])
def test_clocks_may_disagree_by_ten_minutes(seconds, found):
    log = PaperLog()
    log.add(START)
    log.publish(START + 30)
    log.add(START + 30 - seconds)
    log.publish(START + 60)

    if found:
        assert "backdated" in refusal(log.export())
    else:
        assert check(log.export()).sentence


def test_an_entry_between_a_head_and_a_later_register_is_not_called_backdated():
    """The proof of an old head may lead to a register that also holds newer ones: those count."""
    log = PaperLog()
    log.add(START)
    log.publish(START + 1)
    log.add(START + DAY)
    log.publish(START + DAY)
    from muniment_verify.proofs import format_proof, parse_proof
    from tests.verify.paper_log import inclusion

    size, note, proof = log.heads[0]
    index = parse_proof(proof).index
    newest = parse_proof(log.heads[1][2]).note
    log.heads[0] = (size, note, format_proof(index, inclusion(log.register, index), newest))
    log.add(START + DAY)
    log.publish(START + DAY + MINUTE)

    assert check(log.export()).sentence


def test_a_promise_is_held_against_the_log():
    kept = LOG.promise(7, START)
    broken = three_days()
    broken.leaves[7] = bytes(32)
    unkept = broken.promise(7, START)

    report = check(LOG.export(), kept=[("kept.json", json.dumps(kept).encode())])
    early = check(LOG.export(exported_at=START + 5), kept=[("unkept.json", json.dumps(unkept).encode())])

    assert "The entry that kept.json promises is entry 7." in report.checked
    assert any("before it was due" in sentence for sentence in early.not_checked)
    assert "A promise was broken" in refusal(LOG.export(), [("unkept.json", json.dumps(unkept).encode())])


def test_what_is_of_another_log_is_not_held_against_this_one():
    other = PaperLog(origin="muniment/other")
    other.add(START)
    trust = trusting([LOG.key.vkey, other.key.vkey])

    with pytest.raises(Unreadable, match="not of this one"):
        check(LOG.export(), trust, [("other.checkpoint", other.checkpoint().encode())])


def test_a_quorum_that_no_head_has_is_refused():
    log = PaperLog()
    log.add(START)
    log.publish(START, seen_by=1)

    with pytest.raises(NotValid, match="No head of this log was seen by the 2 witnesses"):
        check(log.export())


def test_entries_that_witnesses_have_not_seen_yet_are_said():
    log = three_days()
    log.add(START + 4 * DAY)
    log.publish(None)

    report = check(log.export())

    assert any("The last 1 entries" in sentence for sentence in report.not_checked)


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path):
    from muniment_verify.exports import lines_of

    endless = tmp_path / "endless.mlog"
    with endless.open("wb") as file:
        file.truncate(1_000_000_000)

    with endless.open("rb") as file, pytest.raises(Unreadable, match="too long"):
        check_log(lines_of(file), TRUST)


RIGHT = b"".join(as_lines(LOG.export()))


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(0, len(RIGHT) - 1), st.integers(0, 40))
def test_no_change_of_bytes_passes_or_makes_the_verifier_stumble(raw, at, length):
    changed = RIGHT[:at] + raw + RIGHT[at + length :]

    if [json_or(line) for line in changed.splitlines()] != [json_or(line) for line in RIGHT.splitlines()]:
        assert outcome(changed).endswith(".")


def json_or(line):
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return line
    return {**found, "exported_at": ""} if isinstance(found, dict) and "exported_at" in found else found


def outcome(raw):
    try:
        check_log(raw.splitlines(keepends=True), TRUST)
    except VerifyError as problem:
        return str(problem)
    return "valid"

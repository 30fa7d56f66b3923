"""Make tests/vectors/log: files with what a verifier must say of them. Run: python -m tests.verify.make_vectors."""

import json
from datetime import datetime
from pathlib import Path

from muniment_verify import notes
from muniment_verify.entries import Part
from muniment_verify.notes import WITNESS_KEY, Key
from muniment_verify.proofs import format_proof, parse_proof
from tests.verify.paper_log import (
    MINUTE,
    START,
    PaperLog,
    as_lines,
    b64,
    consistency,
    inclusion,
    private_key,
    root,
    three_days,
)

FOLDER = Path(__file__).parents[1] / "vectors" / "log"
VALID, NOT_VALID, UNREADABLE = "valid", "not valid", "could not check"
DAY = 86_400
LOG = three_days()
KEYS = [LOG.key.vkey, LOG.register_key.vkey, *(key.vkey for key in LOG.witness_keys)]


def case(name, result, files, keys=KEYS, quorum=None):
    return {"name": name, "result": result, "keys": list(keys), "quorum": quorum, "files": files}


def receipt_file(receipt):
    text = receipt if isinstance(receipt, str) else json.dumps(receipt, ensure_ascii=False)
    return {"a.receipt": text}


def log_file(objects, **kept):
    text = objects if isinstance(objects, str) else b"".join(as_lines(objects)).decode()
    return {"a.mlog": text, **{name.replace("_", "."): raw for name, raw in kept.items()}}


def changed(change, made=None):
    made = made if made is not None else LOG.receipt(7)
    change(made)
    return made


def text(part, **facts):
    part["text"] = json.dumps({**json.loads(part["text"]), **facts}, sort_keys=True, separators=(",", ":"))


def receipts():
    yield case("a receipt", VALID, receipt_file(LOG.receipt(7)))
    yield case("a receipt from an older head", VALID, receipt_file(LOG.receipt(2, 0)))
    yield case("the log's key alone", VALID, receipt_file(LOG.receipt(7)), KEYS[:1])
    yield case("all three witnesses asked for", VALID, receipt_file(LOG.receipt(7)), quorum=3)
    hidden = {"commitment": b64(Part.read(LOG.receipt(7)["entry"]["private"], "It").commitment)}
    withheld = changed(lambda one: one["entry"].update(private=hidden))
    yield case("who did it withheld", VALID, receipt_file(withheld))
    pretty = json.dumps(LOG.receipt(7), indent=2, ensure_ascii=True)
    yield case("written with spaces and escapes", VALID, receipt_file(pretty))
    log = PaperLog()
    log.add(
        START, "document.opened", facts={"name": "Жанна d\u2019Arc \u2028 \U0001f600 \x7f", "share": 1.5, "none": None}
    )
    log.publish(START + 1)
    yield case("words of every script", VALID, receipt_file(log.receipt(0)))
    yield from changed_receipts()
    yield from unreadable_receipts()


def changed_receipts():
    not_valid = {
        "the act changed": lambda one: text(one["entry"]["core"], event="document.opened"),
        "the person changed": lambda one: text(one["entry"]["private"], person="ben"),
        "the salt changed": lambda one: one["entry"]["core"].update(salt=b64(bytes(32))),
        "the parts swapped": lambda one: one["entry"].update(
            core=one["entry"]["private"], private=one["entry"]["core"]
        ),
        "another place": lambda one: one.update(proof=one["proof"].replace("index 7", "index 8")),
        "a place beyond the log": lambda one: one.update(proof=one["proof"].replace("index 7", "index 23")),
        "another size": lambda one: one.update(proof=one["proof"].replace("\n23\n", "\n24\n")),
        "another origin": lambda one: one.update(proof=one["proof"].replace("muniment/abc", "muniment/xbc")),
        "another entry's proof": lambda one: one.update(proof=LOG.receipt(8)["proof"]),
        "another head's place in the register": lambda one: one.update(register=LOG.receipt(7, 1)["register"]),
    }
    for name, change in not_valid.items():
        yield case(name, NOT_VALID, receipt_file(changed(change)))
    stranger = PaperLog(signing=private_key(2))
    yield case("the key of another installation", NOT_VALID, receipt_file(LOG.receipt(7)), [stranger.key.vkey])
    yield case(
        "the key under another name", NOT_VALID, receipt_file(LOG.receipt(7)), [LOG.key.named("muniment/x").vkey]
    )
    other_register = LOG.key.named("muniment-register/other").vkey
    yield case(
        "another register than the given one", NOT_VALID, receipt_file(LOG.receipt(7)), [KEYS[0], other_register]
    )
    one_witness = PaperLog()
    one_witness.add(START)
    one_witness.publish(START, seen_by=1)
    yield case("one witness of three", NOT_VALID, receipt_file(one_witness.receipt(0)))
    yield case("one witness, one asked for", VALID, receipt_file(one_witness.receipt(0)), quorum=1)
    twice = one_witness.receipt(0)
    twice["register"] += twice["register"].rsplit("\n", 2)[1] + "\n"
    yield case("one witness signing twice", NOT_VALID, receipt_file(twice))
    unsigned = LOG.receipt(7)
    text_of_register, lines = unsigned["register"].rsplit("\n\n", 1)
    unsigned["register"] = text_of_register + "\n\n" + lines.split("\n", 1)[1]
    yield case("a register that witnesses signed and its log did not", NOT_VALID, receipt_file(unsigned))
    early = PaperLog()
    early.add(START + DAY)
    early.publish(START)
    yield case("dated after it was seen", NOT_VALID, receipt_file(early.receipt(0)))


def unreadable_receipts():
    right = json.dumps(LOG.receipt(7), ensure_ascii=False)
    for name, made in {
        "nothing": "",
        "not JSON": right[:-1],
        "a list": f"[{right}]",
        "another version": right.replace("receipt/1", "receipt/2"),
        "a name twice": right.replace('"format":', '"format": "muniment-receipt/1", "format":', 1),
        "a name twice, escaped": right.replace('"format":', '"\\u0066ormat": "muniment-receipt/1", "format":', 1),
        "a number too large": right[:-1] + ', "more": 9007199254740993}',
        "not a number": right[:-1] + ', "more": NaN}',
        "an unknown name": right[:-1] + ', "more": 1}',
        "a byte order mark": "\ufeff" + right,
        "nested deep": '{"a":' * 5_000 + "1" + "}" * 5_000,
        "base64 without padding": changed(lambda one: one["entry"]["core"].update(salt=b64(bytes(31) + b"x")[:-1])),
        "base64 with other last bits": changed(lambda one: one["entry"]["core"].update(salt="A" * 42 + "B=")),
        "a short salt": changed(lambda one: one["entry"]["core"].update(salt=b64(bytes(31)))),
        "both text and commitment": changed(lambda one: one["entry"]["core"].update(commitment=b64(bytes(32)))),
        "the act withheld": changed(lambda one: one["entry"].update(core={"commitment": b64(bytes(32))})),
        "a size with a zero in front": changed(lambda one: one.update(proof=one["proof"].replace("\n23\n", "\n023\n"))),
        "a size too large": changed(lambda one: one.update(proof=one["proof"].replace("\n23\n", f"\n{2**53}\n"))),
        "a place with a sign": changed(lambda one: one.update(proof=one["proof"].replace("index 7", "index +7"))),
        "a control character in a note": changed(
            lambda one: one.update(proof=one["proof"].replace("\n23\n", "\n23\t\n"))
        ),
        "a note without its last newline": changed(lambda one: one.update(proof=one["proof"][:-1])),
        "a broken character": right.replace("document.downloaded", "\\\\ud800", 1).replace("\\\\ud800", "\\ud800"),
    }.items():
        yield case(name, UNREADABLE, receipt_file(made))
    same_witness = LOG.witness_keys[0].named("witness.example/again").vkey
    own = Key("witness.example/own", WITNESS_KEY, LOG.key.public).vkey
    right = receipt_file(LOG.receipt(7))
    yield case("no key", UNREADABLE, right, [])
    yield case("a key with a slip of the pen", UNREADABLE, right, [KEYS[0].replace("+", "+0", 1)])
    yield case("a key of small order", UNREADABLE, right, [notes.format_vkey(LOG.origin, 1, bytes(32))])
    yield case("one witness under two names", UNREADABLE, right, [*KEYS[:3], same_witness])
    yield case("the log as its own witness", UNREADABLE, right, [*KEYS[:2], own])
    yield case("a quorum of nobody", UNREADABLE, right, quorum=0)
    yield case("a quorum of more than there are", UNREADABLE, right, quorum=4)


def logs():
    yield case("a log", VALID, log_file(LOG.export()))
    yield case("the log's key alone", VALID, log_file(LOG.export()), KEYS[:1])
    yield case("older checkpoint kept", VALID, log_file(LOG.export(), old_checkpoint=LOG.checkpoint(13)))
    yield case("receipt kept", VALID, log_file(LOG.export(), old_receipt=json.dumps(LOG.receipt(2, 0))))
    yield case("promise kept", VALID, log_file(LOG.export(), old_json=json.dumps(LOG.promise(7, START))))
    dropped = LOG.export()
    for place, line in enumerate(dropped[1:9]):
        if place % 2:
            line.pop("core"), line.pop("private")
            line["leaf"] = b64(LOG.leaves[place])
        else:
            line["core"] = {"commitment": b64(Part.read(line["core"], "It").commitment)}
    yield case("bodies dropped", VALID, log_file(dropped))
    empty = PaperLog()
    empty.publish(START)
    yield case("an empty log", VALID, log_file(empty.export()))
    large = PaperLog()
    for place in range(300):
        large.add(START + place)
        if place in (0, 1, 127, 128, 254, 255, 256):
            large.publish(START + place)
    large.publish(START + 300)
    yield case("heads of many sizes", VALID, log_file(large.export()))
    yield from attacked_logs()
    yield from false_times()


def attacked_logs():
    def swap(export):
        export[4], export[5] = {**export[5], "i": 3}, {**export[4], "i": 4}

    attacks = {
        "an act changed": lambda export: text(export[5]["core"], event="document.opened"),
        "two entries swapped": swap,
        "an entry missing": lambda export: export.pop(5),
        "the end missing": lambda export: export.pop(-1),
        "heads out of order": lambda export: export.insert(24, export.pop(25)),
        "a head in another's place": lambda export: export[24]["head"].update(register=export[25]["head"]["register"]),
        "another origin announced": lambda export: export[0].update(origin="muniment/other"),
        "another size announced": lambda export: export[0].update(size=22),
    }
    for name, attack in attacks.items():
        yield case(name, NOT_VALID, log_file(changed(attack, LOG.export())))
    for name, attack in {
        "a line after the end": lambda export: export.append({"end": 23}),
        "an entry after the heads": lambda export: export.insert(-1, export[3]),
        "leaf and parts": lambda export: export[3].update(leaf=b64(bytes(32))),
        "an entry without time": lambda export: export[3]["core"].update(text="{}"),
        "another version": lambda export: export[0].update(format="muniment-log/2"),
    }.items():
        yield case(name, UNREADABLE, log_file(changed(attack, LOG.export())))
    cut = three_days()
    cut.heads = cut.heads[:2]
    yield case("cut, checkpoint kept", NOT_VALID, log_file(cut.export(), old_checkpoint=LOG.checkpoint()))
    yield case("cut, nothing kept", VALID, log_file(cut.export()))
    anew = PaperLog()
    for place, (core, _) in enumerate(LOG.entries):
        at = int(datetime.fromisoformat(json.loads(core["text"])["at"]).timestamp())
        anew.add(at, "document.opened" if place == 4 else "document.downloaded")
        if place in (4, 12, 22):
            anew.publish(at + MINUTE)
    yield case("signed anew, nothing kept", VALID, log_file(anew.export()))
    yield case("signed anew, checkpoint kept", NOT_VALID, log_file(anew.export(), old_checkpoint=LOG.checkpoint(13)))
    kept = json.dumps(LOG.receipt(2, 0))
    yield case("signed anew, receipt kept", NOT_VALID, log_file(anew.export(), old_receipt=kept))
    never = three_days()
    never.leaves[7] = bytes(32)
    promise = json.dumps(never.promise(7, START))
    yield case("a broken promise", NOT_VALID, log_file(LOG.export(), old_json=promise))
    yield case("a promise not yet due", VALID, log_file(LOG.export(exported_at=START + 5), old_json=promise))
    fork = three_days()
    fork.register[-2] = bytes(32)
    size = len(fork.register)
    signed = fork.signed(notes.checkpoint_text(LOG.register_key.name, size, root(fork.register)), LOG.register_key.name)
    export = LOG.export()
    forked = format_proof(size - 1, inclusion(fork.register, size - 1), signed)
    export.insert(-1, {"head": {"checkpoint": LOG.heads[-1][1], "register": forked}})
    yield case("two registers of one size", NOT_VALID, log_file(export))


def false_times():
    for name, seconds, result in (("within tolerance", 599, VALID), ("backdated", 601, NOT_VALID)):
        log = PaperLog()
        log.add(START)
        log.publish(START + 30)
        log.add(START + 30 - seconds)
        log.publish(START + 60)
        yield case(f"an entry {name}", result, log_file(log.export()))
    newer = PaperLog()
    for day in range(2):
        newer.add(START + day * DAY)
        newer.publish(START + day * DAY + 1)
    size, note, proof = newer.heads[0]
    index, newest = parse_proof(proof).index, parse_proof(newer.heads[1][2]).note
    newer.heads[0] = (size, note, format_proof(index, inclusion(newer.register, index), newest))
    yield case("an older head in a newer register", VALID, log_file(newer.export()))
    ahead = PaperLog()
    ahead.add(START + DAY)
    ahead.publish(START)
    yield case("an entry dated ahead", NOT_VALID, log_file(ahead.export()))


def promises_and_checkpoints():
    promise = LOG.promise(7, START)
    yield case("a promise", VALID, {"a.json": json.dumps(promise)})
    yield case("a promise as in the header", VALID, {"a.json": b64(json.dumps(promise).encode())})
    yield case("a promise changed", NOT_VALID, {"a.json": json.dumps({**promise, "within_seconds": 60})})
    yield case("a promise of another log", NOT_VALID, {"a.json": json.dumps({**promise, "origin": "muniment/x"})})
    yield case("a promise without leaf", UNREADABLE, {"a.json": json.dumps({**promise, "leaf": ""})})
    yield case("a checkpoint", VALID, {"a.checkpoint": LOG.checkpoint()})
    yield case("two checkpoints", VALID, {"a.checkpoint": LOG.checkpoint(5), "b.checkpoint": LOG.checkpoint(23)})
    fork = three_days()
    fork.leaves[3] = bytes(32)
    yield case("a fork", NOT_VALID, {"a.checkpoint": LOG.checkpoint(), "b.checkpoint": fork.checkpoint()})
    yield case("a checkpoint changed", NOT_VALID, {"a.checkpoint": LOG.checkpoint().replace("\n23\n", "\n22\n")})
    yield case("a checkpoint without signature", UNREADABLE, {"a.checkpoint": LOG.checkpoint().split("\u2014")[0]})


def trees():
    """Roots and proofs of the reference tree of Certificate Transparency, each leaf being already hashed."""
    from tests.verify.test_merkle import HASHES

    return {
        "leaves": [b64(leaf) for leaf in HASHES],
        "roots": [b64(root(HASHES[:size])) for size in range(9)],
        "inclusion": [
            {"index": index, "size": size, "proof": [b64(one) for one in inclusion(HASHES[:size], index)]}
            for size in range(1, 9)
            for index in range(size)
        ],
        "consistency": [
            {"old": old, "new": new, "proof": [b64(one) for one in consistency(HASHES[:new], old)]}
            for new in range(1, 9)
            for old in range(1, new + 1)
        ],
    }


def made():
    """Return every file of vectors: its name and its content."""
    groups = {"receipts": receipts, "logs": logs, "promises-and-checkpoints": promises_and_checkpoints}
    found = {name: {"cases": list(group())} for name, group in groups.items()}
    return {**found, "trees": trees()}


def as_file(content):
    return json.dumps(content, indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in made().items():
        (FOLDER / f"{name}.json").write_text(as_file(content))

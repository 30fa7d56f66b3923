"""A log on paper that was restored from a backup, and vectors: what was lost, what contradicts, what is fine."""

import copy
import json

from muniment_verify import notes
from tests.verify.paper_log import MINUTE, REGISTER, START, PaperLog, as_lines, b64, root, three_days

DAY = 86_400
NEW_ORIGIN = "muniment/restoredrestoredrestore22"
NEW_REGISTER = "muniment-register/restoredrestoredrestore22"
VALID, NOT_VALID, LOST, UNREADABLE = "valid", "not valid", "entries lost", "could not check"


class RestoredLog(PaperLog):
    """What goes on after a restore: the entries of the backup, under a new name."""

    def signed(self, text, name, cosigned_at=None, seen_by=3):
        return super().signed(text, NEW_REGISTER if name == REGISTER else name, cosigned_at, seen_by)

    @property
    def register_key(self):
        return self.key.named(NEW_REGISTER)

    def publish(self, at=None, seen_by=3, strangers=2):
        super().publish(at, seen_by, strangers)
        size, note, proof = self.heads.pop()
        old = notes.checkpoint_text(REGISTER, len(self.register), root(self.register))
        new = notes.checkpoint_text(NEW_REGISTER, len(self.register), root(self.register))
        path = proof.partition("\n\n")[0]
        assert old.split("\n")[2] == new.split("\n")[2]
        self.heads.append((size, note, path + "\n\n" + self.signed(new, NEW_REGISTER, at, seen_by)))


def restored(before=None, *, size=13, heads=2, known=True, **changes):
    """Restore a log to its first `size` entries and `heads` heads, and let it go on for two entries."""
    before = before or three_days()
    log = RestoredLog(origin=NEW_ORIGIN, signing=before.signing)
    log.entries, log.leaves = before.entries[:size], before.leaves[:size]
    log.heads = list(before.heads[:heads])
    in_register = [3, 6, 9][heads - 1]
    log.register = before.register[:in_register]
    facts = {
        "former_origin": before.origin,
        "former_size": size,
        "former_root": b64(root(log.leaves)),
        "former_register_origin": REGISTER,
        "former_register_size": in_register,
        "former_register_root": b64(root(log.register)),
        "register": NEW_REGISTER,
    }
    if known:
        facts |= {"known_size": len(before.leaves), "known_root": b64(root(before.leaves))}
    at = START + 5 * DAY
    log.add(at, "portal.restored", facts={**facts, **changes})
    log.add(at + MINUTE)
    log.publish(at + 2 * MINUTE)
    return log


OLD, NEW = three_days(), restored()
OLD_KEYS = [OLD.key.vkey, OLD.register_key.vkey, *(key.vkey for key in OLD.witness_keys)]
NEW_KEYS = [NEW.key.vkey, NEW.register_key.vkey, *(key.vkey for key in NEW.witness_keys)]


def case(name, result, files, keys=NEW_KEYS, quorum=None):
    return {"name": name, "result": result, "keys": list(keys), "quorum": quorum, "files": files}


def export(log=NEW, change=None, **kept):
    objects = copy.deepcopy(log.export())
    if change is not None:
        change(objects)
    text = b"".join(as_lines(objects)).decode()
    return {"a.mlog": text, **{name.replace("_", "."): raw for name, raw in kept.items()}}


def restores():
    """Yield the vectors."""
    yield case("a log that was restored", VALID, export())
    yield case("by the keys from before the restore", VALID, export(), OLD_KEYS)
    yield case("restored, and no newer head was known", VALID, export(restored(known=False)))
    yield from kept_from_before()
    yield from contradicting()
    yield from checkpoints()


def kept_from_before():
    for keys, whose in ((OLD_KEYS, "old"), (NEW_KEYS, "new")):
        yield case(f"a checkpoint that the backup holds, {whose} keys", VALID,
                   export(kept_checkpoint=OLD.checkpoint(5)), keys)  # fmt: skip
        yield case(f"a checkpoint of where the backup ends, {whose} keys", VALID,
                   export(kept_checkpoint=OLD.checkpoint(13)), keys)  # fmt: skip
        yield case(f"a checkpoint of what was lost, {whose} keys", LOST,
                   export(kept_checkpoint=OLD.checkpoint(23)), keys)  # fmt: skip
    yield case("a checkpoint from after the restore", VALID, export(kept_checkpoint=NEW.checkpoint(15)))
    yield case("a receipt of an entry that the backup holds", VALID,
               export(kept_receipt=json.dumps(OLD.receipt(7, 1))))  # fmt: skip
    yield case("a receipt of an entry that is still there, from a head that was lost", LOST,
               export(kept_receipt=json.dumps(OLD.receipt(7))))  # fmt: skip
    yield case("a receipt of an entry that was lost", LOST, export(kept_receipt=json.dumps(OLD.receipt(20))))
    yield case("a promise of an entry that was lost", LOST, export(kept_json=json.dumps(OLD.promise(20, START + DAY))))
    yield case("a promise of an entry that is there", VALID, export(kept_json=json.dumps(OLD.promise(7, START + DAY))))
    late = OLD.promise(20, START + 6 * DAY)
    yield case("a promise under the old name after the restore", NOT_VALID, export(kept_json=json.dumps(late)))
    other = three_days()
    other.entries, other.leaves = [], []
    for number in range(23):
        other.add(START + number * MINUTE, "folder.created")
    yield case("another history of the former log", NOT_VALID, export(kept_checkpoint=other.checkpoint(5)))
    stranger = PaperLog(origin="muniment/stranger")
    stranger.add(START)
    stranger.publish(START)
    yield case("a checkpoint of a log that it does not name", UNREADABLE,
               export(kept_checkpoint=stranger.checkpoint()), [*NEW_KEYS, stranger.key.vkey])  # fmt: skip


def contradicting():
    root_of_less = b64(root(OLD.leaves[:12]))
    yield case("another root than the entries before it make", NOT_VALID, export(restored(former_root=root_of_less)))
    yield case("another size than where it stands", NOT_VALID, export(restored(former_size=12)))
    yield case("another log's name", NOT_VALID, export(restored(former_origin="muniment/stranger")))
    yield case("another register than the heads stand in", NOT_VALID, export(restored(register="muniment-register/x")))
    yield case("no root", UNREADABLE, export(restored(former_root="")))

    def with_lost_head(objects):
        objects.insert(-2, {"head": {"checkpoint": OLD.heads[2][1], "register": OLD.heads[2][2]}})

    yield case("a head of what was lost among the heads", NOT_VALID, export(change=with_lost_head))
    unnamed = RestoredLog(origin=NEW_ORIGIN, signing=OLD.signing)
    unnamed.entries, unnamed.leaves, unnamed.heads = OLD.entries[:13], OLD.leaves[:13], list(OLD.heads[:2])
    unnamed.register = OLD.register[:6]
    unnamed.add(START + 5 * DAY)
    unnamed.publish(START + 5 * DAY + MINUTE)
    yield case("a new name and no entry that says why", NOT_VALID, export(unnamed))


def checkpoints():
    said = json.dumps(NEW.receipt(13))

    def together(*sizes):
        notes_of = {f"{size}.checkpoint": OLD.checkpoint(size) for size in sizes}
        return {**notes_of, "new.checkpoint": NEW.checkpoint(15), "restore.receipt": said}

    yield case("checkpoints of both names, and a receipt of the restore", VALID, together(5, 13))
    yield case("the same by the old keys", VALID, together(13), OLD_KEYS)
    yield case("a checkpoint of what was lost, and a receipt of the restore", LOST, together(23))
    forged = {**together(), "13.checkpoint": RestoredLog.checkpoint(other_of_13())}
    yield case("another history up to the restore", NOT_VALID, forged)
    both = {"13.checkpoint": OLD.checkpoint(13), "new.checkpoint": NEW.checkpoint(15)}
    yield case("checkpoints of both names alone", NOT_VALID, both, [*OLD_KEYS, *NEW_KEYS[:2]])


def other_of_13():
    other = RestoredLog()
    for number in range(13):
        other.add(START + number * MINUTE, "folder.created")
    return other

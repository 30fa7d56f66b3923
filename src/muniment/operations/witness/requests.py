"""What a log sends to have a checkpoint cosigned.

Source: C2SP tlog-witness, add-checkpoint.
"""

from dataclasses import dataclass

from muniment_verify.encoding import HASH_BYTES, from_base64, to_number
from muniment_verify.errors import Unreadable
from muniment_verify.notes import LARGEST_NOTE, Checkpoint, Note, parse_checkpoint, parse_note

MOST_HASHES = 63
LARGEST_BODY = LARGEST_NOTE + 4096  # the old size and 63 hashes of 45 characters are less than that
OLD = "old "


@dataclass(frozen=True)
class Submission:
    """A checkpoint, and the proof that its tree begins with the tree of `old_size` leaves."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint


def parse(body: bytes) -> Submission:
    """Take a submission apart; nothing in it is verified yet.

    Raises:
        Unreadable: it is not in the format.
    """
    try:
        head, gap, written = body.decode("utf-8").partition("\n\n")
    except UnicodeDecodeError:
        raise Unreadable("The request is not UTF-8.") from None
    first, *lines = head.split("\n")
    if not gap or not first.startswith(OLD):
        raise Unreadable("The request does not begin with `old` and a size, and end its proof with an empty line.")
    if len(lines) > MOST_HASHES:
        raise Unreadable("The proof has more than 63 hashes.")
    note = parse_note(written)
    return Submission(
        old_size=to_number(first.removeprefix(OLD), "The old size"),
        proof=tuple(from_base64(line, "A hash of the proof", HASH_BYTES) for line in lines),
        note=note,
        checkpoint=parse_checkpoint(note.text),
    )

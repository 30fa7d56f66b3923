"""What a witness signs, and what it never signs: two trees of one log that do not continue each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from muniment.core import clock
from muniment.operations.witness import requests
from muniment.operations.witness.keys import WitnessKey
from muniment.operations.witness.requests import Submission
from muniment.operations.witness.state import Held, State
from muniment_verify.errors import VerifyError
from muniment_verify.merkle import EMPTY_ROOT, verify_consistency
from muniment_verify.notes import Key, Note, format_note, verify_note

TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"


@dataclass(frozen=True)
class Answer:
    """What is sent back: an HTTP status, the media type and the body."""

    status: int
    body: str
    media_type: str = TEXT


class Witness:
    """Remembers the largest tree it saw of each log it was told of, and cosigns what continues it.

    The look at the state and its change are one transaction, so of two racing requests the second one sees what the
    first one did. A cosignature leaves only after its transaction is on disk: whoever never got the answer asks
    again and gets one for the same tree.

    Source: C2SP tlog-witness, add-checkpoint.
    """

    def __init__(self, key: WitnessKey, state: State) -> None:
        self._key = key
        self._state = state

    def add_checkpoint(self, body: bytes) -> Answer:
        """Return the answer to a request: cosignature lines, or why there are none.

        Raises:
            StateUnavailable: the state cannot be read or written; nothing was signed.
        """
        try:
            submission = requests.parse(body)
        except VerifyError as error:
            return Answer(400, f"{error}\n")
        checkpoint = submission.checkpoint
        keys = self._state.keys(checkpoint.origin)
        if not keys:
            return Answer(404, "This witness does not know this log.\n")
        try:
            verify_note(submission.note, keys)
        except VerifyError:
            return Answer(403, "The checkpoint is not signed with a key that this witness knows of this log.\n")
        if submission.old_size > checkpoint.size:
            return Answer(400, "The old size is larger than the checkpoint.\n")
        kept = _without_strangers(submission.note, keys)
        with self._state.holding(checkpoint.origin) as held:
            return self._decide(submission, kept, held)

    def _decide(self, submission: Submission, kept: str, held: Held) -> Answer:
        new, head = submission.checkpoint, held.head
        at = int(clock.now().timestamp())
        if head.note and new.size == head.size and new.root != head.root:
            held.keep_conflict(new, kept, at)  # two signed trees of one size: this proves the fork to anybody
            return Answer(409, f"{head.size}\n", SIZE)
        if submission.old_size != head.size:
            return Answer(409, f"{head.size}\n", SIZE)
        if not _continues(submission, head.root):
            return Answer(422, "The proof does not show that this tree begins with the one that was cosigned last.\n")
        if at < head.at:
            return Answer(503, "The clock of this witness is behind what it has signed.\n")
        line = self._key.cosign(submission.note.text, at)
        held.move(new, kept + line, at)
        return Answer(200, line)


def _continues(submission: Submission, old_root: bytes) -> bool:
    new = submission.checkpoint
    if new.size == 0 and new.root != EMPTY_ROOT:
        return False
    return verify_consistency(submission.old_size, new.size, old_root, new.root, submission.proof)


def _without_strangers(note: Note, keys: Sequence[Key]) -> str:
    """Return the note with the signatures of the log alone: what strangers add to it is not kept."""
    known = {(key.name, key.id) for key in keys}
    return format_note(note.text, [str(line) for line in note.signatures if (line.name, line.key_id) in known])

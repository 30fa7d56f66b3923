"""The law of a witness: whatever it is asked, in whatever order, what it signs is one history that only grows."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.operations.witness import place
from muniment.operations.witness.rules import Witness
from tests.operations.witness.logs import Log, consistency

pytestmark = pytest.mark.control("audit-immutable")

LONGEST = 12
TRUE = Log(LONGEST)
HISTORIES = [TRUE, *(TRUE.fork(keep, *(f"{keep} {n}" for n in range(LONGEST - keep))) for keep in (0, 3, 8))]
REQUESTS = st.tuples(
    st.sampled_from(range(len(HISTORIES))),
    st.integers(0, LONGEST),  # the size it is asked to cosign
    st.integers(0, LONGEST),  # the size that the sender thinks it is at
    st.booleans(),  # or what it says it is at
    st.integers(0, len(HISTORIES) - 1),  # whose proof is sent
)


@settings(max_examples=60)
@given(st.lists(REQUESTS, max_size=25))
def test_what_is_cosigned_is_one_history_that_only_grows(requests):
    with tempfile.TemporaryDirectory() as folder:
        ours = place.make(Path(folder) / "witness", "witness.example.com", None)
        ours.state.add_key(TRUE.key, TRUE.origin)
        witness = Witness(ours.key, ours.state)
        signed: list[tuple[int, str]] = []

        for which, size, thought, asks, other in requests:
            log = HISTORIES[which]
            old = ours.state.heads()[0].size if asks else thought
            proof = proof_of(HISTORIES[other], old, size)
            answer = witness.add_checkpoint(log.submission(old, size, proof=proof))
            if answer.status == 200:
                signed.append((size, log.note(size)))

        sizes = [size for size, _ in signed]
        assert sizes == sorted(sizes)
        assert not signed or any(all(note == log.note(size) for size, note in signed) for log in HISTORIES)
        (head,) = ours.state.heads()
        assert head.size == (sizes[-1] if sizes else 0)


def proof_of(log: Log, old: int, size: int) -> list[bytes]:
    """Return the right proof of a history, or none where there is none."""
    return consistency(log.leaves[:size], old) if 0 < old < size else []

"""What a witness cosigns, and every answer that C2SP tlog-witness wants when it does not."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from muniment.core import clock
from muniment.operations.witness.place import Place
from muniment.operations.witness.rules import SIZE, Witness
from muniment_verify.encoding import to_base64
from tests.operations.witness.logs import Log, cosigned

LOG = Log(7)


@pytest.fixture(autouse=True)
def _known(ours: Place) -> None:
    ours.state.add_key(LOG.key, LOG.origin)


@pytest.mark.control("audit-immutable")
def test_a_tree_that_grows_is_cosigned_at_each_size(ours: Place, witness: Witness):
    before = int(clock.now().timestamp())

    first = witness.add_checkpoint(LOG.submission(0, 3))
    second = witness.add_checkpoint(LOG.submission(3, 7))

    assert (first.status, second.status) == (200, 200)
    for answer, size in ((first, 3), (second, 7)):
        signer = cosigned(LOG.note(size), answer.body, ours.key.public.vkey)
        assert signer.at is not None
        assert before <= signer.at <= int(clock.now().timestamp())
    (head,) = ours.state.heads()
    assert (head.size, head.note) == (7, LOG.note(7) + second.body)
    assert ours.state.days(LOG.origin) == [LOG.note(7) + second.body]


def test_whoever_lost_the_answer_asks_again_and_gets_one(ours: Place, witness: Witness):
    witness.add_checkpoint(LOG.submission(0, 5))

    lost = witness.add_checkpoint(LOG.submission(0, 5))
    again = witness.add_checkpoint(LOG.submission(5, 5))

    assert (lost.status, lost.body, lost.media_type) == (409, "5\n", SIZE)
    assert again.status == 200
    cosigned(LOG.note(5), again.body, ours.key.public.vkey)


def test_an_empty_tree_is_cosigned(ours: Place, witness: Witness):
    answer = witness.add_checkpoint(LOG.submission(0, 0))

    assert answer.status == 200
    cosigned(LOG.note(0), answer.body, ours.key.public.vkey)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (Log(3, origin="another.example/log").submission(0), 404),
        (Log(3).submission(0), 403),  # the same origin, signed by somebody else
        (LOG.submission(5, 3, proof=[]), 400),
        (LOG.submission(2, 7), 409),
        (LOG.submission(3, 7, proof=[]), 422),
        (LOG.submission(3, 7, proof=[b"x" * 32] * 4), 422),
        (LOG.submission(3, 3, proof=[b"x" * 32]), 422),
        (LOG.fork(2, "other", "leaves", "here").submission(3), 422),
        (b"", 400),
        (b"old 3\n", 400),
        (b"old 03\n\n" + LOG.note().encode(), 400),
        (b"old -3\n\n" + LOG.note().encode(), 400),
        (b"old 3 \n\n" + LOG.note().encode(), 400),
        (b"new 3\n\n" + LOG.note().encode(), 400),
        (b"old 3\n" + to_base64(b"x" * 31).encode() + b"\n\n" + LOG.note().encode(), 400),
        (LOG.submission(3, 7, proof=[b"x" * 32] * 64), 400),
        (b"old 3\n\n" + LOG.note().encode()[:-1], 400),
        (b"old 3\n\n\xff" + LOG.note().encode(), 400),
        (b"old 3\n\n" + LOG.note().replace("\n", "\r\n").encode(), 400),
    ],
    ids=range(19),
)
def test_what_is_not_in_order_is_refused_and_changes_nothing(ours: Place, witness: Witness, body: bytes, status: int):
    assert witness.add_checkpoint(LOG.submission(0, 3)).status == 200
    before = ours.state.heads()

    answer = witness.add_checkpoint(body)

    assert answer.status == status
    assert "—" not in answer.body
    assert ours.state.heads() == before


def test_a_proof_before_the_first_tree_is_refused(witness: Witness):
    assert witness.add_checkpoint(LOG.submission(0, 3, proof=[b"x" * 32])).status == 422


@pytest.mark.control("audit-immutable")
def test_two_trees_of_one_size_are_kept_as_proof_of_the_fork(ours: Place, witness: Witness):
    witness.add_checkpoint(LOG.submission(0, 4))
    other = LOG.fork(3, "rewritten")
    strangers = Log(4).line(other.note().partition("\n\n")[0] + "\n")

    answers = [witness.add_checkpoint(other.submission(old, proof=[]) + strangers.encode()) for old in (4, 0)]

    assert [(answer.status, answer.body) for answer in answers] == [(409, "4\n"), (409, "4\n")]
    (fork,) = ours.state.conflicts()
    assert fork.theirs == other.note()
    assert fork.ours.startswith(LOG.note(4))
    assert ours.state.heads()[0].root != b""


def test_a_turned_key_signs_beside_the_old_one_until_that_is_dropped(ours: Place, witness: Witness):
    turned = Log(7)  # the same leaves under a key of its own
    ours.state.add_key(turned.key, LOG.origin)

    answers = [witness.add_checkpoint(LOG.submission(0, 2)).status, witness.add_checkpoint(turned.submission(2)).status]
    assert ours.state.drop_key(LOG.key, LOG.origin)
    assert not ours.state.drop_key(LOG.key, LOG.origin)
    answers.append(witness.add_checkpoint(LOG.submission(7)).status)

    assert answers == [200, 200, 403]


@pytest.mark.control("audit-immutable")
def test_of_racing_requests_none_rolls_back_and_none_forks(ours: Place, witness: Witness):
    """The race of the specification: N and N+K are checked at once, and N must not be written last."""
    long = Log(40)
    ours.state.add_key(long.key, long.origin)
    other = long.fork(0, *(f"other {number}" for number in range(40)))
    together = threading.Barrier(8)

    def ask(number: int) -> list[tuple[int, bytes, str]]:
        log = long if number % 2 else other
        together.wait()
        got = []
        for size in range(1 + number // 2, 40, 4):
            answer = witness.add_checkpoint(log.submission(0, size))
            old = int(answer.body) if answer.status == 409 else 0
            if answer.status == 409 and old <= size:
                answer = witness.add_checkpoint(log.submission(old, size))
            if answer.status == 200:
                got.append((size, log.note(size).encode(), answer.body))
        return got

    with ThreadPoolExecutor(8) as pool:
        cosigned_notes = [one for found in pool.map(ask, range(8)) for one in found]

    histories = {note in {long.note(size).encode() for size in range(41)} for _, note, _ in cosigned_notes}
    assert len(histories) == 1  # whoever came first decided; nobody got both
    (head,) = ours.state.heads()[-1:]
    assert head.size == max(size for size, _, _ in cosigned_notes)


def test_a_clock_that_is_behind_signs_nothing(ours: Place, witness: Witness, monkeypatch: pytest.MonkeyPatch):
    witness.add_checkpoint(LOG.submission(0, 3))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now - timedelta(minutes=5))

    answer = witness.add_checkpoint(LOG.submission(3, 5))

    assert answer.status == 503
    assert ours.state.heads()[0].size == 3

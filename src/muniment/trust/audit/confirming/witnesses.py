"""Asks witnesses to cosign the newest head of the register, and keeps what they sign.

Source: C2SP tlog-witness, add-checkpoint; tlog-cosignature, type 0x04.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from muniment.core import clock, config
from muniment.trust.audit.confirming import posting
from muniment.trust.audit.types import Outcome
from muniment_verify.encoding import to_base64
from muniment_verify.errors import VerifyError
from muniment_verify.notes import Key, SignatureLine, Signer, parse_note, parse_vkey, verify_note

PATH = "/add-checkpoint"
CLOCKS_SECONDS = 300.0  # a witness whose clock is further off says wrong things about when entries were there
SIZE = "text/x.tlog.size"
LONGEST_NUMBER = 16
REFUSALS: Mapping[int, Outcome] = {404: Outcome.UNKNOWN_LOG, 403: Outcome.UNKNOWN_KEY, 422: Outcome.CONTRADICTED}


@dataclass(frozen=True)
class WitnessSetting:
    """A witness of the settings."""

    key: Key
    url: str


@dataclass(frozen=True)
class Asked:
    """What one witness is asked: to cosign `note`, of `size`, whose tree begins with that of `old` leaves."""

    witness: WitnessSetting
    note: str
    size: int
    old: int
    proof: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Answered:
    """What came of it. `seen` is the largest size that the witness is known to have seen."""

    asked: Asked
    outcome: Outcome
    seen: int
    line: str = ""
    at: datetime | None = None


def configured() -> list[WitnessSetting]:
    """Return the witnesses of the settings."""
    found = []
    for written in config.current().witnesses or ():
        key, _, url = written.partition(" ")
        found.append(WitnessSetting(parse_vkey(key), url.strip().rstrip("/")))
    return found


def quorum(count: int) -> int:
    """Return how many of `count` witnesses are more than half: two such groups have a witness in common."""
    return count // 2 + 1


def ask_all(questions: list[Asked]) -> list[Answered]:
    """Ask every witness at the same time; a slow one keeps the others from nothing."""
    if not questions:
        return []
    with ThreadPoolExecutor(max_workers=len(questions), thread_name_prefix="witness") as pool:
        return list(pool.map(_ask, questions))


def _ask(asked: Asked) -> Answered:
    head = "".join([f"old {asked.old}\n", *(to_base64(digest) + "\n" for digest in asked.proof), "\n"])
    try:
        answer = posting.post(asked.witness.url + PATH, (head + asked.note).encode(), "text/plain; charset=utf-8")
    except posting.Unreachable:
        return Answered(asked, Outcome.UNREACHABLE, asked.old)
    if answer.status == 200:  # noqa: PLR2004 - OK
        return _cosigned(asked, answer.body)
    if answer.status == 409:  # noqa: PLR2004 - Conflict
        return _elsewhere(asked, answer)
    return Answered(asked, REFUSALS.get(answer.status, Outcome.REFUSED), asked.old)


def _elsewhere(asked: Asked, answer: posting.Answer) -> Answered:
    """Return what it means that the witness is at another size than was thought."""
    written = answer.body.removesuffix(b"\n")
    if answer.media_type != SIZE or not written.isdigit() or len(written) > LONGEST_NUMBER:
        return Answered(asked, Outcome.REFUSED, asked.old)
    seen = int(written)
    if seen > asked.size:
        return Answered(asked, Outcome.AHEAD, seen)
    if seen == asked.old:  # it is where it was thought to be, and has another tree there
        return Answered(asked, Outcome.CONTRADICTED if seen else Outcome.REFUSED, seen)
    return Answered(asked, Outcome.BEHIND, seen)


def _cosigned(asked: Asked, body: bytes) -> Answered:
    try:
        signer, line = _signature(asked, body.decode("utf-8"))
    except (UnicodeDecodeError, VerifyError):
        return Answered(asked, Outcome.WRONG_SIGNATURE, asked.old)
    at = datetime.fromtimestamp(signer.at or 0, UTC)
    if abs((clock.now() - at).total_seconds()) > CLOCKS_SECONDS:
        return Answered(asked, Outcome.WRONG_CLOCK, asked.size)
    return Answered(asked, Outcome.CONFIRMED, asked.size, str(line), at)


def _signature(asked: Asked, lines: str) -> tuple[Signer, SignatureLine]:
    """Return the witness's own signature among the lines it sent, verified over what was asked.

    Raises:
        VerifyError: there is none.
    """
    key = asked.witness.key
    note = parse_note(parse_note(asked.note).text + "\n" + lines)
    own = [line for line in note.signatures if (line.name, line.key_id) == (key.name, key.id)][:1]
    (signer,) = verify_note(replace(note, signatures=tuple(own)), [key])
    return signer, own[0]

"""How it is with those who confirm the log, in sentences."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from muniment.core import clock
from muniment.core.health import HealthLine, State
from muniment.trust.audit import signing
from muniment.trust.audit.confirming import confirmations, witnesses
from muniment.trust.audit.models import RegisterHead, RegisterTree, TimeStamp
from muniment.trust.audit.types import CONTRADICTIONS, ConfirmerFacts, Outcome

LATE = timedelta(minutes=10)
STAMP_LATE = timedelta(hours=2)
SENTENCES: Mapping[Outcome, tuple[State, str]] = {
    Outcome.CONFIRMED: ("good", "It cosigned the newest head of the log that it was shown."),
    Outcome.BEHIND: ("notice", "It is at an older head than it was; it is asked again."),
    Outcome.UNREACHABLE: ("notice", "It cannot be reached; it is asked again and again."),
    Outcome.REFUSED: ("notice", "It refuses. Its operator's logs say why."),
    Outcome.UNKNOWN_LOG: ("notice", "It does not know this log: give its operator the key of the register."),
    Outcome.UNKNOWN_KEY: ("notice", "It does not know the key this log signs with now: give it to its operator."),
    Outcome.UNREADABLE: ("notice", "It answers in another format than it should, so nothing was kept."),
    Outcome.WRONG_SIGNATURE: ("bad", "It signs with another key than the settings say, so nothing was kept."),
    Outcome.WRONG_CLOCK: ("bad", "Its clock, or the clock of this machine, is more than five minutes wrong."),
    Outcome.AHEAD: (
        "bad",
        "It has seen more than this log now holds: the log has lost what it had signed, as after the restore of an "
        "old backup. docs/witness.md says what to do.",
    ),
    Outcome.CONTRADICTED: (
        "bad",
        "What it has seen is not how this log begins: the history was changed, or there are two of it. "
        "docs/witness.md says what to do.",
    ),
}


def witness_lines() -> Iterator[HealthLine]:
    """Say which key a witness needs, how it last went with each, and whether more than half of them sign."""
    for vkey in signing.vkeys(RegisterTree.objects.get().origin):
        yield HealthLine("Key for witnesses", "good", vkey)
    facts = confirmations.witness_facts()
    if not facts:
        sentence = "None is set. Somebody else's witness is what shows that a log was not rewritten: docs/witness.md."
        yield HealthLine("Witnesses", "notice", sentence)
        return
    yield _quorum(len(facts))
    for fact in facts:
        yield _line(f"Witness {fact.name}", fact)


def contradictions() -> list[str]:
    """Return a sentence for every witness that has seen another history than the log's, or a longer one."""
    return [
        f"The witness {fact.name} contradicts it. {SENTENCES[fact.outcome][1]}"
        for fact in confirmations.witness_facts()
        if fact.outcome in CONTRADICTIONS
    ]


def _quorum(count: int) -> HealthLine:
    needed = witnesses.quorum(count)
    last = confirmations.last_witnessed_at()
    waiting = RegisterHead.objects.filter(signed_at__lt=clock.now() - LATE).order_by("-size").first()
    if waiting is not None and (last is None or last < waiting.signed_at):
        since = "No head was ever" if last is None else f"Since {_moment(last)} no head was"
        sentence = f"{since} cosigned by {needed} of {count}. The log goes on, and what is missing is asked for again."
        return HealthLine("Witnesses", "bad", sentence)
    if last is None:
        return HealthLine("Witnesses", "notice", f"None has signed yet. {needed} of {count} are needed.")
    return HealthLine("Witnesses", "good", f"{needed} of {count} are needed, and sign.")


def time_stamp_lines() -> Iterator[HealthLine]:
    """Say how old the newest time stamp is, and how it last went with the authority."""
    fact = confirmations.authority_facts()
    if fact is None:
        sentence = "No authority is set. Without one, that entries were not backdated rests on the witnesses alone."
        yield HealthLine("Time stamps", "notice", sentence)
        return
    last = TimeStamp.objects.order_by("-size").first()
    unstamped = RegisterHead.objects.filter(size__gt=last.size if last else 0).order_by("size").first()
    if unstamped is not None and clock.now() - unstamped.signed_at > STAMP_LATE:
        told = SENTENCES[fact.outcome][1] if fact.outcome else "It was not asked yet."
        yield HealthLine("Time stamps", "bad", f"None since {_moment(unstamped.signed_at)}. {told}")
    elif last is None:
        yield HealthLine("Time stamps", "good", "There is nothing to stamp yet, or it is less than two hours old.")
    else:
        yield HealthLine("Time stamps", "good", f"The newest confirms {_moment(last.at)}.")


def _line(name: str, fact: ConfirmerFacts) -> HealthLine:
    if fact.outcome is None:
        return HealthLine(name, "notice", "It was not asked yet.")
    state, sentence = SENTENCES[fact.outcome]
    since = f" It last signed at {_moment(fact.confirmed_at)}." if fact.confirmed_at else " It never signed."
    return HealthLine(name, state, sentence + since)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"

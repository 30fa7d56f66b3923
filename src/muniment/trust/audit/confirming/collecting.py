"""Brings the newest head of the register to the witnesses, and remembers how it went with each."""

from django.db import connection, transaction

from muniment.core import clock
from muniment.trust.audit.confirming import witnesses
from muniment.trust.audit.confirming.witnesses import Answered, Asked, WitnessSetting
from muniment.trust.audit.models import Confirmer, Cosignature, RegisterHead
from muniment.trust.audit.proving.trees import register_consistency
from muniment.trust.audit.types import CONTRADICTIONS, Outcome

_REMEMBER = """
insert into confirmer (name, outcome, size, asked_at, confirmed_at) values (%s, %s, %s, %s, %s)
on conflict (name) do update set outcome = excluded.outcome, size = excluded.size, asked_at = excluded.asked_at,
  confirmed_at = coalesce(excluded.confirmed_at, confirmer.confirmed_at)
"""
_KEEP = "insert into cosignature (size, witness, line, at) values (%s, %s, %s, %s) on conflict do nothing"


def collect() -> list[Answered]:
    """Have every witness that has not signed it yet cosign the newest head of the register.

    Returns the answers that contradict what the same witness was last known to say: each of them is worth an alarm.
    A witness that cannot be asked is asked again the next time; nothing waits for it.
    """
    head = RegisterHead.objects.order_by("-size").first()
    configured = witnesses.configured()
    if head is None or not configured:
        return []
    vkeys = [witness.key.vkey for witness in configured]
    known = {row.name: row for row in Confirmer.objects.filter(name__in=vkeys)}
    done = set(Cosignature.objects.filter(size=head.size).values_list("witness", flat=True))
    questions = [
        _question(witness, head, known[witness.key.vkey].size if witness.key.vkey in known else 0)
        for witness in configured
        if witness.key.vkey not in done
    ]
    answers = witnesses.ask_all(questions)
    behind = [answer for answer in answers if answer.outcome is Outcome.BEHIND]
    again = witnesses.ask_all([_question(answer.asked.witness, head, answer.seen) for answer in behind])
    final = [answer for answer in answers if answer.outcome is not Outcome.BEHIND] + again
    for answer in final:
        _save(answer)
    return [answer for answer in final if answer.outcome in CONTRADICTIONS and _is_news(answer, known)]


def _question(witness: WitnessSetting, head: RegisterHead, old: int) -> Asked:
    """Ask from the size the witness is known to be at; one that is ahead of us is asked where it is."""
    old = 0 if old > head.size else old
    proof = () if old in {0, head.size} else tuple(register_consistency(old, head.size))
    return Asked(witness, head.note, head.size, old, proof)


def _save(answer: Answered) -> None:
    vkey, now = answer.asked.witness.key.vkey, clock.now()
    confirmed = now if answer.outcome is Outcome.CONFIRMED else None
    with transaction.atomic(), connection.cursor() as cursor:
        if answer.outcome is Outcome.CONFIRMED:
            cursor.execute(_KEEP, [answer.asked.size, vkey, answer.line, answer.at])
        cursor.execute(_REMEMBER, [vkey, str(answer.outcome), answer.seen, now, confirmed])


def _is_news(answer: Answered, known: dict[str, Confirmer]) -> bool:
    before = known.get(answer.asked.witness.key.vkey)
    return before is None or before.outcome != answer.outcome

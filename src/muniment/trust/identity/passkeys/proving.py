"""Check what a passkey or security key proves: counted before, used once, written down when it fails.

Nothing here can be guessed, so guesses of passwords close nothing here: whoever is delayed after wrong passwords still
signs in with a passkey. Tries are counted for each credential from each source, so that nobody closes it to others.
"""

import hashlib
import json
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.trust.audit.types import Event
from muniment.trust.identity import actions, delegation, devices, limits, models, queries
from muniment.trust.identity.errors import SignsInElsewhere, TooManyTries
from muniment.trust.identity.passkeys import ceremonies
from muniment.trust.identity.passkeys.actions import note_copied
from muniment.trust.identity.passkeys.queries import rows_of
from muniment.trust.identity.passkeys.types import Purpose, Unproved

LIMIT = limits.Limit("passkey", tries=10, account_a_day=None)
LONGEST_ANSWER = 20_000
CHALLENGES, CHALLENGES_SECONDS = 300, 900  # given to strangers of one source: each is a row for a while


def count_challenge(request: HttpRequest) -> None:
    """Count a challenge that is given to somebody nobody knows yet.

    Where somebody has signed in before there is always one: whoever uses up all that an address gets closes it to no
    neighbour.

    Raises:
        TooManyTries: too many were asked for from there.
    """
    asked = limits.count_from("passkey challenge", queries.visitor(request).ip, window_seconds=CHALLENGES_SECONDS)
    if asked > CHALLENGES and not devices.is_anybodys(request):
        raise TooManyTries


def proved(request: HttpRequest, purpose: Purpose, typed: str, person: models.Person | None) -> Authenticator | None:
    """Return the credential that an answer proves, or None; of `person`, or of whoever it says without one.

    Raises:
        TooManyTries: too many answers for this credential failed before; nothing was checked.
        SignsInElsewhere: signing in with it alone is not for people of this organisation.
    """
    place, answer = queries.visitor(request), as_json(typed)
    trial = limits.begin(LIMIT, account=_account(answer), ip=place.ip)
    try:
        row = _checked(place, request, purpose, answer, person.id if person else None)
    except Unproved as refusal:
        _failed(place, trial, person.id if person else None, refusal.why)
        return None
    trial.passed()
    if purpose == "sign-in":
        _insist_here(place, row.user)
    return row


def _insist_here(place: Actor, person: models.Person) -> None:
    """Refuse a passkey alone where the person's organisation alone says who its people are; it stays a second step."""
    try:
        delegation.insist_here(person.email, person.id)
    except SignsInElsewhere:
        actions.note_failure(place, event=Event.SIGN_IN_FAILED, person_id=person.id, kind="passkey")
        raise


def _checked(
    place: Actor, request: HttpRequest, purpose: Purpose, answer: Any, person_id: UUID | None
) -> Authenticator:
    state = ceremonies.challenge(request.session, purpose, person_id)
    said = ceremonies.read(answer)
    whose = person_id or ceremonies.owner(said)
    with transaction.atomic():
        person = models.Person.objects.filter(id=whose, disabled_at=None).first() if whose else None
        row = _row(person, said.raw_id)
        seen = ceremonies.proved(state, ceremonies.credential(row.data["credential"]), said)
        if purpose == "confirm" and row.data["alone"] and not ceremonies.is_verified(seen):
            raise Unproved("verification")  # the device that lies open has it: that it is there says nothing
        is_copied = (seen.counter or row.data["count"]) and seen.counter <= row.data["count"]
        if not is_copied:
            row.data |= {"count": seen.counter, "synced": ceremonies.is_synced(seen)}
            row.last_used_at = clock.now()
            row.save(update_fields=["data", "last_used_at"])
    if is_copied and person is not None:
        note_copied(place, person_id=person.id, name=row.data["name"])
        raise Unproved("counter")
    return row


def _row(person: models.Person | None, raw_id: bytes) -> Authenticator:
    """Return the person's credential with this id, locked: its counter moves."""
    for row in rows_of(person.id if person else None):
        if ceremonies.credential(row.data["credential"]).credential_id == raw_id:
            return Authenticator.objects.select_for_update(of=("self",)).select_related("user").get(pk=row.pk)
    raise Unproved("unknown")


def _failed(place: Actor, trial: limits.Try, person_id: UUID | None, why: str) -> None:
    delayed = trial.failed(person_id)
    actions.note_failure(place, event=Event.FACTOR_FAILED, person_id=person_id, kind=f"passkey {why}")
    if delayed:
        actions.note_failure(place, event=Event.SIGN_IN_LOCKED, person_id=person_id, kind=LIMIT.name)


def as_json(typed: str) -> Any:
    """Return what a browser sent, or None where it is no JSON."""
    try:
        return json.loads(typed) if len(typed) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        return None


def _account(answer: Any) -> str:
    """Return what tries are counted for: the credential that the answer names, whether or not there is such a one."""
    named = str(answer.get("rawId", "")) if isinstance(answer, dict) else ""
    return "passkey " + hashlib.sha256(named.encode()).hexdigest()

"""Check what a person says to prove who they are: counted before, written down when it fails."""

from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.core.cache import cache
from django.http import HttpRequest

from muniment.core.actor import Actor
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.identity import actions, codes, letter_texts, limits, models, queries
from muniment.trust.identity.errors import TooManyTries

TURNED_AWAY_WRITTEN, TURNED_AWAY_SECONDS = 20, 900  # beyond it nobody unknown fills the log
TELL_AGAIN_SECONDS = 86_400


def password(request: HttpRequest, email: str, secret: str) -> models.Person | None:
    """Return whose address and password these are, or None; the work is the same for an address of nobody.

    Raises:
        TooManyTries: too many failed before; nothing was checked.
    """
    place = queries.visitor(request)
    trial = _begin(place, limits.PASSWORD, email)
    found = authenticate(request, email=email, password=secret)
    AuthenticationBackend.unstash_authenticated_user()  # a disabled person; for us that is nobody
    if isinstance(found, models.Person):
        trial.passed()
        return found
    about = queries.find_person(email)
    _failed(place, trial, Event.SIGN_IN_FAILED, about)
    return None


def code(request: HttpRequest, person: models.Person, typed: str) -> Authenticator | None:
    """Return the authenticator that a code of the app, or an unused recovery code, belongs to, or None.

    A code of the app is taken once. Raises:
        TooManyTries: too many failed before; nothing was checked.
    """
    place = queries.visitor(request)
    limit = limits.RECOVERY_CODE if codes.is_recovery_code(typed) else limits.CODE
    trial = _begin(place, limit, str(person.id))
    found = codes.check(person.id, typed)
    if found is None:
        _failed(place, trial, Event.FACTOR_FAILED, person)
        return None
    trial.passed()
    return found


def first_code(request: HttpRequest, person: models.Person, secret: str, typed: str) -> bool:
    """Return whether a code fits a secret that is just being enrolled.

    Raises:
        TooManyTries: too many failed before; nothing was checked.
    """
    place = queries.visitor(request)
    trial = limits.begin(limits.CODE, account=f"new {person.id}", ip=place.ip)
    if codes.counter_of(secret, typed) is None:
        _failed(place, trial, Event.FACTOR_FAILED, person)
        return False
    trial.passed()
    return True


def link(request: HttpRequest, kind: str) -> limits.Try:
    """Count the opening of a one-use link of one kind ("invitation", "set-up", "reset") from this source.

    Raises:
        TooManyTries: too many useless links were opened from here.
    """
    return limits.begin(limits.LINK, account=f"link {kind}", ip=queries.visitor(request).ip)


def may_ask_reset(request: HttpRequest, email: str) -> bool:
    """Count the wish for a reset link; False when nothing more is mailed, which nobody is told."""
    try:
        limits.begin(limits.RESET, account=email, ip=queries.visitor(request).ip).failed()
    except TooManyTries:
        return False
    return True


def _begin(place: Actor, limit: limits.Limit, account: str) -> limits.Try:
    """Begin a try, or write down that it was turned away before anything was checked: so often from one source."""
    try:
        return limits.begin(limit, account=account, ip=place.ip)
    except TooManyTries as refusal:
        number = limits.count_from("turned away", place.ip, window_seconds=TURNED_AWAY_SECONDS)
        if number <= TURNED_AWAY_WRITTEN:
            audit.record_refusal(place, f"try a {limit.name}", refusal)
        raise


def _failed(place: Actor, trial: limits.Try, event: Event, about: models.Person | None) -> None:
    """Write the failure down; if it brought a delay, write that down and tell whose account it is."""
    person_id: UUID | None = about.id if about else None
    delayed = trial.failed(person_id)
    actions.note_failure(place, event=event, person_id=person_id, kind=trial.limit.name)
    if not delayed:
        return
    actions.note_failure(place, event=Event.SIGN_IN_LOCKED, person_id=person_id, kind=trial.limit.name)
    if about is not None and cache.add(f"told:{about.id}", 1, TELL_AGAIN_SECONDS):
        subject, body = letter_texts.sign_in_delayed(place)
        actions.write_letter(to=about.email, subject=subject, body=body, person_id=about.id)

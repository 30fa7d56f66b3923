"""Check what a person says to prove who they are: counted before, written down when it fails."""

import functools
import secrets
from typing import Any, Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.identity import actions, codes, delegation, letter_texts, limits, models, proofs, queries
from muniment.trust.identity.errors import ManySignIns, ProofNeeded, SignsInElsewhere, TooManyTries
from muniment.trust.identity.steps import mailed
from muniment.trust.identity.strength import hashing

TURNED_AWAY_WRITTEN, TURNED_AWAY_SECONDS = 20, 900  # beyond it nobody unknown fills the log
TELL_AGAIN_SECONDS = 86_400
LET_IN: Final = "__Host-let-in"
SOLVED, ASKED = "altcha", "asked"
ASKING: Final = frozenset(  # pages that show `_proof.html`: only there a proof of work can be asked for
    {
        "account_login",
        "mfa_authenticate",
        "account_mailed_code",
        "account_lost",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "account_change_password",
        "account_reset_password",
        "guest_code",
    }
)


def password(request: HttpRequest, email: str, secret: str) -> models.Person | None:
    """Return whose address and password these are, or None; the work is the same for an address of nobody.

    Raises:
        TooManyTries: too many failed before; nothing was checked.
        ProofNeeded: the browser is to do a sum first; nothing was checked.
        SignsInElsewhere: their organisation alone signs them in; whether the password is right stays unsaid.
    """
    trial = begin(request, limits.PASSWORD, email)
    about = queries.find_person(email)
    try:
        found = about if _is_password_of(about, secret) else None
    except ManySignIns:
        trial.undone()
        raise
    try:
        delegation.insist_here(email, found.id if found else None)
    except SignsInElsewhere:
        failed(request, trial, Event.SIGN_IN_FAILED, about)
        raise
    if found is None:
        failed(request, trial, Event.SIGN_IN_FAILED, about)
        return None
    trial.passed()
    return found


def _is_password_of(person: models.Person | None, secret: str) -> bool:
    """Return whether somebody may sign in with this; it is as much work where nobody has it, or may not any more."""
    if person is None or not person.is_active or not person.has_usable_password():
        hashing.hasher().spend(secret)
        return False
    return person.check_password(secret)


def code(request: HttpRequest, person: models.Person, typed: str) -> Authenticator | None:
    """Return the authenticator that a code of the app, or an unused recovery code, belongs to, or None.

    A code of the app is taken once. Raises:
        TooManyTries: too many failed before; nothing was checked.
        ProofNeeded: the browser is to do a sum first; nothing was checked.
    """
    limit = limits.RECOVERY_CODE if codes.is_recovery_code(typed) else limits.CODE
    trial = begin(request, limit, str(person.id))
    found = codes.check(person.id, typed)
    if found is None:
        failed(request, trial, Event.FACTOR_FAILED, person)
        return None
    trial.passed()
    return found


def mailed_code(request: HttpRequest, person: models.Person, kept: dict[str, Any], typed: str) -> bool:
    """Return whether a code is the one that was mailed to this browser's person, of which `kept` holds a hash.

    Raises:
        TooManyTries: too many failed before; nothing was checked.
        ProofNeeded: the browser is to do a sum first; nothing was checked.
    """
    trial = begin(request, limits.MAILED_CODE, str(person.id))
    if not mailed.take(kept, person.id, typed):
        failed(request, trial, Event.FACTOR_FAILED, person)
        return False
    trial.passed()
    return True


def first_code(request: HttpRequest, person: models.Person, secret: str, typed: str) -> bool:
    """Return whether a code fits a secret that is just being enrolled.

    Raises:
        TooManyTries: too many failed before; nothing was checked.
        ProofNeeded: the browser is to do a sum first; nothing was checked.
    """
    trial = limits.begin(limits.CODE, account=f"new {person.id}", ip=queries.visitor(request).ip)
    if codes.counter_of(secret, typed) is None:
        failed(request, trial, Event.FACTOR_FAILED, person)
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
    """Count the wish for a reset link; False when nothing more is mailed, which nobody is told.

    It takes as long as a sign-in, which hides what else differs; and it is done before a connection is needed.

    Raises:
        ProofNeeded: the browser is to do a sum first.
        ManySignIns: too many wait; the wish was not counted.
    """
    try:
        trial = begin(request, limits.RESET, email, written=False)
    except TooManyTries:
        return False
    try:
        hashing.hasher().spend(email)
    except ManySignIns:
        trial.undone()
        raise
    trial.failed()
    return True


def insist_may_ask_recovery(request: HttpRequest, person: models.Person) -> None:
    """Count the wish for a way back in, of somebody whose password was right.

    Raises:
        TooManyTries: they asked often already.
        ProofNeeded: the browser is to do a sum first.
    """
    begin(request, limits.RECOVERY, str(person.id)).failed(person.id)


def begin(request: HttpRequest, limit: limits.Limit, account: str, *, written: bool = True) -> limits.Try:
    """Begin a try, or write down that it was turned away before anything was checked: so often from one source.

    On pages that can ask for a proof of work, one is wanted after some failures; `request.proof` is what they show.

    Raises:
        TooManyTries: too many failed before.
        ProofNeeded: the browser is to do a sum first.
    """
    place = queries.visitor(request)
    prove = functools.partial(_insist, request) if _can_ask(request) else None
    browser = request.COOKIES.get(LET_IN, "")
    try:
        return limits.begin(limit, account=account, ip=place.ip, browser=browser, prove=prove)
    except TooManyTries as refusal:
        number = limits.count_from("turned away", place.ip, window_seconds=TURNED_AWAY_SECONDS)
        if written and number <= TURNED_AWAY_WRITTEN:
            audit.record_refusal(place, f"try a {limit.name}", refusal)
        raise


def failed(request: HttpRequest, trial: limits.Try, event: Event, about: models.Person | None) -> None:
    """Write the failure down; if it brought a delay, write that down and tell whose account it is.

    All of it in one transaction: what is undone for nobody would otherwise spare them a commit, which takes time.
    """
    place = queries.visitor(request)
    person_id: UUID | None = about.id if about else None
    delayed = trial.failed(person_id)
    with transaction.atomic():
        actions.note_failure(place, event=event, person_id=person_id, kind=trial.limit.name)
        if delayed:
            actions.note_failure(place, event=Event.SIGN_IN_LOCKED, person_id=person_id, kind=trial.limit.name)
            if cache.add(f"told:{trial.account_mac}", 1, TELL_AGAIN_SECONDS):
                _tell(place, about)
    if trial.wants_proof_next:
        ask_for_proof(request, trial.source)


def ask_beforehand(request: HttpRequest) -> None:
    """Have a page ask for a proof of work where so much failed from its source that strangers need one."""
    ip = queries.visitor(request).ip
    if limits.wants_proof_from(limits.PASSWORD, ip):
        ask_for_proof(request, limits.source_of("", ip, ""))


def ask_for_proof(request: HttpRequest, source: str, seconds: int = 0) -> None:
    """Have the page ask for a proof of work; somebody who waits instead goes on waiting for the same one."""
    if _can_ask(request):
        asked = request.POST.get(ASKED, "") if seconds else proofs.challenge(source)
        request.proof = {"challenge": asked, "seconds": seconds, "minutes": 1}  # type: ignore[attr-defined] # for the page


def _insist(request: HttpRequest, source: str) -> None:
    try:
        proofs.insist(source, solved=request.POST.get(SOLVED, ""), asked=request.POST.get(ASKED, ""))
    except ProofNeeded as refusal:
        ask_for_proof(request, source, refusal.seconds)
        raise


def _can_ask(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.view_name in ASKING


def _tell(place: Actor, about: models.Person | None) -> None:
    """Mail whose account it is what happened, with a way in; for nobody the same letter is written and undone."""
    secret = secrets.token_urlsafe(32)
    whom = about or models.Person(id=ids.new(), email="nobody@localhost", name="Nobody", kind="contact")
    with transaction.atomic():
        subject, body = letter_texts.sign_in_delayed(place, f"/sign-in/let-in/{secret}/")
        actions.write_letter(to=whom.email, subject=subject, body=body, person_id=about.id if about else None)
        limits.offer_way_in(secret, whom.id)
        if about is None:
            transaction.set_rollback(True)

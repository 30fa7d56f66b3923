"""Turn keys; place and lift holds; destroy keys, which two people must want."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from muniment.core import clock, config, ids
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import action, bound
from muniment.trust.access import actions as approvals
from muniment.trust.access import queries as access
from muniment.trust.access.errors import NotApproved, TooEarly
from muniment.trust.audit import actions as audit
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import Event
from muniment.trust.clients import actions as client_rows
from muniment.trust.clients import queries as clients
from muniment.trust.custody import certificates, queries
from muniment.trust.custody.errors import HeldAlready, NotDestructible, NotProved, UnderHold
from muniment.trust.custody.models import Destruction, Hold
from muniment.trust.custody.types import AFTERWARDS, DestructionFacts, HoldFacts
from muniment.trust.identity import actions as identity
from muniment.trust.vault import actions as vault

ACT = "key:destroy"


@action
def turn_keys(actor: Actor, *, what: str, of_client: UUID | None = None, reencrypts: bool = False) -> UUID:
    """Begin to turn keys: root, people, signing, client (with `of_client`) or clients; the worker does it.

    Raises:
        NotFound: `actor` may not.
        NeverTurns: there is no such key, or it never turns.
        TurningAlready: another rotation is under way.
    """
    access.require(actor, "key:turn")
    turning_id = vault.begin_turning(what, subject_id=of_client, reencrypts=reencrypts, person_id=actor.person_id).id
    audit.record(actor, Event.KEYS_TURNING, what=what, of_client=of_client, reencrypts=reencrypts, turning=turning_id)
    return turning_id


@action
def _record_turned(actor: Actor, *, turning_id: UUID, what: str, wrapped: int, sealed: int) -> None:
    audit.record(actor, Event.KEYS_TURNED, what=what, turning=turning_id, keys_wrapped=wrapped, values_sealed=sealed)


def go_on_turning(actor: Actor, *, seconds: float) -> bool:
    """Work for a while on the rotation that is under way; return whether it is finished now."""
    turning_id = vault.running_turning()
    done = vault.turn(turning_id, seconds=seconds) if turning_id else None
    if done is None:
        return False
    _record_turned(actor, turning_id=done.id, what=done.what, wrapped=done.keys_wrapped, sealed=done.values_sealed)
    return True


@action
def place_hold(actor: Actor, *, kind: str, object_id: UUID, reason: str) -> HoldFacts:
    """Forbid that the bound client, or one of its documents, is destroyed.

    Raises:
        NotFound: `actor` may not.
        NotDestructible: there is no such thing.
        HeldAlready: there is a hold on it.
    """
    access.require(actor, "hold:place")
    if kind not in {"client", "document"} or not queries.exists(kind, object_id, actor.client) or not reason.strip():
        raise NotDestructible
    try:
        with transaction.atomic():
            hold = Hold.objects.create(
                client_id=actor.client, kind=kind, object_id=object_id, reason=reason.strip(), placed_by=actor.person_id
            )
    except IntegrityError as error:
        raise HeldAlready from error
    audit.record(actor, Event.HOLD_PLACED, hold, about_kind=kind, about_id=object_id)
    return queries.hold_facts(hold)


@action
def lift_hold(actor: Actor, *, hold_id: UUID) -> None:
    """Lift a hold in the bound client.

    Raises:
        NotFound: there is none, or `actor` may not.
    """
    access.require(actor, "hold:place")
    hold = Hold.objects.filter(client_id=actor.client, id=hold_id, lifted_at=None).first()
    if hold is None:
        raise NotFound
    hold.lifted_at, hold.lifted_by = clock.now(), actor.person_id
    hold.save(update_fields=["lifted_at", "lifted_by"])
    audit.record(actor, Event.HOLD_LIFTED, hold, about_id=hold.object_id)


@action
def ask_destruction(
    actor: Actor, *, kind: str, subject_id: UUID, reason: str, of_client: UUID | None = None
) -> DestructionFacts:
    """Ask a second person to destroy the key of a client, a person, or a document of a client.

    Raises:
        NotFound: `actor` may not, or acts not within the firm.
        NotDestructible: there is no such thing, or its key is never destroyed.
        UnderHold: a hold is on it.
        AskedAlready: somebody has asked for it.
    """
    _require_in_firm(actor)
    of_client = subject_id if kind == "client" else of_client
    if not queries.exists(kind, subject_id, of_client):
        raise NotDestructible
    if queries.is_held(kind, subject_id, of_client):
        raise UnderHold
    asked = approvals.ask_approval(actor, act=ACT, obj=(kind, subject_id), reason=reason)
    destruction = Destruction.objects.create(
        client_id=actor.client,
        kind=kind,
        subject_id=subject_id,
        of_client=of_client,
        reason=asked.reason,
        approval_id=asked.id,
        asked_by=asked.asked_by,
    )
    audit.record(actor, Event.DESTRUCTION_ASKED, destruction, about_kind=kind, about_id=subject_id)
    return queries.destruction_facts(destruction)


@action
def approve_destruction(actor: Actor, *, destruction_id: UUID, reason: str = "") -> DestructionFacts:
    """Approve as the second person; the waiting time begins now.

    Raises:
        NotFound: there is none, or `actor` may not.
        SecondPersonNeeded, NotApproved: as for `access.approve`.
        UnderHold: a hold is on it.
    """
    destruction = _destruction(actor, destruction_id)
    if queries.is_held(destruction.kind, destruction.subject_id, destruction.of_client):
        raise UnderHold
    approvals.approve(actor, approval_id=destruction.approval_id, reason=reason)
    destruction.approved_by, destruction.approved_at = actor.person_id, clock.now()
    destruction.due_at = destruction.approved_at + timedelta(days=config.current().destruction_wait_days)
    destruction.state = "waiting"
    destruction.save()
    audit.record(actor, Event.DESTRUCTION_APPROVED, destruction, due=destruction.due_at)
    return queries.destruction_facts(destruction)


@action
def decline_destruction(actor: Actor, *, destruction_id: UUID) -> DestructionFacts:
    """Decline as the second person; refusals are as for `approve_destruction`."""
    destruction = _destruction(actor, destruction_id)
    approvals.decline(actor, approval_id=destruction.approval_id)
    return _end(actor, destruction, "declined", Event.DESTRUCTION_DECLINED)


@action
def take_back_destruction(actor: Actor, *, destruction_id: UUID) -> DestructionFacts:
    """Stop a destruction that was not carried out yet; whoever could ask for it can stop it.

    Raises:
        NotFound: there is none, or `actor` may not.
        NotApproved: it was declined, stopped or carried out before.
    """
    destruction = _destruction(actor, destruction_id)
    approvals.take_back(actor, approval_id=destruction.approval_id)
    return _end(actor, destruction, "taken-back", Event.DESTRUCTION_TAKEN_BACK)


@action
def carry_out(actor: Actor, *, destruction_id: UUID) -> DestructionFacts:
    """Destroy the key, once two people have wanted it and the waiting time is over: for the worker alone.

    Key, rows and entry go in one transaction, or not at all.

    Raises:
        NotFound: there is no such destruction.
        NotApproved, TooEarly: as for `access.use_approval`.
        UnderHold: a hold is on it.
    """
    destruction = _destruction(actor, destruction_id)
    if destruction.state != "waiting" or destruction.due_at is None:
        raise NotApproved
    if clock.now() < destruction.due_at:
        raise TooEarly
    if queries.is_held(destruction.kind, destruction.subject_id, destruction.of_client):
        raise UnderHold
    approvals.use_approval(actor, approval_id=destruction.approval_id, act=ACT, object_id=destruction.subject_id)
    destruction.keys_destroyed = _destroy(destruction)
    destruction.state, destruction.destroyed_at = "destroyed", clock.now()
    destruction.save()
    audit.record(
        actor,
        Event.KEY_DESTROYED,
        destruction,
        about_kind=destruction.kind,
        about_id=destruction.subject_id,
        keys=destruction.keys_destroyed,
    )
    return queries.destruction_facts(destruction)


@action
def prove_destruction(actor: Actor, *, destruction_id: UUID) -> DestructionFacts:
    """Try whether anything still opens, and make the certificate; for the worker, once no process keeps the key.

    Raises:
        NotFound: there is no such destruction, or nothing was destroyed yet.
    """
    destruction = _destruction(actor, destruction_id)
    if destruction.state != "destroyed":
        raise NotFound
    trial = queries.try_destroyed(destruction)
    destruction.proved_at = clock.now()
    destruction.state = "failed" if trial.opened or trial.copies_left else "proved"
    entry = audit.record(
        actor,
        Event.DESTRUCTION_PROVED if destruction.state == "proved" else Event.DESTRUCTION_FAILED,
        destruction,
        values=trial.values,
        documents=trial.documents,
        keys=trial.keys,
        opened=trial.opened,
        copies_left=trial.copies_left,
    )
    if destruction.state == "proved":
        destruction.certificate = certificates.make(destruction, trial, entry)
    destruction.save()
    return queries.destruction_facts(destruction)


@action
def download_certificate(actor: Actor, *, destruction_id: UUID, form: str) -> bytes:
    """Return a certificate as a file, `json` or `pdf`, with the receipt of its entry; each time is in the log.

    Raises:
        NotFound: there is no such destruction, or `actor` may not see it.
        NotProved: it has no certificate yet.
    """
    destruction = _destruction(actor, destruction_id)
    if destruction.certificate is None:
        raise NotProved
    audit.record(actor, Event.CERTIFICATE_DOWNLOADED, destruction, form=form)
    write = certificates.as_pdf if form == "pdf" else certificates.as_json
    receipt = log.receipt(actor, ids.private(destruction.certificate["log_entry"]))
    return write(certificates.with_receipt(destruction.certificate, receipt))


def _destroy(destruction: Destruction) -> int:
    subject, of_client = destruction.subject_id, destruction.of_client
    if destruction.kind == "person":
        identity.erase_person(subject)
        return vault.destroy_person_key(subject)
    if of_client is None:
        raise NotDestructible
    with bound(Binding(of_client)):
        if destruction.kind == "client":
            client_rows.close(of_client)
            return vault.destroy_client_key(of_client)
        found = queries.blobs_of(destruction.kind, of_client, subject)
        destruction.blob_ids = [str(blob_id) for blob_id in found]
        AFTERWARDS[destruction.kind](of_client, subject)
        return vault.destroy_blob_keys(of_client, found)


def _end(actor: Actor, destruction: Destruction, state: str, event: Event) -> DestructionFacts:
    destruction.state = state
    destruction.save(update_fields=["state"])
    audit.record(actor, event, destruction, about_kind=destruction.kind, about_id=destruction.subject_id)
    return queries.destruction_facts(destruction)


def _require_in_firm(actor: Actor) -> None:
    access.require(actor, ACT)
    if actor.client_id != clients.find_firm_id():
        raise NotFound


def _destruction(actor: Actor, destruction_id: UUID) -> Destruction:
    _require_in_firm(actor)
    rows = Destruction.objects.select_for_update()
    found = rows.filter(client_id=actor.client, id=destruction_id).first()
    if found is None:
        raise NotFound
    return found

"""What a directory says of its users and groups: kept as it said it, and followed as far as it may be."""

import json
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import action, bound
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.federation.scim.actions.following import follow_group, follow_user, let_go_of
from muniment.trust.federation.scim.attributes import address_of, user_name_of
from muniment.trust.federation.scim.errors import DirectoryFull, NameTaken, OtherVersion, RecordTooLarge
from muniment.trust.federation.scim.models import DirectoryRecord
from muniment.trust.federation.scim.types import KEPT_MOST, RECORDS_MOST
from muniment.trust.identity import queries as identity


@action
def create_record(actor: Actor, *, role: str, kind: str, body: dict[str, Any]) -> UUID:
    """Keep a new user or group of the actor's directory, and let them in or make the group; return its id.

    The caller has proved the token, whose `role` people get whom it brings. A user without an address that
    mail can be sent to is kept and is nobody yet.

    Raises:
        NotFound: `actor` is no directory.
        NameTaken: the directory has a user of this name.
        DirectoryFull, RecordTooLarge: it has brought, or says of this one, as much as it may.
        BeyondDirectory: it would let somebody administer, or give more than managers may.
    """
    _require_token(actor)
    _one_at_a_time(actor)
    rows = DirectoryRecord.objects.filter(client_id=actor.client)
    if rows.count() >= RECORDS_MOST:
        raise DirectoryFull
    row = DirectoryRecord(client_id=actor.client, kind=kind, body=body)
    _take(row, body)
    row.save(force_insert=True)
    audit.record(actor, Event.DIRECTORY_CHANGED, row, what="created", kind=kind, active=row.is_active)
    _follow(actor, row, role, is_switched_on=True)
    return row.id


@action
def replace_record(
    actor: Actor, *, role: str, record_id: UUID, body: dict[str, Any], version: int | None = None
) -> None:
    """Take over what the directory says of a user or group now. `active: false` ends everything they have here.

    Raises:
        NotFound: it has no such user or group.
        OtherVersion: it is not at `version` any more.
        NameTaken, BeyondDirectory: as for `create_record`.
        LastAdministrator, HereByGroup: as for ending somebody's place.
    """
    row = _row(actor, record_id, version)
    if row.body == body:
        audit.record(actor, Event.DIRECTORY_CHANGED, row, what="unchanged", kind=row.kind, active=row.is_active)
        return
    was_active, row.body = row.is_active, body
    _take(row, body)
    row.version += 1
    row.changed_at = clock.now()
    row.save()
    audit.record(actor, Event.DIRECTORY_CHANGED, row, what="replaced", kind=row.kind, active=row.is_active)
    _follow(actor, row, role, is_switched_on=not was_active)


@action
def remove_record(actor: Actor, *, record_id: UUID, version: int | None = None) -> None:
    """Forget a user or group of the directory, and end everything they have in the actor's client.

    Raises:
        NotFound, OtherVersion, BeyondDirectory, LastAdministrator, HereByGroup: as for `replace_record`.
    """
    row = _row(actor, record_id, version)
    let_go_of(actor, row)
    _out_of_groups(actor, row)
    audit.record(actor, Event.DIRECTORY_CHANGED, row, what="deleted", kind=row.kind, active=False)
    row.delete()


@action
def settle_record(actor: Actor, *, role: str, record_id: UUID) -> None:
    """Follow what the directory said, once somebody who was asked has joined: the portal's own act.

    Raises:
        NotFound: there is no such user.
        BeyondDirectory: as for `create_record`.
    """
    row = _row(actor, record_id, None)
    _follow(actor, row, role, is_switched_on=False)
    audit.record(actor, Event.DIRECTORY_CHANGED, row, what="settled", kind=row.kind, active=row.is_active)


def forget_records(person_id: UUID) -> None:
    """Forget what any directory says of somebody who is erased; a directory may bring them anew."""
    address = identity.person(person_id).email
    for client_id in {*clients.all_ids(), *clients.places_of(person_id)}:  # one that asked them knows an address
        with bound(Binding(client_id)):
            about = Q(person_id=person_id) | Q(email=address) | Q(user_name=address)
            DirectoryRecord.objects.filter(about, client_id=client_id).delete()


def _take(row: DirectoryRecord, body: dict[str, Any]) -> None:
    """Put what is looked up into the columns for it.

    Raises:
        NameTaken: another user has the name.
        RecordTooLarge: it is more than is kept.
    """
    if len(json.dumps(body)) > KEPT_MOST:
        raise RecordTooLarge
    if row.kind != "User":
        return
    row.user_name, row.email = user_name_of(body), address_of(body)
    row.is_active = body.get("active") is not False
    same = DirectoryRecord.objects.filter(client_id=row.client_id, user_name=row.user_name).exclude(id=row.id)
    if same.exists():
        raise NameTaken


def _follow(actor: Actor, row: DirectoryRecord, role: str, *, is_switched_on: bool) -> None:
    if row.kind == "Group":
        follow_group(actor, row)
        return
    before = row.person_id
    follow_user(actor, row, role, is_switched_on=is_switched_on)
    if row.person_id == before and not is_switched_on:
        return  # nobody came in whom a group could name
    reference = ids.public(row.id)
    for group in DirectoryRecord.objects.filter(~Q(group_id=None), client_id=actor.client, kind="Group"):
        if reference in members_of(group.body):
            follow_group(actor, group)


def members_of(body: dict[str, Any]) -> set[str]:
    """Return the ids that a group names as its members, as the directory knows them."""
    return {str(member.get("value")) for member in body.get("members") or () if member.get("value")}


def _out_of_groups(actor: Actor, row: DirectoryRecord) -> None:
    reference = ids.public(row.id)
    for group in DirectoryRecord.objects.filter(client_id=actor.client, kind="Group").exclude(id=row.id):
        kept = [member for member in group.body.get("members") or () if member.get("value") != reference]
        if len(kept) != len(group.body.get("members") or ()):
            group.body = {**group.body, "members": kept}
            group.version += 1
            group.changed_at = clock.now()
            group.save()


def _require_token(actor: Actor) -> None:
    """Let the portal itself alone do what a directory said; nobody else speaks for one."""
    if actor.kind != "system":
        raise NotFound


def _one_at_a_time(actor: Actor) -> None:
    """Let one change of a directory wait for another: many come at once, and each builds on what it sees."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"muniment/directory/{actor.client}"])


def _row(actor: Actor, record_id: UUID, version: int | None) -> DirectoryRecord:
    _require_token(actor)
    _one_at_a_time(actor)
    rows = DirectoryRecord.objects.select_for_update().filter(client_id=actor.client, id=record_id)
    row = rows.first()
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise OtherVersion
    return row

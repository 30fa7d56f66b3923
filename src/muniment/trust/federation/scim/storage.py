"""Where the SCIM library reads and writes: our rows, through our actions."""

from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError
from django.db.models import QuerySet
from scim2_models import (
    InvalidValueException,
    Meta,
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimFilter,
    SearchRequest,
    TooManyException,
    UniquenessException,
)
from scim2_models.path import CompareOperator, Comparison
from scim2_server.storage import ScimStorage, SearchPage
from scim2_server.utils import parametrize

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.trust.federation.scim import actions, attributes
from muniment.trust.federation.scim.errors import NameTaken, OtherVersion, TooManyRequests
from muniment.trust.federation.scim.models import DirectoryRecord
from muniment.trust.federation.scim.service import SERVICE
from muniment.trust.federation.scim.types import OPENED_A_MINUTE, OPENED_MOST
from muniment.trust.identity import actions as identity

_COUNTED_BY: Final = 100  # what is less costs nothing
_NAMED: Final = {"username": "user_name"}  # attributes that an index answers for


class Records(ScimStorage):
    """The users and groups of one client's directory; `role` is what people get whom it brings."""

    def __init__(self, actor: Actor, role: str) -> None:
        """Work within one client, for the token that was proved."""
        self.actor, self.role = actor, role

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """Return one user or group.

        Raises:
            NotFoundException: the directory has none of this id.
        """
        with acting_as(self.actor):
            rows = self._rows(resource_type.name).filter(id=_private(resource_id))
            row = rows.first()
            if row is None:
                raise NotFoundException
            return _resource(resource_type, row)

    def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        """Return a page of those that a filter finds, sorted as asked, else the oldest first.

        Raises:
            TooManyException: no index answers, and there are more than are opened for one question.
        """
        start, count = search_request.start_index_0 or 0, search_request.count
        with acting_as(self.actor):
            if search_request.filter is None and search_request.sort_by is None:
                return self._page(resource_types, start, count)
            found = self._found(resource_types, search_request.filter)
        found.sort(key=lambda one: (one.meta.created if one.meta else None, one.id))
        if search_request.sort_by is not None:
            falling = search_request.sort_order == SearchRequest.SortOrder.descending
            keys = {id(one): search_request.sort_value(one) for one in found}
            found.sort(key=lambda one: _sortable(keys[id(one)]), reverse=falling)
        return SearchPage(len(found), found[start : None if count is None else start + count])

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """Keep a new user or group, and follow it.

        Raises:
            UniquenessException: a user has the name already.
        """
        kind, body = str(resource_type.name), _body(resource)
        try:
            try:
                record_id = actions.create_record(self.actor, role=self.role, kind=kind, body=body)
            except IntegrityError:  # another client made the same person in this moment: now they have an account
                record_id = actions.create_record(self.actor, role=self.role, kind=kind, body=body)
        except NameTaken as refusal:
            raise UniquenessException from refusal
        return self.get(resource_type, ids.public(record_id))

    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        """Take over what the directory says now, and follow it.

        Raises:
            NotFoundException: the directory has none of this id.
            PreconditionFailedException: it is not at that version any more.
            UniquenessException: another user has the name.
        """
        record_id, version = self._known(resource_type, resource.id), _number(expected_version)
        try:
            actions.replace_record(
                self.actor, role=self.role, record_id=record_id, body=_body(resource), version=version
            )
        except OtherVersion as refusal:
            raise PreconditionFailedException from refusal
        except NameTaken as refusal:
            raise UniquenessException from refusal
        return self.get(resource_type, str(resource.id))

    def delete(self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None) -> None:
        """Forget a user or group, and end everything they have here.

        Raises:
            NotFoundException: the directory has none of this id.
            PreconditionFailedException: it is not at that version any more.
        """
        record_id = self._known(resource_type, resource_id)
        try:
            actions.remove_record(self.actor, record_id=record_id, version=_number(expected_version))
        except OtherVersion as refusal:
            raise PreconditionFailedException from refusal

    def _known(self, resource_type: ResourceType, resource_id: str | None) -> UUID:
        """Return the id of a row that is there; what is not there is no refused act."""
        with acting_as(self.actor):
            row = self._rows(resource_type.name).filter(id=_private(resource_id or "")).only("id").first()
        if row is None:
            raise NotFoundException
        return row.id

    def _rows(self, kind: str | None) -> QuerySet[DirectoryRecord]:
        return DirectoryRecord.objects.filter(client_id=self.actor.client, kind=kind)

    def _page(self, resource_types: list[ResourceType], start: int, count: int | None) -> SearchPage:
        known = {str(one.name): one for one in resource_types}
        rows = DirectoryRecord.objects.filter(client_id=self.actor.client, kind__in=known).order_by("created_at", "id")
        total = rows.count()
        shown = list(rows[start : None if count is None else start + count])
        self._count_opened(len(shown))
        return SearchPage(total, [_resource(known[row.kind], row) for row in shown])

    def _found(self, resource_types: list[ResourceType], wanted: ScimFilter[Any] | None) -> list[Resource[Any]]:
        known = {str(one.name): one for one in resource_types}
        rows = DirectoryRecord.objects.filter(client_id=self.actor.client, kind__in=known)
        rows = _narrowed(rows, wanted)
        if (number := rows.count()) > OPENED_MOST:
            raise TooManyException(detail="Ask for userName, or page through everything without a filter.")
        self._count_opened(number)
        found = [_resource(known[row.kind], row) for row in rows]
        if wanted is not None and not wanted.models and found:
            models = tuple(dict.fromkeys(type(one) for one in found))
            union: Any = models[0]
            for model in models[1:]:
                union = union | model
            wanted = parametrize(ScimFilter, union)(str(wanted))
        return [one for one in found if wanted is None or wanted.match(one)]

    def _count_opened(self, number: int) -> None:
        """Count what a question opens: one directory has its share of the machine, and others theirs.

        Raises:
            TooManyRequests: it was more within a minute than it may be.
        """
        what, most = f"directory opens {self.actor.client}", OPENED_A_MINUTE // _COUNTED_BY
        for _ in range(number // _COUNTED_BY):
            if identity.count_from(what, "", window_seconds=60) > most:
                raise TooManyRequests


def _narrowed(rows: QuerySet[DirectoryRecord], wanted: ScimFilter[Any] | None) -> QuerySet[DirectoryRecord]:
    """Return fewer rows where an index answers; the filter itself still has the last word."""
    node = None if wanted is None else wanted.ast
    if not isinstance(node, Comparison) or node.op != CompareOperator.eq or not isinstance(node.value, str):
        return rows
    column = _NAMED.get(str(node.attr_path).rpartition(":")[2].casefold())
    return rows if column is None else rows.filter(**{column: node.value.strip()})


def _resource(resource_type: ResourceType, row: DirectoryRecord) -> Resource[Any]:
    resource = SERVICE.get_model(resource_type).model_validate(row.body)
    resource.id = ids.public(row.id)
    resource.meta = Meta(
        resource_type=resource_type.name,
        created=row.created_at,
        last_modified=row.changed_at,
        version=f'W/"{row.version}"',
    )
    return resource


def _body(resource: Resource[Any]) -> dict[str, Any]:
    found: dict[str, Any] = resource.model_dump(mode="json", by_alias=True, exclude_none=True)
    return attributes.kept(found)


def _sortable(value: Any) -> tuple[bool, Any]:
    return value is None, value if value is not None else ""


def _private(reference: str) -> UUID:
    try:
        return ids.private(reference)
    except ValueError as error:
        raise NotFoundException from error


def _number(version: str | None) -> int | None:
    """Return the number in `W/"7"`.

    Raises:
        InvalidValueException: it is no version of ours.
    """
    if version is None:
        return None
    digits = version.removeprefix("W/").strip('"')
    if not digits.isdecimal():
        raise InvalidValueException
    return int(digits)

"""Model fields whose values are sealed before they reach the database.

A sealed value is bound to its place (client, table, column, row): moved anywhere else it does not
open. The row stays sealed in memory until the attribute is read. `values()`, `update()` and look-ups
refuse plaintext, so that nothing slips past the seal; only `PeopleEmail` can be looked up.
"""

import base64
import json
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.core import checks
from django.db import models
from django.db.models.lookups import Exact, In

from muniment.trust.vault import cards, queries
from muniment.trust.vault.errors import CardNumberRefused, KeyDestroyed, SealBroken
from muniment.trust.vault.keys import wrapping
from muniment.trust.vault.keys.wrapping import Seal

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    BinaryColumn = models.BinaryField[Any, Any]
    TextColumn = models.TextField[Any, Any]
else:  # Django's fields take no type arguments while running
    BinaryColumn, TextColumn = models.BinaryField, models.TextField

MAXIMUM_TEXT = 100_000
_EMAIL = b"e-mail"


class Sealed(bytes):
    """Ciphertext as it lies in the database, not opened yet."""

    __slots__ = ()


class _Opening:
    """The attribute of a sealed field: opens on first reading, takes plaintext on writing."""

    def __init__(self, field: "SealedField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self.field
        values = instance.__dict__
        name = self.field.attname
        if name not in values:  # deferred by the query
            instance.refresh_from_db(fields=[name])
        if isinstance(values[name], Sealed):
            values[name] = self.field.open(instance, values[name])
        return values[name]

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedField(BinaryColumn):
    """Base of the sealed fields: who holds the key, and how a value becomes bytes.

    No card number gets past: what people type is refused or masked by policy, what the portal writes itself
    (`typed=False`) is masked. `sealed_with` says for the data map which key it is.
    """

    sealed_with: ClassVar[str]
    description = "Sealed value"
    empty_strings_allowed = False

    def __init__(self, *args: Any, typed: bool = True, **kwargs: Any) -> None:
        """Take the options of any field; `editable` is left as given, unlike in BinaryField."""
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)
        self.typed = typed

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002
        """Put the opening attribute on the model."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opening(self))

    def _check_str_default_value(self) -> list[checks.CheckMessage]:
        """Accept text as a default: it is sealed like any other value."""
        return []

    def seal_now(self, instance: models.Model) -> Seal:
        """Return which key seals this field of `instance` now."""
        raise NotImplementedError

    def key(self, instance: models.Model, under: Seal) -> bytes:
        """Return the 32-byte key of a seal on this field of `instance`."""
        raise NotImplementedError

    def place(self, instance: models.Model) -> bytes:
        """Return the place the value is bound to."""
        raise NotImplementedError

    def encode(self, value: Any) -> bytes:
        """Return the bytes of a value."""
        raise NotImplementedError

    def decode(self, data: bytes) -> Any:
        """Return the value behind bytes made by `encode`."""
        raise NotImplementedError

    def open(self, instance: models.Model, sealed: Sealed) -> Any:
        """Return the plaintext value.

        Raises:
            SealBroken: the ciphertext was changed, or does not belong in this place.
        """
        data = bytes(sealed)
        key = self.key(instance, wrapping.seal_of(data))
        return self.decode(wrapping.open_(key, data, self.place(instance)))

    def seal(self, instance: models.Model, plain: bytes, under: Seal | None = None) -> Sealed:
        """Return the bytes of a value sealed as it is done now, or as told."""
        under = under or self.seal_now(instance)
        return Sealed(wrapping.seal(self.key(instance, under), plain, self.place(instance), under))

    def reseal(self, instance: models.Model, sealed: bytes, under: Seal) -> Sealed:
        """Return what was sealed, sealed with another key.

        Raises:
            SealBroken: as for `open`.
        """
        return self.seal(instance, self.encode(self.open(instance, Sealed(sealed))), under)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001
        """Return the sealed value to write; one that was never opened is written back as it is."""
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        clean = cards.keep_out(value, typed=self.typed)
        if clean != value:
            model_instance.__dict__[self.attname] = value = clean
        return self.seal(model_instance, self.encode(value))

    def get_db_prep_value(self, value: Any, connection: "BaseDatabaseWrapper", prepared: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Let sealed bytes through and nothing else."""
        if value is not None and not isinstance(value, Sealed):
            raise TypeError(f"{self.model.__name__}.{self.attname} is sealed: save the row, it cannot be looked up")
        return super().get_db_prep_value(None if value is None else bytes(value), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        """Mark what comes from the database as sealed."""
        return None if value is None else Sealed(value)

    def value_to_string(self, obj: models.Model) -> str:
        """Refuse to serialise: a dump would carry plaintext."""
        raise TypeError(f"{self.attname} is sealed")

    def _where(self) -> bytes:
        return f"{self.model._meta.db_table}.{self.column}".encode()


class _Text(SealedField):
    """Encodes text."""

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, str) or len(value) > MAXIMUM_TEXT:
            raise TypeError(f"{self.attname} takes text of at most {MAXIMUM_TEXT} characters")
        return value.encode()

    def decode(self, data: bytes) -> str:
        return data.decode()


class _Json(SealedField):
    """Encodes JSON."""

    def encode(self, value: Any) -> bytes:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def decode(self, data: bytes) -> Any:
        return json.loads(data)


class _OfClient(SealedField):
    """Sealed with the key of the client the row belongs to."""

    sealed_with = "client key"

    def seal_now(self, instance: models.Model) -> Seal:
        return Seal(queries.client_version(_uuid(instance, "client_id")))

    def key(self, instance: models.Model, under: Seal) -> bytes:
        if under.owner:
            raise SealBroken
        return queries.client_key(_uuid(instance, "client_id"), under.version)

    def place(self, instance: models.Model) -> bytes:
        return _uuid(instance, "client_id").bytes + _uuid(instance, "pk").bytes + self._where()


class OfPeople(SealedField):
    """Sealed with the key of the person whose id is in the attribute `of`, else with the installation's people key.

    A value whose person's key was destroyed reads as `ERASED`.
    """

    sealed_with = "key of the person or people key"
    ERASED: ClassVar[Any]

    def __init__(self, *args: Any, of: str = "", **options: Any) -> None:
        """Take the name of the attribute that holds the person's id, and the options of any field."""
        super().__init__(*args, **options)
        self.of = of

    def open(self, instance: models.Model, sealed: Sealed) -> Any:
        """Return the plaintext value, or what stands for one that was erased."""
        try:
            return super().open(instance, sealed)
        except KeyDestroyed:
            return self.ERASED

    def seal_now(self, instance: models.Model) -> Seal:
        """Return the person's own key where there is one, else the people key."""
        return self.owner_seal(instance) or Seal(queries.installation_version("people"))

    def owner_seal(self, instance: models.Model) -> Seal | None:
        """Return the seal of the person the row is about; None where there is none, or none with a key."""
        owner = getattr(instance, self.of) if self.of else None
        return Seal(owner=owner.bytes) if isinstance(owner, UUID) and queries.has_person_key(owner) else None

    def key(self, instance: models.Model, under: Seal) -> bytes:
        """Return the person's key or one that comes from the people key."""
        if under.owner:
            return queries.person_key(UUID(bytes=under.owner))
        return wrapping.derive(queries.installation_key("people", under.version), "field")

    def place(self, instance: models.Model) -> bytes:
        """Return table, column and row."""
        return str(instance.pk).encode() + b"\0" + self._where()


def _uuid(instance: models.Model, name: str) -> UUID:
    value = getattr(instance, name)
    if not isinstance(value, UUID):
        raise TypeError(f"a sealed row needs its {name} before it is saved")
    return value


class SealedText(_Text, _OfClient):
    """Text sealed with the client's key."""


class SealedJSON(_Json, _OfClient):
    """JSON sealed with the client's key."""


class PeopleText(_Text, OfPeople):
    """Text about a person, sealed with the person's key or the people key."""

    ERASED = "(erased)"


class PeopleJSON(_Json, OfPeople):
    """JSON about a person, sealed with the person's key or the people key."""

    ERASED: ClassVar = {}


class PeopleEmail(TextColumn):
    """An e-mail address sealed so that equal addresses give equal ciphertext, and so can be looked up.

    AES-SIV (RFC 5297): reveals that two rows hold the same address, and nothing else. Addresses are
    compared without regard to case, hence lower-cased before sealing.
    """

    sealed_with: ClassVar = "people key, equal addresses equally"
    _looked_up: ClassVar = ("exact", "iexact", "in", "isnull")

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Open the address."""
        return None if value is None else wrapping.open_same(_email_key(wrapping.seal_of_same(value)), value, _EMAIL)

    def get_prep_value(self, value: Any) -> Any:
        """Seal the address, the same way every time."""
        return None if value is None else seal_email(str(value), newest_email_seal())

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001
        """Return the address to write.

        Raises:
            CardNumberRefused: it holds a card number; an address cannot be masked.
        """
        value = super().pre_save(model_instance, add)
        if cards.find(str(value)):
            raise CardNumberRefused
        return value

    def get_lookup(self, lookup_name: str) -> Any:
        """Compare only for equality; `iexact` is the same thing here, because addresses are lower-cased."""
        if lookup_name not in self._looked_up:
            raise TypeError(f"a sealed e-mail address has no look-up {lookup_name}")
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else _UnderAnyVersion


class _UnderAnyVersion(In):
    """Finds an address under every version of the people key: while it turns, rows are sealed with both."""

    lookup_name = "exact"

    def __new__(cls, lhs: Any, rhs: Any) -> Any:
        """Compare columns with each other as they are."""
        return Exact(lhs, rhs) if hasattr(rhs, "resolve_expression") else super().__new__(cls)

    def get_prep_lookup(self) -> Any:
        """Return the address, or each of several, as every version of the key seals it."""
        values = self.rhs if isinstance(self.rhs, list | tuple | set | frozenset) else [self.rhs]
        seals = [Seal(version) for version in queries.installation_versions("people")]
        self.rhs = [seal_email(str(value), under) for value in values if value is not None for under in seals]
        return self.rhs


def seal_email(address: str, under: Seal) -> str:
    """Return an address sealed with one version of the people key, the same way every time."""
    return wrapping.seal_same(_email_key(under), address.lower(), _EMAIL, under)


def email_as_sealed(address: str) -> list[str]:
    """Return an address as every version of the people key seals it, for a question that no model can ask."""
    return [seal_email(address, Seal(version)) for version in queries.installation_versions("people")]


def email_start(under: Seal) -> str:
    """Return what the text of an address begins with when it was sealed after the key had turned; else nothing."""
    return base64.urlsafe_b64encode(under.head).decode() if under.version > 1 else ""


def newest_email_seal() -> Seal:
    """Return which key seals addresses now, asked of the database: two of the same must never differ for long."""
    return Seal(max(queries.installation_versions("people"), default=1))


def _email_key(under: Seal) -> bytes:
    if under.owner:
        raise SealBroken
    return wrapping.derive(queries.installation_key("people", under.version), "e-mail look-up", 64)


def take_over(field: "models.Field[Any, Any]", kind: type["models.Field[Any, Any]"]) -> None:
    """Turn a field of a library's model into a sealed one of `kind`; a migration makes its column fit."""
    field.__class__ = kind
    if isinstance(field, SealedField):
        setattr(field.model, field.attname, _Opening(field))

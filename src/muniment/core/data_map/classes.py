"""The four classes of data, and how a model says which of its fields is which."""

from dataclasses import dataclass
from enum import StrEnum


class Class(StrEnum):
    """How a field is to be treated."""

    PERSONAL = "personal"  # says something about a person: sealed
    CONTENT = "content"  # what a client wrote, or what tells it: sealed
    SECRET = "secret"  # noqa: S105 - the name of a class; gives access: sealed, or kept as a hash alone
    CLEAR = "clear"  # ids, times, sizes, states, counts: in the clear, because the database works with them


@dataclass(frozen=True)
class Datum:
    """One field: its class, what it is for, and what a reader of the map must know beside.

    `kept_as` says how a value is protected where its field does not tell: a hash, or sealed before it is
    saved. `because` says why a field is in the clear where its type or class would let one expect more.
    """

    kind: Class
    purpose: str
    kept_as: str = ""
    because: str = ""


class Kept:
    """What a model keeps: until when, and each of its fields.

    `id`, `client` and `created_at` need to be named only where they mean something else than anywhere.
    """

    def __init__(self, until: str, /, **fields: Datum) -> None:
        """Say until when rows stay, then the fields by their names."""
        self.until = until
        self.named = frozenset(fields)
        self.fields = COMMON | fields


def personal(purpose: str, *, kept_as: str = "", because: str = "") -> Datum:
    """Return what is said of a field about a person."""
    return Datum(Class.PERSONAL, purpose, kept_as, because)


def content(purpose: str, *, kept_as: str = "", because: str = "") -> Datum:
    """Return what is said of a field with what a client wrote."""
    return Datum(Class.CONTENT, purpose, kept_as, because)


def secret(purpose: str, *, kept_as: str = "", because: str = "") -> Datum:
    """Return what is said of a field that gives access."""
    return Datum(Class.SECRET, purpose, kept_as, because)


def clear(purpose: str, because: str = "") -> Datum:
    """Return what is said of a field in the clear; text, JSON and bytes need a reason."""
    return Datum(Class.CLEAR, purpose, because=because)


COMMON = {
    "id": clear("Names the row"),
    "client": clear("Whose row it is"),
    "created_at": clear("When it was made"),
}

"""What a transaction is bound to: one client, one person, one database role."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Role = Literal["", "muniment_desk", "muniment_auditor", "muniment_sequencer"]


@dataclass(frozen=True)
class Binding:
    """The values every transaction starts with; empty ones show no client's row."""

    client_id: UUID | None = None
    person_id: UUID | None = None
    role: Role = ""


UNBOUND = Binding()
current: ContextVar[Binding] = ContextVar("binding", default=UNBOUND)

SQL = "select set_config('app.client_id', %s, true), set_config('app.person_id', %s, true)"


def parameters(binding: Binding) -> list[str]:
    """Return the parameters of `SQL`; an absent value becomes the empty string, which matches no row."""
    return [str(binding.client_id or ""), str(binding.person_id or "")]


def role_sql(role: Role) -> str:
    """Return the statement that takes up `role` until the transaction ends."""
    return f"set local role {role}" if role else "set local role none"

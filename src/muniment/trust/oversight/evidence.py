"""A review as a file: who had which access, who decided what about it and why, and the entry that proves it."""

import csv
import io
import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from muniment.core import config, ids
from muniment.core.actor import Actor
from muniment.trust.identity import queries as identity
from muniment.trust.oversight.types import Evidence, ItemFacts, ReviewFacts

FORMS: Final = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
FORMAT: Final = "access-review/v1"
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def written(actor: Actor, review: ReviewFacts, items: list[ItemFacts], form: str) -> Evidence:
    """Return a review as a file. Things are named by their references: what they are called is the client's."""
    names = {person.id: person.name for person in identity.people(_people(review, items)).values()}
    lines = [_line(item, names) for item in items]
    name = f"access-review-{review.started_at:%Y-%m-%d}-{ids.public(review.id)[:8]}.{form}"
    data = _as_csv(lines) if form == "csv" else _as_json(actor, review, names, lines)
    return Evidence(name, FORMS[form], data)


def _people(review: ReviewFacts, items: list[ItemFacts]) -> set[UUID]:
    found = {review.started_by}
    for item in items:
        found |= {item.person_id, item.given_by, item.owner_id, item.decided_by}
    return {person_id for person_id in found if person_id is not None}


def _line(item: ItemFacts, names: dict[UUID, str]) -> dict[str, str]:
    def who(person_id: UUID | None) -> str:
        return names.get(person_id, "") if person_id else ""

    subject = "person" if item.person_id else "group" if item.group_id else "everyone of the client"
    return {
        "grant": ids.public(item.grant_id),
        "who": who(item.person_id) or subject,
        "person": _reference(item.person_id),
        "group": _reference(item.group_id),
        "role": item.role,
        "scope": item.scope_kind,
        "thing": _reference(item.scope_id),
        "purpose": item.purpose,
        "given_by": who(item.given_by),
        "from": _moment(item.starts_at),
        "until": _moment(item.ends_at),
        "last_used": _moment(item.used_at),
        "proposed_for_removal": item.proposed,
        "owner": who(item.owner_id),
        "outcome": item.state,
        "reason": item.reason,
        "decided_by": who(item.decided_by),
        "decided_at": _moment(item.decided_at),
        "entry": _reference(item.entry_id),
    }


def _as_json(actor: Actor, review: ReviewFacts, names: dict[UUID, str], lines: list[dict[str, str]]) -> bytes:
    content: dict[str, Any] = {
        "muniment": FORMAT,
        "portal": config.current().address,
        "client": {"reference": ids.public(review.client_id), "name": identity.company(actor.client).name},
        "review": ids.public(review.id),
        "started_by": names.get(review.started_by, "") if review.started_by else "the portal, on time",
        "started_at": _moment(review.started_at),
        "due_at": _moment(review.due_at),
        "closed_at": _moment(review.closed_at),
        "entry": _reference(review.start_entry),
        "grants": lines,
    }
    return json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"


def _as_csv(lines: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    if lines:
        table = csv.DictWriter(out, fieldnames=list(lines[0]))
        table.writeheader()
        table.writerows({name: _harmless(value) for name, value in line.items()} for line in lines)
    return out.getvalue().encode()


def _harmless(value: str) -> str:
    """Keep a spreadsheet from taking what somebody wrote for a formula."""
    return f"'{value}" if value.startswith(_FORMULAS) else value


def _reference(identifier: UUID | None) -> str:
    return ids.public(identifier) if identifier else ""


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""

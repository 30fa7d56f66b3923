"""Ready-made profiles for six kinds of firms: something to begin with, never a claim that it is enough."""

from dataclasses import replace
from typing import Final

from muniment.trust.access.conditions.types import DAYS, Profile, Side, Terms
from muniment.trust.access.words import Action

_WEEK: Final = frozenset(DAYS[:5])
_LEAVING: Final[frozenset[Action]] = frozenset({"download", "share"})
_SEEING: Final[frozenset[Action]] = frozenset({"view", "download", "share"})
_CHANGING: Final[frozenset[Action]] = frozenset({"upload", "edit", "delete", "share"})
_HOUR, _YEAR = 60, 365


def _fresh(minutes: int, *actions: Action) -> tuple[tuple[Action, int], ...]:
    return tuple((action, minutes) for action in actions)


_STAFF: Final = Side(terms=Terms(fresh=_fresh(8 * _HOUR, "share")), session_idle_minutes=30, session_hours=12)
_CONTACTS: Final = Side(session_idle_minutes=60, session_hours=24)

_LAW = Profile(
    staff=replace(
        _STAFF,
        labels=(
            ("confidential", Terms(known_device_for=_LEAVING)),
            ("restricted", Terms(known_device_for=_LEAVING, fresh=_fresh(15, "download", "share"))),
        ),
    ),
    contacts=replace(_CONTACTS, labels=(("restricted", Terms(known_device_for=frozenset({"download"}))),)),
    retention_days=10 * _YEAR,
    starter="law",
)
_ACCOUNTING = Profile(
    staff=replace(
        _STAFF,
        terms=Terms(days=frozenset(DAYS[:6]), opens=6 * _HOUR, closes=22 * _HOUR, hours_for=_LEAVING | _CHANGING),
        labels=(("restricted", Terms(known_device_for=_LEAVING)),),
    ),
    contacts=_CONTACTS,
    retention_days=10 * _YEAR,
    starter="accounting",
)
_HEALTH = Profile(
    staff=replace(
        _STAFF,
        terms=Terms(known_device_for=frozenset({"download"}), fresh=_fresh(4 * _HOUR, "download", "share")),
        labels=(
            ("confidential", Terms(fresh=_fresh(30, "view", "download", "share"))),
            ("restricted", Terms(known_device_for=_SEEING, never=frozenset({"download"}))),
        ),
        session_idle_minutes=15,
        session_hours=10,
    ),
    contacts=replace(_CONTACTS, session_idle_minutes=15, session_hours=8),
    retention_days=10 * _YEAR,
    starter="health",
)
_FINANCE = Profile(
    staff=replace(
        _STAFF,
        terms=Terms(
            days=_WEEK,
            opens=7 * _HOUR,
            closes=20 * _HOUR,
            hours_for=_LEAVING | _CHANGING,
            fresh=_fresh(60, "delete", "share", "sign", "pay"),
        ),
        labels=(("restricted", Terms(known_device_for=_LEAVING, fresh=_fresh(15, "download", "share"))),),
        session_idle_minutes=15,
        session_hours=10,
    ),
    contacts=replace(_CONTACTS, terms=Terms(fresh=_fresh(15, "sign", "pay")), session_idle_minutes=15, session_hours=8),
    retention_days=7 * _YEAR,
    starter="finance",
)
_AGENCY = Profile(
    staff=replace(_STAFF, labels=(("restricted", Terms(never=frozenset({"share"}))),), session_idle_minutes=60),
    contacts=_CONTACTS,
    retention_days=3 * _YEAR,
    review_days=182,
    starter="agency",
)
_SOFTWARE = Profile(
    staff=replace(
        _STAFF,
        terms=Terms(known_device_for=_LEAVING, fresh=_fresh(8 * _HOUR, "share", "delete")),
        labels=(("restricted", Terms(fresh=_fresh(15, "view", "download", "share"))),),
    ),
    contacts=_CONTACTS,
    retention_days=3 * _YEAR,
    starter="software",
)

STARTERS: Final[dict[str, tuple[str, Profile]]] = {
    "law": ("Law", _LAW),
    "accounting": ("Accounting and tax", _ACCOUNTING),
    "health": ("Health", _HEALTH),
    "finance": ("Finance", _FINANCE),
    "agency": ("Agency", _AGENCY),
    "software": ("Software", _SOFTWARE),
}

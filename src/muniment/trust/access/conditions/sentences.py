"""Conditions in words: what each says of an action, and what would help."""

from collections.abc import Mapping

from muniment.trust.access.conditions.context import Circumstances
from muniment.trust.access.conditions.types import DAY_MINUTES, DAYS, About, Reason, Terms
from muniment.trust.access.words import Action, Label

_DAY_NAMES = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_DOING: dict[Action, str] = {
    "view": "Opening",
    "download": "Downloading",
    "upload": "Adding to",
    "edit": "Changing",
    "delete": "Deleting",
    "share": "Sharing",
    "sign": "Signing",
    "pay": "Paying",
    "administer": "Administering",
}
_HOUR = 60


def reason(
    note: Mapping[str, str], terms: Terms, action: Action, label: Label | None, zone: str, seen: Circumstances
) -> Reason:
    """Return what a condition that fired says, with the words of the terms it fired on; `note` is its annotations."""
    words = _words(terms, action, label, zone, seen)
    about: About = note["about"]  # type: ignore[assignment] # one of the four, as a test insists
    sentence, remedy = (note.get(name, "").format_map(words) for name in ("reason", "fix"))
    return Reason(note["id"], about, sentence, remedy, label)


def clock_time(minutes: int) -> str:
    """Return minutes after midnight as on a clock: 510 is 08:30, the end of a day 24:00."""
    return f"{minutes // _HOUR:02}:{minutes % _HOUR:02}"


def hours(terms: Terms) -> str:
    """Return days and hours in words: "Monday to Friday, 08:00 to 20:00"."""
    found = [days(terms.days)] if terms.days else ["every day"]
    if (terms.opens, terms.closes) != (0, DAY_MINUTES):
        found.append(f"{clock_time(terms.opens)} to {clock_time(terms.closes)}")
    return ", ".join(found)


def days(named: frozenset[str]) -> str:
    """Return days in words: three or more in a row as "Monday to Friday"."""
    places = [place for place, day in enumerate(DAYS) if day in named]
    names = [_DAY_NAMES[DAYS[place]] for place in places]
    if len(places) > 2 and places[-1] - places[0] == len(places) - 1:  # noqa: PLR2004 - two are said one by one
        return f"{names[0]} to {names[-1]}"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _words(terms: Terms, action: Action, label: Label | None, zone: str, seen: Circumstances) -> dict[str, str]:
    minutes = dict(terms.fresh).get(action, 0)
    return {
        "Doing": f"{_DOING[action]} {f'what is marked {label}' if label else 'things here'}",
        "hours": hours(terms),
        "zone": zone,
        "country": seen.country or "an unknown country",
        "countries": ", ".join(sorted(terms.countries)),
        "networks": ", ".join(sorted(terms.networks)),
        "minutes": "minute" if minutes == 1 else f"{minutes} minutes",
        "purposes": ", ".join(sorted(terms.purposes)),
    }

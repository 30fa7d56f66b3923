"""Conditions in words: what a profile says, and in what two differ."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from muniment.trust.access.types import ACTIONS, DAYS, EVERY, LABELS, Profile, Rule, Side, Terms
from muniment.trust.identity import queries as identity

ACTION_WORDS = {
    "view": lazy("look"),
    "download": lazy("download"),
    "upload": lazy("upload"),
    "edit": lazy("change"),
    "delete": lazy("delete"),
    "share": lazy("share"),
    "sign": lazy("sign"),
    "pay": lazy("pay"),
    "administer": lazy("administer"),
}
DAY_WORDS = {
    "mon": lazy("Mon"),
    "tue": lazy("Tue"),
    "wed": lazy("Wed"),
    "thu": lazy("Thu"),
    "fri": lazy("Fri"),
    "sat": lazy("Sat"),
    "sun": lazy("Sun"),
}
LABEL_WORDS = {
    "public": lazy("Public"),
    "normal": lazy("Normal"),
    "confidential": lazy("Confidential"),
    "restricted": lazy("Restricted"),
    "internal": lazy("Internal"),
}
LABEL_TONES = {"public": "blue", "normal": "line", "confidential": "brass", "restricted": "red", "internal": "brand"}
SIDE_WORDS = {"staff": lazy("Staff of the firm"), "contacts": lazy("People of the client")}
WHO_WORDS = {
    "anyone": lazy("Everybody"),
    "staff": SIDE_WORDS["staff"],
    "contacts": SIDE_WORDS["contacts"],
}
FACTOR_WORDS = {
    "": lazy("Whatever they signed in with"),
    "second-factor": lazy("A second factor"),
    "passkey": lazy("A passkey"),
}
COMPOSITION_WORDS = {
    "none": lazy("Any characters"),
    "pci": lazy("Letters and digits"),
    "classes": lazy("Small and capital letters, digits and special characters"),
}
APPROVER_WORDS = {
    "administrator": lazy("An administrator of the firm"),
    "manager": lazy("A manager of the client"),
}
MFA_WORDS = {
    "required": lazy("At every sign-in"),
    "new-device": lazy("On a device that is new, or in another country"),
    "optional": lazy("Only people who set one up"),
}
EMAIL_CODE_WORDS = {"off": lazy("Off"), "clients-only": lazy("For people of the client who have nothing else")}
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Line:
    """One thing that is demanded: what it is about, and what it says."""

    about: str
    says: str


@dataclass(frozen=True)
class Difference:
    """Where two profiles differ: whom it concerns, what it is about, and what was and will be said."""

    whom: str
    about: str
    before: str
    after: str


def lines(terms: Terms) -> list[Line]:
    """Return what terms demand, in words; none where they demand nothing."""
    found = [
        (_("Days"), _list(DAY_WORDS, DAYS, terms.days), terms.hours_for),
        (_("Hours"), _hours(terms.opens, terms.closes), terms.hours_for),
        (_("Countries"), ", ".join(sorted(terms.countries)), terms.places_for),
        (_("Networks"), ", ".join(sorted(terms.networks, key=str.casefold)), terms.places_for),
        (_("Second factor"), _("needed"), terms.second_factor_for),
        (_("Passkey"), _("needed"), terms.passkey_for),
        (_("Known device"), _("needed"), terms.known_device_for),
        (_("Purposes"), ", ".join(sorted(terms.purposes, key=str.casefold)), terms.purposes_for),
        (_("Never"), _list(ACTION_WORDS, ACTIONS, terms.never), EVERY),
    ]
    ages = ", ".join(
        _("%(minutes)s min to %(action)s") % {"minutes": age, "action": ACTION_WORDS[action]}
        for action, age in terms.fresh
    )
    found.append((_("Proved again within"), ages, EVERY))
    return [Line(about, _counting(says, to)) for about, says, to in found if says and to]


def side_lines(side: Side) -> list[Line]:
    """Return everything that holds for a side whatever the label, in words."""
    found = lines(side.terms)
    if side.session_idle_minutes:
        found.append(Line(_("Signed out"), _("after %s minutes without a click") % side.session_idle_minutes))
    if side.session_hours:
        found.append(Line(_("Signed out"), _("after %s hours in any case") % side.session_hours))
    if not side.passwords:
        found.append(Line(_("Passwords"), _("not to sign in with")))
    if side.composition != "none":
        found.append(Line(_("Passwords must have"), str(COMPOSITION_WORDS[side.composition]).lower()))
    return found


def second_step_lines(profile: Profile, side: str) -> list[Line]:
    """Return what is not as strict as it is by default for the sign-in of one side, in words."""
    found = []
    if side == "contacts" and profile.mfa_mode != "required":
        found.append(Line(_("Second step"), str(MFA_WORDS[profile.mfa_mode]).lower()))
    if side == "contacts" and profile.email_code != "off":
        found.append(Line(_("Codes by e-mail"), str(EMAIL_CODE_WORDS[profile.email_code]).lower()))
    if profile.trusted_days:
        found.append(Line(_("Own devices"), _("trusted for %s days") % profile.trusted_days))
    return found


def differences(before: Profile, after: Profile) -> list[Difference]:
    """Return in what two profiles differ, in the order of the page."""
    was, will = _everything(before), _everything(after)
    nothing = _("nothing demanded")
    return [
        Difference(*key, was.get(key, nothing), will.get(key, nothing))
        for key in dict.fromkeys([*was, *will])
        if was.get(key) != will.get(key)
    ]


def _everything(profile: Profile) -> dict[tuple[str, str], str]:
    """Return what a profile says, by whom it concerns and what it is about."""
    everybody = _("Everybody")
    found = {
        (everybody, _("Time zone")): profile.zone,
        (everybody, _("Access reviews")): _("every %s days") % profile.review_days,
        (everybody, _("People who did not sign in are shut out")): _("after %s days") % profile.inactive_days,
        (everybody, _("Second person of requests")): str(APPROVER_WORDS[profile.approver]),
    }
    if profile.recovery_hours != Profile().recovery_hours:
        found[everybody, _("Waiting after a lost phone")] = _("%s hours") % profile.recovery_hours
    if profile.retention_days:
        found[everybody, _("Documents are kept")] = _("%s days") % profile.retention_days
    for name, side in (("staff", profile.staff), ("contacts", profile.contacts)):
        whom = str(SIDE_WORDS[name])
        _put(found, whom, [*side_lines(side), *second_step_lines(profile, name)])
        for label in LABELS:
            _put(found, f"{whom}, {str(LABEL_WORDS[label]).lower()}", lines(side.labelled(label)))
    return found


def _put(found: dict[tuple[str, str], str], whom: str, said: list[Line]) -> None:
    for line in said:
        so_far = found.get((whom, line.about))
        found[whom, line.about] = f"{so_far}, {line.says}" if so_far else line.says


def _hours(opens: int, closes: int) -> str:
    if (opens, closes) == (0, DAY_MINUTES):
        return ""
    return f"{clock_time(opens)}–{clock_time(closes)}"  # noqa: RUF001 - from one time to another


def clock_time(minute: int) -> str:
    """Return a minute of the day as a clock shows it; its end is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _list(words: dict[Any, Any], order: Collection[str], wanted: Collection[str]) -> str:
    return ", ".join(str(words[one]) for one in order if one in wanted)


def _counting(says: str, to: Collection[str]) -> str:
    if set(to) == EVERY:
        return says
    return _("%(says)s (to %(actions)s)") % {"says": says, "actions": _list(ACTION_WORDS, ACTIONS, to)}


def rule_lines(rule: Rule) -> list[Line]:
    """Return a rule in words: whom it concerns, and what it demands."""
    whom = str(WHO_WORDS[rule.who])
    if rule.roles:
        whom = _("%(whom)s, as %(roles)s") % {
            "whom": whom,
            "roles": ", ".join(identity.role_label(role) for role in rule.roles),
        }
    found = [
        (_("Whom"), whom),
        (_("To do what"), _list(ACTION_WORDS, ACTIONS, rule.actions)),
        (_("With what is"), _list(LABEL_WORDS, LABELS, rule.labels).lower()),
        (_("Only on"), _list(DAY_WORDS, DAYS, rule.days)),
        (_("Only at"), _hours(rule.opens, rule.closes)),
        (_("Only from"), ", ".join(rule.countries)),
        (_("Not from"), ", ".join(rule.not_countries)),
        (_("Only through"), ", ".join(rule.networks)),
        (_("Signed in with"), str(FACTOR_WORDS[rule.factor]) if rule.factor else ""),
        (_("Signed in within"), _("%s minutes") % rule.fresh_minutes if rule.fresh_minutes else ""),
        (_("Device"), _("a known one") if rule.known_device else ""),
        (_("Way"), _("in a browser") if rule.by_browser else ""),
        (_("Otherwise"), _("never") if rule.never else ""),
    ]
    return [Line(about, says) for about, says in found if says]

"""docs/authentication.md says what the code and the settings say: each address, each number, each setting."""

import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

GUIDE = (Path(__file__).parents[3] / "docs" / "authentication.md").read_text(encoding="utf-8")
UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
BEGINNINGS = ("sign-in/", "sign-out/", "account/", "recovery/", "set-up/", "invitations/", "not-me/")
GUESTS = {"guest", "guest_code", "guest_leave", "guest_link"}

pytestmark = pytest.mark.control("auth-guide")


def rows(heading):
    """Return the cells of the one table under a heading."""
    part = GUIDE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def numbers():
    return [(what, said, where.strip("`")) for what, said, where in rows("Numbers")]


@pytest.mark.parametrize(("what", "said", "where"), numbers(), ids=[where for _, _, where in numbers()])
def test_each_number_is_that_of_the_code(what, said, where):
    module, _, path = where.partition(":")
    value: Any = import_module(f"muniment.trust.identity.{module}")
    for name in path.split("."):
        value = getattr(value, name)
    amount, _, unit = said.partition(" ")
    seconds = UNITS.get(unit.rstrip("s"))
    if isinstance(value, timedelta):
        assert value == timedelta(seconds=int(amount) * (seconds or 0)), what
    elif seconds is not None:
        assert value == int(amount) * seconds, what
    else:
        assert value == int(amount), what


def test_the_numbers_in_the_text_are_those_of_the_table():
    said = {where: int(said.split()[0]) for _, said, where in numbers()}

    assert f"At least {said['strength.rules:SHORTEST']} characters; {said['strength.rules:SHORTEST_ALONE']}" in GUIDE
    assert f"After {said['limits:PASSWORD.proof_after']} failures of an account" in GUIDE
    assert f"After {said['limits:PASSWORD.tries']} failures, a **delay**" in GUIDE
    assert f"After {said['limits:PASSWORD.proof_wide']} failures in a day" in GUIDE
    assert f"after {said['limits:PASSWORD.account_a_day']}, or {said['limits:PASSWORD.source_a_day']}" in GUIDE
    assert f"{said['strength.hashing:LEAST_MS']} to {said['strength.hashing:MOST_MS']} milliseconds" in GUIDE


def test_each_delay_in_the_text_is_the_one_that_comes():
    from muniment.trust.identity import limits

    delays = [
        min(limits.PASSWORD.first_delay * limits.PASSWORD.growth**failures, limits.PASSWORD.longest_delay)
        for failures in range(3)
    ]
    minutes = [int(delay.total_seconds() // 60) for delay in delays]

    assert re.search(rf"It is {minutes[0]}\s+minute, then {minutes[1]}, then {minutes[2]}\.", GUIDE)


def settings():
    return rows("Settings")


@pytest.mark.parametrize(("name", "default", "allowed"), settings(), ids=[row[0].strip("`") for row in settings()])
def test_each_setting_has_the_default_and_the_range_that_it_says(name, default, allowed):
    from muniment.core.config import Config
    from muniment.core.config.safety import RANGES

    field = name.strip("`").removeprefix("MUNIMENT_").lower()
    given = Config.__dataclass_fields__[field].default

    assert default == (str(given) if given not in (None, ()) else "none")
    if field in RANGES:
        assert allowed == "{} to {}".format(*RANGES[field])


def test_no_setting_of_sign_in_is_left_out():
    import inspect

    from muniment.core.config import fields

    part = inspect.getsource(fields).split("# Sign-in\n", 1)[1].split("log_level", 1)[0]
    there = set(re.findall(r"^    (\w+): ", part, re.MULTILINE))

    assert there <= {row[0].strip("`").removeprefix("MUNIMENT_").lower() for row in settings()}


def test_each_address_of_sign_in_is_there_and_no_other():
    from muniment.web.checks import routes

    there = set()
    for address, pattern in routes():
        is_guests = address.startswith("g/") and getattr(pattern, "name", "") in GUESTS
        if address.startswith(BEGINNINGS) or is_guests:
            there.add("/" + re.sub(r"<(?:\w+:)?(\w+?)(?:_id)?>", r"{\1}", address))

    assert {row[0].strip("`") for row in rows("Addresses")} == there


def named_limits():
    return sorted({name for row in rows("Addresses") for name in re.findall(r"[A-Z_]{3,}", row[2])})


@pytest.mark.parametrize("limit", named_limits())
def test_each_limit_that_an_address_names_is_one(limit):
    from muniment.trust.identity import limits

    assert isinstance(getattr(limits, limit), limits.Limit)


def test_what_stands_in_the_settings_of_the_portal_is_said():
    from django.conf import settings as ours

    assert (ours.PASSWORD_RESET_TIMEOUT, ours.ACCOUNT_REAUTHENTICATION_TIMEOUT) == (3600, 900)
    assert "reset link lasts an hour, a confirmation 15 minutes" in GUIDE
    for cookie in (ours.SESSION_COOKIE_NAME, ours.CSRF_COOKIE_NAME):
        assert f"`{cookie}`" in GUIDE

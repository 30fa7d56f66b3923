"""Who does not sign in for long is warned, then shut out: nobody without a warning, never the last administrator."""

from datetime import timedelta

import pytest

from muniment.core.actor import Actor
from muniment.trust.access import actions as access
from muniment.trust.access.types import Profile
from muniment.trust.identity import actions
from muniment.trust.identity.jobs import mind_silent_people
from muniment.trust.identity.life.models import Attendance
from muniment.trust.identity.models import Letter, Person
from tests.cast import Portal
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.mails import mails as all_mails

pytestmark = pytest.mark.control("deactivate-inactive")


def mails(who: str) -> list[tuple[str, str]]:
    """Return somebody's mails about silence, newest first."""
    about = ("keep your access", "switched off", "does not sign in", "again")
    return [(subject, body) for subject, body in all_mails(who) if subject.endswith(about) or about[0] in subject]


def night() -> None:
    mind_silent_people.func(timestamp=0)


def is_shut_out(portal: Portal, who: str) -> bool:
    return Person.objects.get(id=portal.people[who]).disabled_at is not None


def test_after_seventy_six_days_they_are_warned_and_after_ninety_shut_out(portal, events, wait):
    wait(75)
    night()
    assert mails("cleo") == []

    wait(76.1)
    night()
    night()  # once is enough
    assert [subject for subject, _ in mails("cleo")] == [
        "Sign in to the client portal of Harcourt & Vane to keep your access"
    ]
    assert "90 days" in mails("cleo")[0][1]

    wait(89)
    night()
    assert not is_shut_out(portal, "cleo")

    wait(90.2)
    night()
    assert is_shut_out(portal, "cleo")
    assert Attendance.objects.get(id=portal.people["cleo"]).why_disabled == "inactive"
    assert {"person.warned", "person.disabled"} <= set(events(portal.okoye))
    assert Visitor().password("cleo@okoye.example").status_code == 200


def test_who_signs_in_after_the_warning_stays(portal, wait):
    wait(77)
    night()
    Visitor().sign_in("cleo")

    wait(100)
    night()

    assert not is_shut_out(portal, "cleo")
    assert is_shut_out(portal, "dan")


def test_nobody_is_shut_out_without_fourteen_days_of_warning(portal, wait):
    wait(300)  # the worker was away
    night()
    assert not is_shut_out(portal, "cleo")

    wait(313)
    night()
    assert not is_shut_out(portal, "cleo")

    wait(314.1)
    night()
    assert is_shut_out(portal, "cleo")


def test_the_strictest_of_their_clients_counts(portal, wait):
    host = Actor.system(portal.okoye, purpose="Tests")
    access.set_profile(host, profile=Profile(inactive_days=30))
    wait(17)
    night()

    assert len(mails("cleo")) == 1
    assert len(mails("ben")) == 1  # who works for that client too
    assert mails("mallory") == []


def test_the_last_administrator_is_spared_and_told(portal, events, wait):
    wait(76.1)
    night()
    wait(91)
    night()

    assert not is_shut_out(portal, "ada")
    assert is_shut_out(portal, "ben")
    assert [subject for subject, _ in mails("ada")] == [
        "An administrator of the client portal of Harcourt & Vane does not sign in"
    ]
    assert "person.spared" in events(portal.firm_id)

    wait(76.1 + 90.1)
    night()
    assert len(mails("ada")) == 2  # again as often as others are shut out


def test_the_administrator_for_emergencies_is_spared_and_everybody_who_administers_is_told(portal, wait):
    firm = Actor.system(portal.firm_id, purpose="Tests")
    access.give_grant(firm, person_id=portal.people["ben"], role="super-admin", purpose="Tests", on_request=True)
    actions.set_break_glass(portal.actor("ada"), person_id=portal.people["ben"], on=True)

    wait(60)
    Visitor().sign_in("ada")
    wait(100)
    night()
    wait(130)
    night()

    assert not is_shut_out(portal, "ben")
    assert any("does not sign in" in subject for subject, _ in mails("ben"))
    assert any("does not sign in" in subject and "Ben Vane" in body for subject, body in mails("ada"))


def test_the_one_for_emergencies_who_is_not_any_more_is_shut_out_like_others(portal, wait):
    firm = Actor.system(portal.firm_id, purpose="Tests")
    access.give_grant(firm, person_id=portal.people["ben"], role="super-admin", purpose="Tests", on_request=True)
    actions.set_break_glass(portal.actor("ada"), person_id=portal.people["ben"], on=True)
    actions.set_break_glass(portal.actor("ada"), person_id=portal.people["ben"], on=False)

    wait(77)
    night()
    wait(92)
    night()

    assert is_shut_out(portal, "ben") or is_shut_out(portal, "ada")
    assert not (is_shut_out(portal, "ben") and is_shut_out(portal, "ada"))


def test_who_is_let_back_has_the_whole_time_again(portal, wait):
    wait(77)
    night()
    wait(92)
    night()
    wait(100)
    actions.enable_person(portal.actor("ada"), person_id=portal.people["cleo"])

    wait(175)
    night()
    assert not is_shut_out(portal, "cleo")
    assert sum("keep your access" in subject for subject, _ in mails("cleo")) == 1

    wait(176.2)
    night()
    assert sum("keep your access" in subject for subject, _ in mails("cleo")) == 2


def test_before_there_is_a_firm_nothing_is_minded(database):
    night()

    assert Letter.objects.count() == 0


def test_the_time_is_bounded(portal):
    from muniment.trust.access.errors import ProfileInvalid

    host = Actor.system(portal.okoye, purpose="Tests")
    for days in (14, 367):
        with pytest.raises(ProfileInvalid):
            access.set_profile(host, profile=Profile(inactive_days=days))
    assert timedelta(days=Profile().inactive_days) == timedelta(days=90)

"""How passwords are hashed: with 64 MiB, in turn, and anew when the numbers change."""

import threading
import time

import pytest

from tests.trust.identity.browsers import Visitor

pytestmark = pytest.mark.usefixtures("at_full_cost")


@pytest.fixture
def hashing(portal, monkeypatch):
    """Give the module with the number of passes of one test."""
    from dataclasses import replace

    from muniment.core import config
    from muniment.trust.identity.strength import hashing

    present = config.current()

    def use(passes):
        changed = replace(present, password_hash_passes=passes)
        monkeypatch.setattr(config, "current", lambda: changed)
        hashing.forget_numbers()
        return hashing

    yield use
    hashing.forget_numbers()


def test_a_hash_goes_through_64_mebibytes_on_one_core(portal):
    from muniment.trust.identity.models import Person

    assert "$m=65536,t=1,p=1$" in Person.objects.get(id=portal.people["cleo"]).password


def test_with_more_passes_a_password_is_hashed_anew_when_its_owner_signs_in(portal, hashing):
    from muniment.trust.identity.models import Person

    hashing(2)
    assert Visitor().sign_in("cleo").is_signed_in()
    assert "$m=65536,t=2,p=1$" in Person.objects.get(id=portal.people["cleo"]).password

    Visitor(ip="192.0.2.11").password("dan@okoye.example", "not the password at all")
    assert "$m=65536,t=1,p=1$" in Person.objects.get(id=portal.people["dan"]).password, "a wrong one changes nothing"


def test_who_is_signed_in_elsewhere_stays_so_when_a_password_is_hashed_anew(portal, hashing):
    elsewhere = Visitor().sign_in("cleo")

    hashing(2)
    assert Visitor(ip="192.0.2.11").sign_in("cleo").is_signed_in()

    assert elsewhere.is_signed_in()


def test_hashing_anew_does_not_bring_back_a_password_that_was_changed_meanwhile(portal, hashing):
    from muniment.trust.identity.models import Person
    from tests.cast import PASSWORD

    hashing(2)
    signing_in = Person.objects.get(id=portal.people["cleo"])
    changed = Person.objects.get(id=portal.people["cleo"])
    changed.set_password("nine lanterns drift under ice")
    changed.save()

    assert signing_in.check_password(PASSWORD)
    assert Person.objects.get(id=portal.people["cleo"]).check_password("nine lanterns drift under ice")


def test_another_password_ends_the_sessions_of_the_one_before(portal):
    from muniment.trust.identity.models import Person

    elsewhere = Visitor().sign_in("cleo")
    person = Person.objects.get(id=portal.people["cleo"])
    person.set_password("nine lanterns drift under ice")
    person.save()
    assert not elsewhere.is_signed_in()

    person.set_unusable_password()
    one = person.get_session_auth_hash()
    person.set_unusable_password()
    assert person.get_session_auth_hash() != one


@pytest.mark.control("login-lockout")
@pytest.mark.parametrize(("kept", "now"), [(4, 1), (1, 4)], ids=["fewer-now", "more-now"])
def test_a_wrong_password_costs_the_same_whatever_its_number_was(portal, hashing, kept, now):
    """Cleo's was kept with another number than is set now, Dan's was hashed anew, and nobody has none."""
    from muniment.trust.identity.models import Person
    from tests.cast import PASSWORD

    def keep(who, passes):
        hashing(passes)
        person = Person.objects.get(id=portal.people[who])
        person.set_password(PASSWORD)
        person.save()

    for who in portal.people:
        keep(who, kept)
    keep("dan", now)
    hashing(now)
    costs: dict[str, list[float]] = {"cleo@okoye.example": [], "dan@okoye.example": [], "nobo@nowhe.example": []}
    for number in range(8):
        for email, cost in costs.items():
            begun = time.process_time()
            Visitor(ip=f"198.51.100.{number}").password(email, "not the password at all")
            cost.append(time.process_time() - begun)

    cheapest, *_, dearest = sorted(min(cost[1:]) for cost in costs.values())
    assert dearest < 1.3 * cheapest, costs


def test_what_it_costs_is_measured_and_said():
    from muniment.trust.identity.strength import hashing

    assert hashing.milliseconds(2) > hashing.milliseconds(1) > 1
    assert hashing.calibrated(8, 375.0) == ""
    assert "MUNIMENT_PASSWORD_HASH_PASSES=15" in hashing.calibrated(4, 100.0)
    assert "MUNIMENT_PASSWORD_HASH_PASSES=4" in hashing.calibrated(8, 750.0)
    assert "MUNIMENT_PASSWORD_HASH_PASSES=64" in hashing.calibrated(1, 1.0)


def test_the_check_of_an_operator_says_so(hashing):
    from muniment.operations import checks

    hashing(1)

    assert any("MUNIMENT_PASSWORD_HASH_PASSES=" in note for note in checks.notes())
    assert not any("PASSES" in note for note in checks.notes(starting=True)), "a start is not held up by it"


def test_no_more_are_hashed_at_once_than_the_memory_is_for_and_the_others_are_told(portal, hashing, monkeypatch):
    from django.db import connection

    used = hashing(1)
    running, most, lock, go = [0], [0], threading.Lock(), threading.Event()

    def slowly(*_):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        go.wait(20)
        with lock:
            running[0] -= 1
        return True

    room = used.MOST_AT_ONCE + used.MOST_WAITING
    refused, done = [], []

    def one():
        try:
            done.append(used._in_turn(slowly))
        except used.ManySignIns as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(room)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 20
    while used._waiting._value and time.monotonic() < deadline:
        time.sleep(0.01)
    answer = Visitor().password("cleo@okoye.example")
    go.set()
    for thread in threads:
        thread.join()

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert (len(done), refused) == (room, [])
    assert most[0] <= used.MOST_AT_ONCE
    for _ in range(3):
        assert Visitor().password("cleo@okoye.example").status_code == 302, "who was told so has lost no try"


def test_who_waits_too_long_is_told(portal, hashing, monkeypatch):
    used = hashing(1)
    monkeypatch.setattr(used, "LONGEST_WAIT_SECONDS", 0.05)
    go = threading.Event()

    with pytest.raises(used.ManySignIns):
        used._in_turn(lambda: go.wait(20))

    go.set()


def test_a_program_that_serves_no_pages_waits_for_no_turn(portal, hashing, monkeypatch):
    used = hashing(1)
    monkeypatch.setattr(used, "LONGEST_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(used, "_in_own_thread", False)

    used.hash_at_once()

    assert used._in_turn(threading.get_ident) == threading.get_ident()

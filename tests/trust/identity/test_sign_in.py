"""Signing in: password, then a code; the same answer and the same work for everyone else."""

from unittest.mock import patch

import pytest

from tests.cast import PASSWORD
from tests.trust.identity.browsers import Visitor, app_code, forget_used_codes, person_id

CLEO, NOBODY = "cleo@okoye.example", "nobody@nowhere.example"


@pytest.mark.control("user-auth-robust", "mfa-know-plus-have")
def test_password_and_code_sign_in(portal, events):
    cleo = Visitor()

    first = cleo.password(CLEO)
    between = cleo.is_signed_in()
    forget_used_codes(portal.people["cleo"])
    second = cleo.code(app_code("cleo"))

    assert (first.status_code, first["Location"]) == (302, "/sign-in/code/")
    assert not between, "the password alone opens nothing"
    assert second.status_code == 302
    assert cleo.is_signed_in()
    assert events(portal.okoye)[0] == "session.started"


def test_the_address_is_taken_in_any_case(portal):
    assert Visitor().password("CLEO@Okoye.example")["Location"] == "/sign-in/code/"


def test_a_wrong_password_and_a_stranger_get_the_same_answer(portal):
    wrong, stranger = Visitor().password(CLEO, "not the password at all"), Visitor().password(NOBODY)

    assert wrong.status_code == stranger.status_code == 200
    assert _comparable(wrong, CLEO) == _comparable(stranger, NOBODY)


@pytest.mark.parametrize("email", [CLEO, NOBODY])
def test_a_password_is_hashed_whether_or_not_there_is_an_account(portal, email):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    with (
        patch.object(Argon2PasswordHasher, "encode", autospec=True, side_effect=Argon2PasswordHasher.encode) as made,
        patch.object(Argon2PasswordHasher, "verify", autospec=True, side_effect=Argon2PasswordHasher.verify) as checked,
    ):
        Visitor().password(email, "not the password at all")

    assert made.call_count + checked.call_count == 1


def test_the_first_step_asks_the_database_for_little_beyond_the_hash(portal):
    from django.db import connection

    asked = []

    def keep(execute, sql, *given):
        asked.append(sql)
        return execute(sql, *given)

    Visitor(ip="192.0.2.11").password(CLEO)  # what is asked once and remembered
    with connection.execute_wrapper(keep):
        assert Visitor().password(CLEO).status_code == 302

    assert len(asked) <= 15, asked


def test_a_failed_sign_in_stands_in_the_log_of_the_client(portal, events):
    Visitor().password(CLEO, "not the password at all")

    assert events(portal.okoye)[0] == "session.failed"


def test_a_failed_sign_in_of_nobody_stands_in_the_firms_log(portal, events):
    Visitor().password(NOBODY)

    assert events(portal.firm_id)[0] == "session.failed"


def test_a_disabled_person_gets_the_answer_of_a_stranger(portal):
    from muniment.core import clock
    from muniment.trust.identity.models import Person

    Person.objects.filter(id=portal.people["cleo"]).update(disabled_at=clock.now())

    answer, stranger = Visitor().password(CLEO), Visitor().password(NOBODY)

    assert answer.status_code == 200
    assert _comparable(answer, CLEO) == _comparable(stranger, NOBODY)


def test_a_person_disabled_while_signed_in_is_out_at_the_next_request(portal):
    from muniment.core import clock
    from muniment.trust.identity.models import Person

    cleo = Visitor().sign_in("cleo")
    assert cleo.is_signed_in()

    Person.objects.filter(id=portal.people["cleo"]).update(disabled_at=clock.now())

    assert not cleo.is_signed_in()


def test_signing_out_ends_the_session_and_is_written_down(portal, events):
    cleo = Visitor().sign_in("cleo")

    cleo.post("/sign-out/")

    assert not cleo.is_signed_in()
    assert events(portal.okoye)[0] == "session.ended"


def test_staff_sign_in_in_the_firms_log_and_not_in_a_clients(portal, events):
    before = events(portal.okoye)

    Visitor().sign_in("ben")

    assert events(portal.firm_id)[0] == "session.started"
    assert events(portal.okoye) == before


def test_nobody_signs_up(portal):
    assert Visitor().get("/accounts/signup/").status_code == 404
    assert Visitor().get("/sign-up/").status_code == 404


def test_the_next_page_is_on_this_portal(portal):
    cleo = Visitor()
    cleo.post("/sign-in/", {"login": CLEO, "password": PASSWORD, "next": "https://evil.example/"})
    forget_used_codes(person_id("cleo"))

    assert cleo.code(app_code("cleo"))["Location"] == "/"


def _comparable(answer, email):
    """Return a page without what differs by request: the token, the reference, and the address typed."""
    import re

    text = answer.content.decode().replace(email, "")
    return re.sub(r'"[A-Za-z0-9]{64}"', "", text)

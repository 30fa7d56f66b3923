"""A forgotten password: one link, once, soon; the same answer for everyone."""

import re
from unittest.mock import patch

import pytest

from tests.cast import PASSWORD
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.proof import solved

CLEO, NOBODY, NEW = "cleo@okoye.example", "nobody@nowhere.example", "nine lanterns drift under ice"


def ask(email, ip="192.0.2.10"):
    return Visitor(ip=ip).post("/account/password/reset/", {"email": email})


def mailed_link():
    from muniment.trust.identity.models import Letter

    body = Letter.objects.latest("id").message["body"]
    return re.findall(r"https://[^/]+(/account/password/reset/\S+/)", body)[0]


def test_the_link_gives_a_new_password_and_ends_every_session(portal, events):
    cleo = Visitor().sign_in("cleo")
    ask(CLEO)

    answer = Visitor().post(mailed_link(), {"password1": NEW})

    assert answer["Location"] == "/account/password/reset/done/"
    assert not cleo.is_signed_in()
    assert Visitor().password(CLEO, PASSWORD).status_code == 200
    assert Visitor().password(CLEO, NEW)["Location"] == "/sign-in/code/", "the second factor stays as it is"
    assert "password.changed" in events(portal.okoye)[:3]
    assert "password-reset.asked" in events(portal.okoye)


def test_the_link_works_once(portal):
    ask(CLEO)
    link = mailed_link()
    Visitor().post(link, {"password1": NEW})

    again = Visitor().post(link, {"password1": "eleven quiet harbours sing"})

    assert again.status_code == 404
    assert Visitor().password(CLEO, NEW).status_code == 302


def test_the_link_works_once_at_the_same_moment_too(portal):
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.db import connection

    ask(CLEO)
    link, ready = mailed_link(), Barrier(3)

    def take(password):
        try:
            visitor = Visitor()
            ready.wait(20)
            return visitor.post(link, {"password1": password}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(take, [NEW, "eleven quiet harbours sing", "seven otters under plums"]))

    assert sorted(answers) == [302, 404, 404]


def test_the_link_is_over_after_an_hour(portal, settings):
    ask(CLEO)
    settings.PASSWORD_RESET_TIMEOUT = -1

    assert Visitor().get(mailed_link()).status_code == 404


def test_a_link_of_one_person_is_none_of_another(portal):
    from muniment.core import ids

    ask(CLEO)
    token = mailed_link().split("/")[-2]

    answer = Visitor().post(f"/account/password/reset/{ids.public(portal.people['ada'])}/{token}/", {"password1": NEW})

    assert answer.status_code == 404


def test_a_weak_password_is_refused_and_the_link_kept(portal):
    ask(CLEO)

    assert Visitor().post(mailed_link(), {"password1": "charlotte123"}).status_code == 422
    assert Visitor().post(mailed_link(), {"password1": NEW}).status_code == 302


def test_everyone_gets_the_same_answer(portal):
    known, unknown = ask(CLEO), ask(NOBODY, ip="192.0.2.11")

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert known.content == unknown.content


@pytest.mark.parametrize("email", [CLEO, NOBODY])
def test_the_work_is_the_same_for_everyone(portal, email):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    from muniment.trust.identity.actions import letters, passwords

    with (
        patch.object(Argon2PasswordHasher, "encode", autospec=True, side_effect=Argon2PasswordHasher.encode) as hashed,
        patch.object(passwords, "write_letter", side_effect=letters.write_letter) as written,
    ):
        ask(email)

    assert (hashed.call_count, written.call_count) == (1, 1)


def test_no_connection_to_the_database_is_held_while_the_work_waits(portal):
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from django.db import connections

    ours, held = connections["default"], []

    def hashed(*given):
        held.append(ours.connection is not None)
        return encode(*given)

    encode = Argon2PasswordHasher.encode
    with patch.object(Argon2PasswordHasher, "encode", hashed):
        ask(CLEO)

    assert held == [False]


def test_nothing_is_mailed_to_nobody_or_to_the_disabled(portal):
    from muniment.core import clock
    from muniment.trust.identity.models import Letter, Person

    Letter.objects.all().delete()
    Person.objects.filter(id=portal.people["dan"]).update(disabled_at=clock.now())

    ask(NOBODY)
    ask("dan@okoye.example")

    assert not Letter.objects.exists()


def test_no_more_than_three_links_an_hour_and_nobody_is_told(portal):
    from muniment.trust.identity.models import Letter

    Letter.objects.all().delete()
    answers = [ask(CLEO)]
    for _ in range(5):
        answer = ask(CLEO)
        if answer.status_code == 403:
            answer = Visitor().post("/account/password/reset/", {"email": CLEO, **solved(answer)})
        answers.append(answer)

    assert {answer["Location"] for answer in answers} == {"/account/password/reset/sent/"}
    assert Letter.objects.count() == 3

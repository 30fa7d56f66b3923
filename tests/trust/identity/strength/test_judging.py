"""What is said of a password while somebody types: by the form itself, and nothing happens by it."""

import pytest

from muniment.core import ids
from tests.cast import PASSWORD
from tests.trust.identity.browsers import Visitor

NEW = "nine lanterns drift under ice"


def judge(visitor, path, **typed):
    return visitor.browser.post(path, typed, secure=True, headers={"X-Judge-Only": "1"})


@pytest.mark.control("pw-dictionary")
@pytest.mark.parametrize("password", ["short", "charlotte123", "OkoyeHoldings26", "aaaaaaaaaaaaaaaa", NEW])
def test_it_says_what_the_form_says(portal, password):
    cleo = Visitor().sign_in("cleo")

    said = judge(cleo, "/account/password/", password1=password).json()
    answer = cleo.post("/account/password/", {"oldpassword": PASSWORD, "password1": password})

    assert said["good"] == (answer.status_code == 302)
    if not said["good"]:
        shown = [str(problem) for problem in answer.context["form"].errors["password1"]]
        assert said["why"][: len(shown)] == shown


def test_it_says_what_makes_a_password_easy_and_repeats_nothing_of_it(portal):
    said = judge(Visitor().sign_in("cleo"), "/account/password/", password1="qwertyuiop1984").json()

    assert "Easy to guess in it" in " ".join(said["why"])
    assert "qwerty" not in str(said)


def test_nothing_is_changed_counted_or_kept(portal, events):
    from muniment.trust.identity.models import Lockout

    cleo = Visitor().sign_in("cleo")
    before = events(portal.okoye)

    for _ in range(8):
        assert judge(cleo, "/account/password/", oldpassword="wrong", password1=NEW).json()["good"]

    assert events(portal.okoye) == before
    assert not Lockout.objects.exists()
    assert Visitor().password("cleo@okoye.example", PASSWORD).status_code == 302


def test_answers_are_of_one_length(portal):
    cleo = Visitor().sign_in("cleo")
    lengths = {
        len(judge(cleo, "/account/password/", password1=password).content)
        for password in ("short", "charlotte123", "qwertyuiop1984", NEW)
    }

    assert max(lengths) - min(lengths) < 20


def test_only_whoever_could_send_the_form_is_answered(portal):
    assert judge(Visitor(), "/account/password/", password1=NEW).status_code == 302, "nobody is signed in"
    nowhere = f"/invitations/{ids.public(portal.okoye)}/{'x' * 43}/"
    assert judge(Visitor(), nowhere, password1=NEW).status_code == 404


def test_who_joins_is_told_too(portal):
    from muniment.trust.identity import actions

    _, path = actions.invite_person(
        portal.actor("cleo"), email="eve@okoye.example", name="Eve", role="user", purpose="Helps out"
    )

    assert not judge(Visitor(), path, name="Eve Newcomer", password1="EveNewcomerEve").json()["good"]
    assert judge(Visitor(), path, name="Eve Newcomer", password1=NEW).json()["good"]
    assert actions is not None


def test_a_flood_of_them_is_turned_away(portal, monkeypatch):
    from muniment.trust.identity.strength import judging

    monkeypatch.setattr(judging, "A_MINUTE", 3)
    cleo = Visitor().sign_in("cleo")

    answers = [judge(cleo, "/account/password/", password1=NEW).status_code for _ in range(4)]

    assert answers == [200, 200, 200, 429]

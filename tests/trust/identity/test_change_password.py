"""Change a password: the old one is proved, the new one is judged."""

import pytest

from tests.cast import PASSWORD
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.proof import solved

NEW = "nine lanterns drift under ice"


def change(browser, old=PASSWORD, new=NEW):
    return browser.post("/account/password/", {"oldpassword": old, "password1": new})


def test_the_new_password_signs_in_and_the_old_one_does_not(portal):
    assert change(Visitor().sign_in("cleo")).status_code == 302

    assert Visitor().password("cleo@okoye.example", PASSWORD).status_code == 200
    assert Visitor().password("cleo@okoye.example", NEW).status_code == 302


def test_the_old_password_is_asked_for_and_counted(portal):
    cleo = Visitor().sign_in("cleo")
    for number in range(5):
        answer = change(cleo, old="not the password at all")
        assert answer.status_code == 422
        if number > 2:
            given = {"oldpassword": "not the password at all", "password1": NEW, **solved(answer)}
            assert cleo.post("/account/password/", given).status_code == 422

    assert change(cleo).status_code == 429, "a stolen session cannot guess on"


@pytest.mark.parametrize("new", ["short", "charlotte123", "aaaaaaaaaaaaaaaa", "CleoOkoyeCleo1"])
def test_a_weak_password_is_refused_beside_its_field(portal, new):
    answer = change(Visitor().sign_in("cleo"), new=new)

    assert answer.status_code == 422
    assert answer.context["form"].errors["password1"]
    assert Visitor().password("cleo@okoye.example", PASSWORD).status_code == 302


def test_the_action_itself_refuses_a_weak_password_and_the_old_one(portal):
    from muniment.trust.identity import actions
    from muniment.trust.identity.errors import WeakPassword

    for weak in ("charlotte123", PASSWORD):
        with pytest.raises(WeakPassword):
            actions.change_password(portal.actor("cleo"), password=weak)


def test_the_person_is_told_by_mail(portal):
    from muniment.trust.identity.models import Letter

    change(Visitor().sign_in("cleo"))

    newest = Letter.objects.latest("id")
    assert newest.message["to"] == ["cleo@okoye.example"]
    assert "password was changed" in newest.message["subject"]
    assert NEW not in newest.message["body"]


def test_staff_change_theirs_in_the_firms_log(portal, events):
    before = events(portal.okoye)

    assert change(Visitor().sign_in("ben")).status_code == 302

    assert events(portal.firm_id)[0] == "password.changed"
    assert events(portal.okoye) == before


def test_a_flagged_password_must_be_changed_before_anything_else(portal, events):
    from muniment.trust.identity import actions

    before = Visitor().sign_in("cleo")
    actions.flag_password(portal.actor("ada", portal.okoye), person_id=portal.people["cleo"])
    assert not before.is_signed_in(), "running sessions end"
    assert events(portal.okoye)[0] == "password.flagged"

    cleo = Visitor().sign_in("cleo")
    assert cleo.get("/")["Location"] == "/account/password/"
    assert change(cleo).status_code == 302
    assert cleo.get("/account/").status_code == 200


def test_only_who_administers_people_flags_a_password(portal):
    from muniment.core.errors import NotFound
    from muniment.trust.identity import actions

    for who in ("ben", "cleo", "mallory"):
        with pytest.raises(NotFound):
            actions.flag_password(portal.actor(who), person_id=portal.people["dan"])


def test_an_admin_has_somebody_choose_a_new_password_by_page(portal, events):
    from muniment.core import ids
    from tests.cast import signed_in

    cleo, ada = signed_in(portal.people["cleo"]), signed_in(portal.people["ada"])
    people = f"/{ids.public(portal.okoye)}/people/"
    flag = f"{people}{ids.public(portal.people['cleo'])}/new-password/"

    listed = ada.get(people, secure=True).content.decode()
    question = ada.get(flag, secure=True)
    before = cleo.get("/account/", secure=True).status_code
    done = ada.post(flag, secure=True)
    after = cleo.get("/account/", secure=True)

    assert flag in listed
    assert question.status_code == 200
    assert b"Cleo Okoye" in question.content
    assert (before, done.status_code) == (200, 302)
    assert after.status_code == 302
    assert "sign-in" in after["Location"]
    assert "password.flagged" in events(portal.okoye)[:3]


@pytest.mark.parametrize("who", ["ben", "cleo", "mallory"])
def test_nobody_else_finds_the_way_to_it(portal, who):
    from muniment.core import ids
    from tests.cast import signed_in

    browser, people = signed_in(portal.people[who]), f"/{ids.public(portal.okoye)}/people/"
    flag = f"{people}{ids.public(portal.people['dan'])}/new-password/"

    assert browser.get(flag, secure=True).status_code == 404
    assert browser.post(flag, secure=True).status_code in {403, 404}
    assert "new-password" not in browser.get(people, secure=True).content.decode()

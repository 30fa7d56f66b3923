"""I lost my phone: a colleague confirms, a wait passes, everybody concerned is told, and the person can stop it."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.trust.access import actions as access
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.clients import actions as clients
from muniment.trust.identity.models import Letter, Recovery
from muniment.trust.identity.recovery import actions
from muniment.trust.identity.recovery.errors import NothingToDecide
from muniment.trust.identity.recovery.queries import concerned, confirmers
from tests.cast import PEOPLE, Portal
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.mails import link, mails
from tests.trust.identity.proof import solved
from tests.trust.identity.steps.profiles import again, set_profile

LOST = "/sign-in/lost/"
DAN = PEOPLE["dan"][1]


@pytest.fixture
def dan(portal: Portal) -> Visitor:
    """Return the browser of Dan, who proved the password, lost his phone, and asked his colleagues."""
    return _ask("dan")


def _ask(who: str) -> Visitor:
    browser = Visitor(ip="198.51.100.7")
    browser.password(PEOPLE[who][1])
    assert browser.get(LOST).status_code == 200
    assert browser.post(LOST, {"ask": "1"}).status_code == 302
    return browser


def _deciding(portal: Portal, who: str, client_id: Any = None) -> tuple[Visitor, str]:
    """Return a colleague's browser and the page on which they decide about Dan."""
    place = ids.public(client_id or portal.okoye)
    return Visitor().sign_in(who), f"/{place}/people/{ids.public(portal.people['dan'])}/recovery/"


def _events(client_id: Any) -> list[str]:
    found = log.entries(Actor.system(client_id), LogFilter(without_pages=True), limit=100)
    return [entry.event for entry in found if entry.event.startswith("recovery.")]


def test_from_a_lost_phone_to_a_new_one(portal: Portal, dan: Visitor, monkeypatch):
    assert [subject.split(":")[0] for subject, _ in mails("dan")] == ["You asked for a way back in"]
    assert "Dan Okoye lost what they sign in with" in mails("cleo")[0][0]
    assert "Your colleagues are asked" in dan.get(LOST).content.decode()
    assert dan.post(LOST, {"finish": "1"}).status_code == 200, "nobody confirmed it"

    cleo, page = _deciding(portal, "cleo")
    assert "Dan Okoye lost a phone" in cleo.get(f"/{ids.public(portal.okoye)}/people/").content.decode()
    assert "Is it really Dan Okoye?" in cleo.get(page).content.decode()
    assert link("cleo", "/recovery/") == page
    assert cleo.post(page, {"confirm": "1"}).status_code == 302
    assert "Cleo Okoye confirmed" in mails("dan")[0][0]

    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(hours=23, minutes=50))
    again(dan).password(DAN)
    assert "Please wait a little" in dan.get(LOST).content.decode()
    assert dan.post(LOST, {"finish": "1"}).status_code == 200
    assert Authenticator.objects.filter(user_id=portal.people["dan"]).exists()

    monkeypatch.setattr(clock, "now", lambda: start + timedelta(hours=24, minutes=1))
    again(dan).password(DAN)
    assert "You can go on now" in dan.get(LOST).content.decode()
    assert dan.post(LOST, {"finish": "1"}).status_code == 302
    assert not Authenticator.objects.filter(user_id=portal.people["dan"]).exists()
    assert dan.get("/account/")["Location"] == "/account/factor/", "everything is set up anew before anything else"
    assert "came back in" in mails("dan")[0][0]
    assert "came back in" in mails("cleo")[0][0]
    assert _events(portal.okoye) == ["recovery.done", "recovery.confirmed", "recovery.asked"]


def test_the_wait_is_that_of_the_profile(portal: Portal):
    set_profile(portal.okoye, recovery_hours=72)
    _ask("dan")
    actions.confirm_recovery(portal.actor("cleo"), person_id=portal.people["dan"])

    (row,) = Recovery.objects.filter(person_id=portal.people["dan"])
    assert row.ready_at
    assert row.confirmed_at
    assert row.ready_at - row.confirmed_at == timedelta(hours=72)


def test_without_the_password_there_is_no_such_page(portal: Portal):
    stranger = Visitor()
    stranger.password(DAN, "a-wrong-password-of-a-stranger")

    assert stranger.get(LOST)["Location"].startswith("/sign-in/")
    assert stranger.post(LOST, {"ask": "1"})["Location"].startswith("/sign-in/")
    assert not Recovery.objects.exists()


def test_by_the_link_in_the_mail_the_person_stops_it_and_everybody_is_told(portal: Portal, dan: Visitor):
    actions.confirm_recovery(portal.actor("cleo"), person_id=portal.people["dan"])
    first, path = mails("dan")[-1][1], link("dan", "recovery/stop")
    assert path in first, "the link of either mail is the same"

    assert Visitor().get(path).status_code == 200
    assert Recovery.objects.get().stopped_at is None, "programs that read mails open links too"
    assert Visitor().post(path).status_code == 200

    assert Recovery.objects.get().stopped_at is not None
    assert "was stopped" in mails("dan")[0][0]
    assert "was stopped" in mails("cleo")[0][0]
    assert Visitor().post(path).status_code == 404
    assert "Your colleagues are asked" not in dan.get(LOST).content.decode()
    assert _events(portal.okoye)[0] == "recovery.stopped"


def test_from_a_browser_in_which_they_are_signed_in_the_person_stops_it(portal: Portal):
    home = Visitor().sign_in("dan")
    assert "lost a phone" not in home.get("/account/").content.decode()
    _ask("dan")
    assert "Somebody says that they are you" in home.get("/account/").content.decode()

    assert home.post("/account/recovery/stop/").status_code == 302

    assert Recovery.objects.get().stopped_by == portal.people["dan"]
    assert home.post("/account/recovery/stop/").status_code == 409
    with pytest.raises(NothingToDecide):
        actions.confirm_recovery(portal.actor("cleo"), person_id=portal.people["dan"])


def test_a_colleague_who_does_not_know_of_it_stops_it(portal: Portal, dan: Visitor):
    cleo, page = _deciding(portal, "cleo")

    assert cleo.post(page, {"decline": "1"}).status_code == 302

    assert Recovery.objects.get().stopped_by == portal.people["cleo"]
    assert cleo.get(page).status_code == 404
    assert _events(portal.okoye)[0] == "recovery.declined"


def test_only_a_colleague_who_manages_people_confirms_and_nobody_themselves(portal: Portal, dan: Visitor):
    for who, client_id in (("mallory", portal.okoye), ("mallory", portal.brandt), ("ben", portal.okoye)):
        with pytest.raises(NotFound):
            actions.confirm_recovery(portal.actor(who, client_id), person_id=portal.people["dan"])
    _ask("cleo")
    with pytest.raises(NotFound):
        actions.confirm_recovery(portal.actor("cleo"), person_id=portal.people["cleo"])
    assert Recovery.objects.filter(confirmed_at__isnull=False).count() == 0


@pytest.mark.control("two-step")
def test_no_client_weakens_the_door_of_another(portal: Portal, dan: Visitor):
    """A manager elsewhere, who may know the password, gets somebody to join her client too."""
    with acting_as(Actor.system(portal.brandt)):
        clients.join(portal.brandt, portal.people["dan"], "contact")

    assert confirmers(portal.people["dan"]).keys() == {portal.people["ada"]}
    assert concerned(portal.people["dan"]) == {portal.people[who] for who in ("ada", "cleo", "mallory")}
    for who, client_id in (("mallory", portal.brandt), ("cleo", portal.okoye)):
        with pytest.raises(NotFound):
            actions.confirm_recovery(portal.actor(who, client_id), person_id=portal.people["dan"])

    actions.confirm_recovery(portal.actor("ada", portal.okoye), person_id=portal.people["dan"])

    assert "Ada Harcourt confirmed that Dan Okoye" in mails("cleo")[0][0]
    assert "tell Harcourt & Vane at once" in mails("cleo")[0][1]


@pytest.mark.control("two-step")
def test_who_may_give_less_does_not_confirm_who_may_more(portal: Portal):
    """Whoever manages people of the firm, and knows a super admin's password, is no super admin by that."""
    firm = Actor.system(portal.firm_id, purpose="Tests")
    verbs = {"person:list", "person:end"}
    desk = access.make_role(firm, title="People desk", side="firm", verbs=verbs, administers=True)
    for client_id in (portal.firm_id, portal.okoye):  # nobody both administers and reads content
        access.end_grants_of(Actor.system(client_id, purpose="Tests"), person_id=portal.people["ben"])
    access.give_grant(firm, person_id=portal.people["ben"], role=desk.name, purpose="Tests")
    ben = portal.actor("ben", portal.firm_id)
    assert "person:end" in ben.firm_verbs
    _ask("ada")
    assert confirmers(portal.people["ada"]) == {}

    with pytest.raises(NotFound):
        actions.confirm_recovery(ben, person_id=portal.people["ada"])

    assert Recovery.objects.get().confirmed_at is None


def test_a_colleague_stops_what_another_one_confirmed(portal: Portal, dan: Visitor):
    actions.confirm_recovery(portal.actor("ada", portal.okoye), person_id=portal.people["dan"])
    cleo, page = _deciding(portal, "cleo")
    assert "stop it here:" in mails("cleo")[0][1]
    assert link("cleo", "/recovery/") == page
    shown = cleo.get(page).content.decode()
    assert "A colleague confirmed it already" in shown
    assert 'name="confirm"' not in shown
    assert cleo.post(page, {"confirm": "1"}).status_code == 409, "once is enough"

    assert cleo.post(page, {"decline": "1"}).status_code == 302

    assert Recovery.objects.get().stopped_by == portal.people["cleo"]


def test_every_act_locks_the_person_first(portal: Portal, dan: Visitor):
    """Two acts at one moment, such as stopping it by the link and using it, would wait for each other for ever."""
    path = link("dan", "recovery/stop")

    with CaptureQueriesContext(connection) as seen:
        assert Visitor().post(path).status_code == 200

    locked = [query["sql"] for query in seen if "FOR UPDATE" in query["sql"]]
    assert ['FROM "person"' in sql for sql in locked][:2] == [True, False]


@pytest.mark.control("captcha")
def test_asking_again_costs_a_sum(portal: Portal, dan: Visitor):
    Recovery.objects.update(stopped_at=clock.now())

    refused = dan.post(LOST, {"ask": "1"})

    assert refused.status_code == 403
    assert Recovery.objects.filter(stopped_at=None).count() == 0
    assert dan.post(LOST, {"ask": "1", **solved(refused)}).status_code == 302
    assert Recovery.objects.filter(stopped_at=None).count() == 1


def test_staff_are_confirmed_by_an_administrator_in_the_firm_and_never_by_a_client(portal: Portal):
    _ask("ben")
    assert confirmers(portal.people["ben"]).keys() == {portal.people["ada"]}
    with pytest.raises(NotFound):
        actions.confirm_recovery(portal.actor("cleo"), person_id=portal.people["ben"])

    actions.confirm_recovery(portal.actor("ada"), person_id=portal.people["ben"])

    assert Recovery.objects.get(person_id=portal.people["ben"]).confirmed_by == portal.people["ada"]


def test_where_no_other_manager_is_left_the_firm_is_asked(portal: Portal):
    assert confirmers(portal.people["dan"]).keys() == {portal.people["cleo"]}

    found = confirmers(portal.people["cleo"])

    assert portal.people["ada"] in found
    assert portal.people["cleo"] not in found


def test_asking_twice_mails_once_and_there_is_a_limit(portal: Portal, dan: Visitor):
    for _ in range(4):
        dan.post(LOST, {"ask": "1"})

    assert Recovery.objects.count() == 1
    assert len(mails("dan")) == 1


@pytest.mark.parametrize("confirmed", [False, True])
def test_what_nobody_used_for_a_week_is_over(portal: Portal, dan: Visitor, monkeypatch, confirmed: bool):
    if confirmed:
        actions.confirm_recovery(portal.actor("cleo"), person_id=portal.people["dan"])
    (row,) = Recovery.objects.all()
    monkeypatch.setattr(clock, "now", lambda: row.expires_at + timedelta(minutes=1))

    again(dan).password(DAN)

    assert "Lost your phone?" in dan.get(LOST).content.decode()
    dan.post(LOST, {"finish": "1"})
    assert Authenticator.objects.filter(user_id=portal.people["dan"]).exists()


def test_a_recovery_code_is_quicker(portal: Portal):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    codes = RecoveryCodes(Authenticator.objects.get(user_id=portal.people["dan"], type="recovery_codes"))
    browser = Visitor()
    browser.password(DAN)
    assert browser.get(LOST).status_code == 200

    browser.code(codes.get_unused_codes()[0])

    assert browser.is_signed_in()


def test_what_everybody_is_told_has_no_secret_for_anybody_else(portal: Portal, dan: Visitor):
    stop = link("dan", "recovery/stop")
    to_others = [str(row.message) for row in Letter.objects.exclude(person_id=portal.people["dan"])]

    assert to_others
    assert all(stop not in text for text in to_others)


def test_an_invented_link_stops_nothing(portal: Portal, dan: Visitor):
    assert Visitor().post(f"/recovery/stop/{'x' * 43}/").status_code == 404
    assert Recovery.objects.get().stopped_at is None

"""The pages on which conditions are seen and set: profiles, networks, extra rules."""

import re
from typing import Any

import pytest
from django.test import Client as Browser

from muniment.core import ids
from muniment.trust.access import actions, queries
from muniment.trust.access.types import Profile, Rule, Side, Terms
from muniment.trust.clients import queries as clients
from tests.cast import Portal, signed_in
from tests.trust.access.conditions.administrators import second_administrator


def _page(browser: Browser, path: str, status: int = 200) -> str:
    response = browser.get(path, secure=True)
    assert response.status_code == status
    return response.content.decode()


def _filled(page: str) -> dict[str, Any]:
    """Return what the fields of a page's forms would send as they stand."""
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is None or ('type="checkbox"' in tag and "checked" not in tag):
            continue
        sent.setdefault(name[1], []).append(value[1] if value else ("on" if 'type="checkbox"' in tag else ""))
    sent |= dict(re.findall(r'<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL))
    for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    return sent


def _problems(response: Any) -> list[str]:
    """Return what a page says is wrong with a form."""
    return re.findall(r"errorlist[^>]*>(.*?)</ul>|notice-red.*?</p>", response.content.decode(), re.DOTALL)


def _home(portal: Portal) -> str:
    return f"/{ids.public(portal.okoye)}/"


@pytest.mark.control("access-when", "access-how", "access-where")
def test_an_administrator_sets_the_conditions_of_a_client(portal: Portal):
    browser, path = signed_in(portal.people["ada"]), f"{_home(portal)}conditions/"
    begun = _filled(_page(browser, path))

    changed = begun | {
        "zone": "Europe/Madrid",
        "contacts-days": ["mon", "tue"],
        "contacts-opens": "08:30",
        "contacts-closes": "20:00",
        "contacts-countries": "es, FR",
        "contacts-fresh_delete": "15",
        "staff-passkey_for": ["sign"],
        "staff-session_idle_minutes": "20",
    }
    saved = browser.post(path, changed, secure=True)

    assert saved.status_code == 302, _problems(saved)
    facts = queries.profile_of(portal.actor("ada", portal.okoye))
    terms = facts.profile.contacts.terms
    assert (facts.version, facts.profile.zone, facts.set_by) == (1, "Europe/Madrid", portal.people["ada"])
    assert (terms.days, terms.opens, terms.closes) == (frozenset(("mon", "tue")), 510, 1200)
    assert (terms.countries, terms.fresh) == (frozenset(("ES", "FR")), (("delete", 15),))
    assert facts.profile.staff.terms.passkey_for == {"sign"}
    assert facts.profile.staff.session_idle_minutes == 20
    assert "Mon, Tue" in _page(browser, path)


def test_saving_without_a_change_changes_nothing(portal: Portal):
    browser, path = signed_in(portal.people["ada"]), f"{_home(portal)}conditions/"
    ada = portal.actor("ada", portal.okoye)
    for starter, (_title, profile) in queries.STARTERS.items():
        before = actions.set_profile(ada, profile=profile)

        browser.post(path, _filled(_page(browser, path)), secure=True)

        after = queries.profile_of(ada)
        assert (after.profile, after.version) == (before.profile, before.version + 1), starter


def test_a_starter_is_seen_before_it_is_saved(portal: Portal):
    browser, path = signed_in(portal.people["ada"]), f"{_home(portal)}conditions/"
    ada = portal.actor("ada", portal.okoye)

    looked = _page(browser, f"{path}?starter=health")
    before = queries.profile_of(ada)
    browser.post(path, _filled(looked), secure=True)

    assert before.version == 0
    assert "nothing demanded" in looked
    found, wanted = queries.profile_of(ada).profile, queries.STARTERS["health"][1]
    assert (found.starter, found.staff, found.contacts) == ("health", wanted.staff, wanted.contacts)


def test_what_a_label_adds_is_set_on_its_own_page(portal: Portal):
    browser, path = signed_in(portal.people["ada"]), f"{_home(portal)}conditions/labels/restricted/"
    begun = _filled(_page(browser, path))

    browser.post(path, begun | {"contacts-never": ["download"]}, secure=True)

    profile = queries.profile_of(portal.actor("ada", portal.okoye)).profile
    assert profile.contacts.labels == (("restricted", Terms(never=frozenset({"download"}))),)
    assert profile.staff == Side()
    assert "Never, download" in _page(browser, f"{_home(portal)}conditions/")
    _page(browser, f"{_home(portal)}conditions/labels/purple/", 404)


def test_what_would_shut_out_who_sets_it_is_refused_and_kept_on_the_page(portal: Portal):
    browser, path = signed_in(portal.people["ada"]), f"{_home(portal)}conditions/"

    answer = browser.post(path, _filled(_page(browser, path)) | {"staff-countries": "KP"}, secure=True)

    assert answer.status_code == 422
    assert "This would shut you out" in answer.content.decode()
    assert 'value="KP"' in answer.content.decode()
    assert queries.profile_of(portal.actor("ada", portal.okoye)).version == 0


def test_two_who_change_the_same_profile_are_told(portal: Portal):
    browser, path = signed_in(portal.people["ada"]), f"{_home(portal)}conditions/"
    begun = _filled(_page(browser, path))
    actions.set_profile(portal.actor("ada", portal.okoye), profile=Profile(zone="Europe/Paris"))

    answer = browser.post(path, begun | {"zone": "Europe/Rome"}, secure=True)

    assert answer.status_code == 422
    assert "Somebody changed the conditions meanwhile" in answer.content.decode()
    assert queries.profile_of(portal.actor("ada", portal.okoye)).profile.zone == "Europe/Paris"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("contacts-countries", "Spain", "A country has two letters"),
        ("contacts-closes", "07:00", "must be later than their start"),
        ("zone", "Moon/Base", "not one of the available choices"),
        ("staff-fresh_sign", "0", "greater than or equal to 1"),
    ],
)
def test_a_mistake_is_told_beside_its_field(portal: Portal, field: str, value: str, told: str):
    browser, path = signed_in(portal.people["ada"]), f"{_home(portal)}conditions/"
    begun = _filled(_page(browser, path)) | {"contacts-opens": "08:00", "contacts-closes": "18:00"}

    answer = browser.post(path, begun | {field: value}, secure=True)

    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_a_manager_reads_the_conditions_and_changes_none(portal: Portal):
    browser, path = signed_in(portal.people["cleo"]), f"{_home(portal)}conditions/"
    terms = Terms(days=frozenset({"mon"}), opens=480, closes=1080)
    actions.set_profile(
        portal.actor("ada", portal.okoye),
        profile=Profile(contacts=Side(terms=Terms(fresh=(("pay", 5),)), labels=(("restricted", terms),))),
    )

    page = _page(browser, path)

    assert "Mon" in page
    assert '<form method="post" action="' + path not in page
    assert browser.post(path, {"zone": "UTC"}, secure=True).status_code in {403, 404, 422}
    assert queries.profile_of(portal.actor("ada", portal.okoye)).version == 1
    _page(browser, f"{path}labels/restricted/", 404)


@pytest.mark.parametrize("name", ["dan", "mallory"])
def test_others_do_not_find_the_pages(portal: Portal, name: str):
    browser = signed_in(portal.people[name])

    for path in ("conditions/", "conditions/rules/", "conditions/rules/new/"):
        _page(browser, _home(portal) + path, 404)


@pytest.mark.parametrize("name", ["ben", "cleo", "mallory"])
def test_only_administrators_see_what_holds_for_all_clients(portal: Portal, name: str):
    browser = signed_in(portal.people[name])

    for path in ("/conditions/", "/conditions/new-clients/", "/networks/"):
        _page(browser, path, 404)


def test_the_overview_shows_each_client_with_what_is_set(portal: Portal):
    actions.set_profile(portal.actor("ada", portal.okoye), profile=queries.STARTERS["law"][1])

    page = _page(signed_in(portal.people["ada"]), "/conditions/")

    assert "Okoye Holdings Ltd" in page
    assert queries.STARTERS["law"][0] in page
    assert "Nothing set" in page  # of Brandt


def test_what_new_clients_begin_with_is_set_in_the_firm(portal: Portal):
    browser, path = signed_in(portal.people["ada"]), "/conditions/new-clients/"

    browser.post(path, _filled(_page(browser, path)) | {"zone": "Europe/Madrid"}, secure=True)

    assert 'value="Europe/Madrid" selected' in _page(browser, path)
    assert queries.profile_of(portal.actor("ada", portal.okoye)).version == 0


@pytest.mark.control("access-where")
def test_networks_get_names_other_ranges_and_an_end(portal: Portal):
    browser = signed_in(portal.people["ada"])
    wanted = {"name": "Madrid office", "cidrs": "203.0.113.0/24\n2001:db8:5::/48"}

    saved = browser.post("/networks/", wanted, secure=True)
    changed = browser.post("/networks/", {"name": "Madrid office", "cidrs": "203.0.113.7"}, secure=True)
    during = [(network.name, network.cidrs) for network in queries.networks()]
    page = _page(browser, "/networks/")
    removed = browser.post("/networks/remove/", {"name": "Madrid office"}, secure=True)

    assert (saved.status_code, changed.status_code, removed.status_code) == (302, 302, 302)
    assert during == [("Madrid office", ("203.0.113.7/32",))]
    assert "203.0.113.7/32" in page
    assert queries.networks() == ()


@pytest.mark.parametrize(
    ("cidrs", "told"),
    [
        ("203.0.113.5/24", "203.0.113.0/24 is the whole of it"),
        ("the office", "A range is written as"),
        ("10.0.0.0/33", "A range is written as"),
    ],
)
def test_a_range_that_cannot_be_meant_is_refused(portal: Portal, cidrs: str, told: str):
    answer = signed_in(portal.people["ada"]).post("/networks/", {"name": "Office", "cidrs": cidrs}, secure=True)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert queries.networks() == ()


def test_nobody_blocks_the_network_they_come_from(portal: Portal):
    browser = signed_in(portal.people["ada"])

    answer = browser.post("/networks/", {"name": "Everywhere", "cidrs": "0.0.0.0/0", "is_blocked": "on"}, secure=True)

    assert answer.status_code == 422
    assert "This would shut you out" in answer.content.decode()
    assert queries.networks() == ()


def test_a_network_that_conditions_speak_of_stays(portal: Portal):
    firm = portal.actor("ada", clients.firm_id())
    actions.set_network(firm, name="Office", cidrs=["203.0.113.0/24"])
    profile = Profile(contacts=Side(labels=(("restricted", Terms(networks=frozenset({"Office"}))),)))
    actions.set_profile(portal.actor("ada", portal.okoye), profile=profile)

    answer = signed_in(portal.people["ada"]).post("/networks/remove/", {"name": "Office"}, secure=True)

    assert answer.status_code == 409
    assert [network.name for network in queries.networks()] == ["Office"]


WANTED = {
    "title": "Restricted papers stay here.",
    "remedy": "Read them in the browser.",
    "who": "contacts",
    "actions": ["download"],
    "labels": ["restricted"],
    "never": "on",
    "reason": "A paper got around",
}


@pytest.mark.control("access-when", "access-how", "access-where")
def test_a_rule_is_tried_asked_for_and_approved(portal: Portal):
    ada, grace = signed_in(portal.people["ada"]), second_administrator(portal)
    path = f"{_home(portal)}conditions/rules/"

    tried = ada.post(f"{path}new/", WANTED | {"try": "1"}, secure=True)
    nothing_yet = queries.rules(portal.actor("ada", portal.okoye))
    asked = ada.post(f"{path}new/", WANTED | {"ask": "1"}, secure=True)
    own = _page(ada, asked.headers["location"])
    assert grace.person_id is not None
    theirs = _page(signed_in(grace.person_id), asked.headers["location"])
    approve = re.search(r'action="([^"]*/approve/)"', theirs)
    assert approve is not None
    done = signed_in(grace.person_id).post(approve[1], {"reason": "Right"}, secure=True)

    assert (tried.status_code, asked.status_code, done.status_code) == (200, 302, 302)
    assert "Would have refused 0 of" in tried.content.decode()
    assert nothing_yet == []
    assert "/approve/" not in own
    assert "Holds" in _page(ada, path)
    (held,) = queries.rules(portal.actor("ada", portal.okoye))
    assert (held.rule.title, held.state) == ("Restricted papers stay here.", "running")


def test_a_rule_that_demands_nothing_is_told_so(portal: Portal):
    ada = signed_in(portal.people["ada"])

    answer = ada.post(f"{_home(portal)}conditions/rules/new/", WANTED | {"never": "", "ask": "1"}, secure=True)

    assert answer.status_code == 422
    assert "Say what must be so" in answer.content.decode()
    assert "Restricted papers stay here." in answer.content.decode()


def test_an_advisor_reads_rules_and_asks_for_none(portal: Portal):
    rule = Rule("No downloads.", "", ("download",), never=True, who="contacts")
    actions.ask_rule(portal.actor("ada", portal.okoye), rule=rule, reason="Why not")
    ben, path = signed_in(portal.people["ben"]), f"{_home(portal)}conditions/rules/"

    page = _page(ben, path)

    assert "No downloads." in page
    assert "/new/" not in page
    _page(ben, f"{path}new/", 404)

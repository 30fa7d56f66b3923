"""Terms: whoever must accept them sees them first, and can do nothing else."""

import pytest

from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.presentation import actions, queries
from tests.cast import Portal, signed_in

TEXT = "You agree to be kind.\n\nAnd to be on time."


def publish(portal: Portal, *, newest: int = 0, text: str = TEXT, contacts: bool = True, staff: bool = False) -> None:
    actions.publish_terms(portal.actor("ada"), newest=newest, text=text, for_contacts=contacts, for_staff=staff)


def test_who_has_not_accepted_can_do_nothing_but_read_and_sign_out(portal: Portal):
    publish(portal)
    cleo = signed_in(portal.people["cleo"])

    home = cleo.get("/")
    typed = cleo.post("/account/reading/", {"language": "en-us", "zone": ""})
    part = cleo.get("/", headers={"hx-request": "true"})

    assert home.headers["Location"] == "/terms/?next=%2F"
    assert typed.headers["Location"].startswith("/terms/")
    assert part.headers["HX-Redirect"].startswith("/terms/")
    assert "be kind" in cleo.get("/terms/").content.decode()
    assert cleo.get("/terms/versions/").status_code == 200
    assert cleo.get("/terms/version-1/").status_code == 200
    assert cleo.post("/sign-out/").status_code == 302


def test_who_accepted_goes_on_to_where_they_wanted_to_go(portal: Portal):
    publish(portal)
    cleo = signed_in(portal.people["cleo"])

    done = cleo.post("/terms/accept/", {"number": "1", "accepted": "on", "next": "/account/"})

    assert done.headers["Location"] == "/account/"
    assert cleo.get("/account/").status_code == 200
    assert signed_in(portal.people["cleo"]).get("/account/").status_code == 200  # in another session too
    (entry,) = log.entries(portal.actor("cleo"), LogFilter(events=(Event.TERMS_ACCEPTED,)), limit=2)
    assert (entry.person_id, entry.facts) == (portal.people["cleo"], {"number": 1})


def test_nobody_is_sent_to_another_site_after_accepting(portal: Portal):
    publish(portal)

    done = signed_in(portal.people["cleo"]).post(
        "/terms/accept/", {"number": "1", "accepted": "on", "next": "//evil.example/"}
    )

    assert done.headers["Location"] == "/"


def test_without_the_tick_nothing_is_accepted(portal: Portal):
    publish(portal)
    cleo = signed_in(portal.people["cleo"])

    refused = cleo.post("/terms/accept/", {"number": "1"})

    assert refused.status_code == 422
    assert cleo.get("/").status_code == 302
    assert queries.accepted_by(portal.people["cleo"]) == []


def test_a_newer_version_has_to_be_accepted_anew_even_in_a_running_session(portal: Portal):
    publish(portal)
    cleo = signed_in(portal.people["cleo"])
    cleo.post("/terms/accept/", {"number": "1", "accepted": "on"})
    assert cleo.get("/account/").status_code == 200

    publish(portal, newest=1, text="New words")

    assert cleo.get("/account/").headers["Location"].startswith("/terms/")
    stale = cleo.post("/terms/accept/", {"number": "1", "accepted": "on"})
    assert stale.status_code == 409
    assert "New words" in stale.content.decode()


def test_only_those_who_must_are_asked(portal: Portal):
    publish(portal)
    assert signed_in(portal.people["ada"]).get("/account/").status_code == 200

    publish(portal, newest=1, contacts=False, staff=True)

    assert signed_in(portal.people["ada"]).get("/account/").headers["Location"].startswith("/terms/")
    assert signed_in(portal.people["cleo"]).get("/account/").status_code == 200


def test_what_was_refused_stands_in_the_log_with_its_reason(portal: Portal):
    publish(portal)
    signed_in(portal.people["cleo"]).get("/account/")

    (entry,) = log.entries(portal.actor("cleo"), LogFilter(events=(Event.REFUSED,)), limit=1)
    assert entry.facts["rule"] == "terms-first"


def test_two_who_publish_at_once_see_both(portal: Portal):
    ada = signed_in(portal.people["ada"])
    given = {"newest": "0", "text": "Mine", "for_contacts": ""}
    publish(portal, contacts=False, text="Hers")

    second = ada.post("/terms/publish/", given)

    assert second.status_code == 409
    page = second.content.decode()
    assert "Hers" in page
    assert "Mine" in page
    assert [one.text for one in queries.terms_versions()] == ["Hers"]


def test_who_publishes_sees_who_accepted(portal: Portal):
    publish(portal)
    signed_in(portal.people["cleo"]).post("/terms/accept/", {"number": "1", "accepted": "on"})

    assert "Cleo Okoye" in signed_in(portal.people["ada"]).get("/terms/publish/").content.decode()


@pytest.mark.parametrize("number", ["0", "9", "x"])
def test_terms_that_are_not_cannot_be_accepted(portal: Portal, number):
    publish(portal)

    found = signed_in(portal.people["cleo"]).post("/terms/accept/", {"number": number, "accepted": "on"})

    assert found.status_code in {409, 422}
    assert queries.accepted_by(portal.people["cleo"]) == []

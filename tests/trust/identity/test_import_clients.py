"""A list of clients and their people: all of it or nothing."""

import pytest

from muniment.core.errors import NotFound
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions, queries
from muniment.trust.identity.life.errors import ListRefused
from muniment.trust.identity.models import Letter
from tests.cast import OKOYE, Portal, signed_in

HEAD = "Client,What it does,Name,E-mail,Role,Purpose,Until\n"
GOOD = (
    HEAD
    + "Lind Joinery,Furniture,Rosa Lind,rosa@lind.example,Manager,Year end,2030-12-31\n"
    + "lind joinery,,Tom Ek,tom@lind.example,User,Year end,\n"
    + "Brook Dental,,,,,,\n"
)


def test_every_company_of_a_list_is_opened_and_its_people_invited(portal: Portal):
    before, ada = set(clients.client_ids()), portal.actor("ada")

    done = actions.import_clients(ada, text=GOOD)

    made = queries.companies(set(clients.client_ids()) - before)
    assert sorted((one.name, one.line) for one in made.values()) == [
        ("Brook Dental", ""),
        ("Lind Joinery", "Furniture"),
    ]
    assert (len(done.clients), done.people) == (2, 2)
    lind = next(one.id for one in made.values() if one.name == "Lind Joinery")
    assert {one.email for one in queries.open_invitations(ada.within(lind))} == {
        "rosa@lind.example",
        "tom@lind.example",
    }
    assert {row.message["to"][0] for row in Letter.objects.order_by("-id")[:2]} == {
        "rosa@lind.example",
        "tom@lind.example",
    }
    (entry,) = log.entries(ada, LogFilter(events=(Event.CLIENTS_IMPORTED,)), limit=1)
    assert entry.facts == {"clients": 2, "people": 2}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (",,Rosa,rosa@lind.example,Manager,Year end,", "name of the company"),
        (f"{OKOYE},,Rosa,rosa@lind.example,Manager,Year end,", "already"),
        ("Lind,,Rosa,nobody,Manager,Year end,", "no e-mail address"),
        ("Lind,,Rosa,rosa@lind.example,King,Year end,", "no role"),
        ("Lind,,Rosa,rosa@lind.example,Manager,,", "why"),
        ("Lind,,Rosa,rosa@lind.example,Manager,Year end,2001-01-01", "past"),
        ("Lind,,Rosa,rosa@lind.example,Manager,Year end,someday", "no day"),
        ("Lind,,Ben,ben@harcourt.example,Manager,Year end,", "works for the firm"),
        ("Lind,,,rosa@lind.example,Manager,Year end,", "name is missing"),
        ("Lind,,A,rosa@lind.example,User,Y,\nLind,,B,rosa@lind.example,User,Y,", "twice"),
        ("Lind,,,,,,\nLind,,,,,,", "twice"),
    ],
)
def test_one_bad_line_refuses_the_whole_list_and_says_which(portal: Portal, line, problem):
    before, ada = clients.client_ids(), portal.actor("ada")
    text = GOOD + line + "\n"

    sheet = queries.read_clients(ada, text)
    with pytest.raises(ListRefused):
        actions.import_clients(ada, text=text)

    wrong = [one for one in sheet.lines if one.problems]
    assert wrong[-1].number == text.count("\n")
    assert problem in " ".join(wrong[-1].problems)
    assert clients.client_ids() == before


@pytest.mark.parametrize("text", ["", "Name,E-mail\nRosa,rosa@lind.example\n", HEAD, 'Client\n"open', "\x00"])
def test_what_is_no_list_is_refused_with_a_sentence(portal: Portal, text):
    assert queries.read_clients(portal.actor("ada"), text).problem


@pytest.mark.parametrize("who", ["ben", "cleo", "mallory"])
def test_only_who_may_open_clients_brings_them_in(portal: Portal, who):
    with pytest.raises(NotFound):
        actions.import_clients(portal.actor(who), text=GOOD)
    assert signed_in(portal.people[who]).get("/clients/import/").status_code == 404


def test_the_page_shows_what_was_read_before_anything_is_done(portal: Portal):
    ada, before = signed_in(portal.people["ada"]), clients.client_ids()

    looked = ada.post("/clients/import/", {"text": GOOD})
    assert looked.status_code == 200
    assert "Lind Joinery" in looked.content.decode()
    assert clients.client_ids() == before

    assert ada.post("/clients/import/", {"text": GOOD, "confirm": "yes"}).status_code == 302
    assert len(clients.client_ids()) == len(before) + 2
    again = ada.post("/clients/import/", {"text": GOOD, "confirm": "yes"})  # they are there now
    assert again.status_code == 422
    assert len(clients.client_ids()) == len(before) + 2

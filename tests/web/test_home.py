"""Home and My day: what needs somebody, by when, from every app; of all clients of staff, and of nobody else's."""

import pytest
from django.test import Client as Browser

from muniment.core.actor import Actor
from muniment.portal.checklists import queries as checklists
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries
from muniment.portal.projects import queries as projects
from muniment.portal.tickets import actions as tickets
from muniment.portal.tickets import queries as ticket_queries
from muniment.portal.tickets.types import Wanted
from muniment.trust.access import actions as grants
from muniment.trust.access.types import Profile, Side, Terms
from tests.cast import Portal, signed_in
from tests.portal.checklists import asking
from tests.portal.documents.uploading import add
from tests.portal.projects.casting import started

pytestmark = pytest.mark.control("client-requests")


def home(portal: Portal, name: str) -> str:
    """Return Home as somebody sees it."""
    return open_home(signed_in(portal.people[name]))


def open_home(browser: Browser) -> str:
    """Return Home in a browser."""
    answer = browser.get("/", secure=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_is_overdue_stands_before_what_is_new(portal: Portal) -> None:
    ben = portal.actor("ben")
    add(ben, "Engagement letter.pdf", b"%PDF-1.4 letter")
    sent = asking.send(ben)
    asking.late(ben, sent)

    page = home(portal, "cleo")

    assert page.index("Overdue") < page.index("Later")
    assert page.index("Late: ") < page.index("Engagement letter.pdf")


def test_my_day_tells_what_came_from_clients_until_it_was_opened(portal: Portal) -> None:
    add(portal.actor("cleo"), "Bank statement May.pdf", b"%PDF-1.4 bank")
    ben = signed_in(portal.people["ben"])

    before = open_home(ben)
    link = before.split("Bank statement May.pdf")[1].split('href="')[1].split('"')[0]
    ben.get(link, secure=True)
    page = open_home(ben)

    assert "from Cleo Okoye · Okoye Holdings Ltd" in before
    assert "from Cleo Okoye · Okoye Holdings Ltd" not in page, "it was read"
    assert "Bank statement May.pdf" in page, "it is still among what came in lately"


def test_what_the_firm_itself_put_there_is_nothing_new_to_it(portal: Portal) -> None:
    add(portal.actor("ben"), "Our own letter.pdf", b"%PDF-1.4 ours")

    assert "Our own letter.pdf" not in home(portal, "ben")


def test_my_day_asks_for_an_answer_to_what_a_client_asked(portal: Portal) -> None:
    tickets.ask_ticket(portal.actor("cleo"), kind="question", title="Which form for the loan?", text="The bank asks.")

    page = home(portal, "ben")

    assert "Which form for the loan?" in page
    assert "Okoye Holdings Ltd" in page


def test_who_is_late_at_a_client_is_reminded_with_one_act(portal: Portal) -> None:
    ben = portal.actor("ben")
    asking.late(ben, asking.send(ben))

    page = home(portal, "ben")

    assert "Late at your clients" in page
    assert "Remind all who are late" in page


def test_nobody_sees_what_waits_in_a_client_they_do_not_belong_to(portal: Portal) -> None:
    add(portal.actor("cleo"), "Bank statement May.pdf", b"%PDF-1.4 bank")
    tickets.ask_ticket(portal.actor("cleo"), kind="question", title="Which form for the loan?", text="The bank asks.")

    for name in ("mallory", "ada"):
        page = home(portal, name)
        assert "Bank statement" not in page
        assert "Which form" not in page


def test_what_lies_in_a_closed_folder_is_left_to_the_page_of_its_client(portal: Portal) -> None:
    cleo = portal.actor("cleo")
    folder = documents.create_folder(cleo, name="Payroll")
    add(cleo, "Salaries.pdf", b"%PDF-1.4 pay", folder_id=folder.id)
    own = next(way.id for way in queries.ways_in(cleo, folder.id) if way.person_id == cleo.person_id)
    documents.close_folder(cleo, folder_id=folder.id, stay=[own])

    assert "Salaries.pdf" not in home(portal, "ben")


def test_what_conditions_close_now_is_not_told_on_my_day_either(portal: Portal) -> None:
    add(portal.actor("cleo"), "Bank statement May.pdf", b"%PDF-1.4 bank")
    tickets.ask_ticket(portal.actor("cleo"), kind="question", title="Which form for the loan?", text="The bank asks.")
    for_the_audit = Terms(purposes=frozenset({"Audit"}))
    grants.set_profile(Actor.system(portal.okoye), profile=Profile(staff=Side(terms=for_the_audit)))

    page = home(portal, "ben")

    assert "Bank statement" not in page
    assert "Which form" not in page


def test_nor_on_any_other_list_over_all_clients(portal: Portal) -> None:
    tickets.ask_ticket(portal.actor("cleo"), kind="question", title="Which form for the loan?", text="The bank asks.")
    started(portal, "Refinancing")
    ben = portal.actor("ben")
    asking.late(ben, asking.send(ben))
    lists = (
        lambda: ticket_queries.everywhere(ben, Wanted()).rows,
        lambda: projects.overview(ben),
        lambda: checklists.late_everywhere(ben, asking.today()),
    )
    before = [len(look()) for look in lists]
    for_the_audit = Terms(purposes=frozenset({"Audit"}))
    grants.set_profile(Actor.system(portal.okoye), profile=Profile(staff=Side(terms=for_the_audit)))

    assert before == [1, 1, 1]
    assert [len(look()) for look in lists] == [0, 0, 0]

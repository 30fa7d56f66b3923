"""Drills as those who administer see them, with the signed report to take along."""

import pytest

from muniment.assurance.continuity.models import Drill, Order
from muniment.core import clock, ids
from tests.cast import Portal, signed_in
from tests.web.continuity import history
from tests.worker import as_worker


@pytest.mark.control("recovery-tested")
def test_each_drill_shows_what_was_looked_at_and_both_numbers_beside_what_was_promised(portal: Portal):
    history.lay(days=80)
    browser = signed_in(portal.people["ada"])
    slow = Drill.objects.get(recovery_seconds=4000)

    listed = browser.get("/backups/drills/", secure=True).content.decode()
    shown = browser.get(f"/backups/drills/{ids.public(slow.id)}/", secure=True).content.decode()

    assert "12 drills, at worst 1 h 6 min" in listed
    assert "How long until people work again" in listed
    assert "1 h 6 min" in shown
    assert "objective: 1 h" in shown
    for words in ("Rows of every table", "Walls between clients", "amcheck", "One sign-in"):
        assert words in shown


@pytest.mark.control("recovery-tested")
def test_the_report_is_taken_along_with_its_signature(portal: Portal):
    history.lay(days=1)
    (drill,) = Drill.objects.all()

    answer = signed_in(portal.people["ada"]).get(f"/backups/drills/{ids.public(drill.id)}/download/", secure=True)

    assert answer.content.decode() == f"{drill.report}\n{drill.signature}"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_drill_is_asked_for_and_followed(portal: Portal):
    browser = signed_in(portal.people["ada"])

    asked = browser.post("/backups/drills/run/", secure=True)
    shown = browser.get("/backups/drills/", secure=True).content.decode()
    with as_worker():
        Order.objects.update(state="done", ended_at=clock.now())
    ended = browser.get("/backups/drills/", secure=True, headers={"HX-Request": "true"})

    assert asked.status_code == 302
    assert ended.headers["HX-Refresh"] == "true"
    assert Order.objects.get().what == "drill"
    assert "Waits its turn" in shown
    assert "Run a drill now" not in shown
    assert "No drill yet" in shown


def test_a_drill_that_is_not_there_is_not_found(portal: Portal):
    browser = signed_in(portal.people["ada"])

    assert browser.get(f"/backups/drills/{ids.public(ids.new())}/", secure=True).status_code == 404
    assert browser.get(f"/backups/drills/{ids.public(ids.new())}/download/", secure=True).status_code == 404

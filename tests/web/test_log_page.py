"""Who opened our data: found by person, document, act, time and words, drawn by day, and told honestly."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.portal.documents import actions
from muniment.trust.access import actions as access
from muniment.web.views.log import finding
from tests.cast import signed_in
from tests.portal.documents.uploading import add


@pytest.fixture
def cleo(portal):
    """Return Cleo in her browser, and what she sees of a page of her log."""
    browser = signed_in(portal.people["cleo"])

    def look(**query):
        response = browser.get(f"/{ids.public(portal.okoye)}/log/", query, secure=True)
        assert response.status_code == 200
        return unescape(re.sub(r"\s+", " ", response.content.decode()))

    return look


def lines(page):
    """Return what the rows say."""
    return re.findall(r'<span class="block (?:text-soft|text-red) break-words">(?:<a[^>]*>)?([^<]*)<', page)


def test_the_filter_by_document_keeps_its_versions_and_leaves_out_others(portal, cleo):
    lease, other = add(portal.actor("cleo"), "Lease.txt", b"One"), add(portal.actor("cleo"), "Other.txt", b"Two")
    actions.view_document(portal.actor("ben"), document_id=lease.document_id)
    actions.view_document(portal.actor("ben"), document_id=other.document_id)
    actions.prove_version(Actor.system(portal.okoye), version_id=lease.id)

    found = lines(cleo(document=ids.public(lease.document_id)))

    assert found[0] == "checked that Lease.txt opens as it was stored"
    assert "viewed Lease.txt" in found
    assert not [line for line in found if "Other.txt" in line]


def test_words_are_found_in_names_acts_things_purposes_and_places(portal, cleo):
    lease = add(portal.actor("cleo"), "Lease.txt", b"One")
    actions.view_document(portal.actor("ben"), document_id=lease.document_id)

    assert lines(cleo(text="ben VIEWED lease")) == ["viewed Lease.txt"]
    assert "added Lease.txt" in lines(cleo(text="192.0.2.10 cleo"))
    assert lines(cleo(text="ben viewed nothing-like-it")) == []


def test_a_search_says_how_far_it_looked_and_goes_on_from_there(portal, cleo, monkeypatch):
    lease = add(portal.actor("cleo"), "Lease.txt", b"One")
    for name in ("First.txt", "Second.txt", "Third.txt"):
        actions.rename_document(portal.actor("cleo"), document_id=lease.document_id, name=name)
    monkeypatch.setattr(finding, "LOOKED_AT_MOST", 2)
    monkeypatch.setattr(finding, "BATCH", 2)

    page = cleo(text="joined")
    assert "2 here" in page
    assert "goes on from there" in page
    for _ in range(40):
        if lines(page):
            break
        older = re.search(r'href="[^"]*\?([^"]*)"[^>]*rel="next"', page)
        assert older, page
        page = cleo(**dict(part.split("=", 1) for part in older[1].split("&")))

    assert lines(page)[0] == "joined"


def test_a_filter_that_cannot_be_read_is_told_and_not_passed_over(cleo):
    assert "could not be read" in cleo(since="soon")
    assert "could not be read" in cleo(person="not-an-id")
    assert "could not be read" in cleo(act="no-such-act")
    assert "could not be read" not in cleo(act="viewed")


def test_the_picture_counts_what_the_filter_wants_and_lists_it_as_a_table(portal, cleo):
    lease = add(portal.actor("cleo"), "Lease.txt", b"One")
    for _ in range(3):
        actions.download_document(portal.actor("ben"), document_id=lease.document_id)
    today = timezone.localtime(clock.now()).date()

    page = cleo(act="downloaded")

    assert "3 entries in 28 days" in page
    assert page.count('class="bars-done"') == 1
    assert f"since={today.isoformat()}" in page
    assert re.search(r"<td[^>]*>3</td> ?<td[^>]*>0</td> ?<td[^>]*>1</td>", page)
    assert "Nothing between" in cleo(act="downloaded", until=(today - timedelta(days=1)).isoformat())


def test_refusals_are_drawn_apart(portal, cleo):
    browser = signed_in(portal.people["dan"])
    browser.get(f"/{ids.public(portal.okoye)}/people/", secure=True)

    page = cleo(act="refused")

    assert "of them refused" in page
    assert 'class="bars-refused"' in page


def test_the_picture_by_week_begins_on_mondays(portal, cleo):
    page = cleo(step="week")

    assert "in 26 weeks" in page
    monday = timezone.localtime(clock.now()).date()
    monday -= timedelta(days=monday.weekday())
    assert f"since={monday.isoformat()}" in page


def test_whoever_may_not_read_the_whole_log_sees_what_they_did_themselves(portal):
    cleo, dan = portal.actor("cleo"), portal.people["dan"]
    folder = actions.create_folder(cleo, name="For Dan")
    access.give_grant(cleo, person_id=dan, role="user", purpose="Tidies up", scope=("folder", folder.id))
    actions.create_folder(portal.actor("dan"), name="Dan's own", parent_id=folder.id)

    page = signed_in(dan).get(f"/{ids.public(portal.okoye)}/log/", secure=True).content.decode()

    assert "made the folder Dan" in page
    assert "Cleo Okoye" not in "".join(re.findall(r"<ol.*?</ol>", page, re.DOTALL))

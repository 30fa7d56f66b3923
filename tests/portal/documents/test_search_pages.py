"""The pages of the search: what they show, to whom, and the switch."""

import re

import pytest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.portal.documents import actions
from muniment.trust.identity import actions as identity
from tests.cast import OKOYE
from tests.portal.documents.uploading import add, events


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def get(browser, path, **query):
    return browser.get(path, query, secure=True)


@pytest.fixture
def filled(cleo):
    """Give Okoye a document in a folder, found by its name and its text."""
    folder = actions.create_folder(cleo, name="Property")
    add(cleo, "Lease, 14 Calder Street.txt", b"The roof leaks.", folder_id=folder.id)
    actions.index_client(Actor.system(cleo.client, purpose="search"))


@pytest.mark.usefixtures("filled")
def test_the_box_above_a_list_searches_the_whole_client(browser_of, portal):
    base = f"/{ids.public(portal.okoye)}/documents/"

    moved = get(browser_of("cleo"), base, text="roof", kind="text")
    page = text(get(browser_of("cleo"), base + "search/", text="roof"))

    assert (moved.status_code, moved["location"]) == (302, base + "search/?text=roof&kind=text")
    assert "Lease, 14 Calder Street.txt" in page
    assert ">Property</a>" in page
    assert "in its text" in page
    assert "in its text" not in text(get(browser_of("cleo"), base + "search/", text="calder"))


@pytest.mark.usefixtures("filled")
def test_nothing_found_and_nothing_asked_say_so(browser_of, portal):
    path = f"/{ids.public(portal.okoye)}/documents/search/"

    assert "Nothing found" in text(get(browser_of("cleo"), path, text="cellar"))
    assert "Find a document" in text(get(browser_of("cleo"), path))
    assert "Type a word" in text(get(browser_of("cleo"), path, text="? !"))
    assert "Nothing found" in text(get(browser_of("cleo"), path, text="roof", kind="pdf"))
    assert get(browser_of("cleo"), path, kind="x").status_code == 422
    assert get(browser_of("cleo"), path, older="x").status_code == 422


@pytest.mark.control("tenant-isolation")
@pytest.mark.usefixtures("filled")
def test_staff_search_all_the_clients_they_serve_and_no_other(browser_of, portal):
    path = "/search/"
    brandt = Actor.system(portal.brandt, purpose="Tests")
    mallory = portal.actor("mallory")
    add(mallory, "Lease of the orchard.txt", b"Apples")

    before = text(get(browser_of("ben"), path, text="lease"))
    identity.assign_staff(brandt, person_id=portal.people["ben"], role="advisor", purpose="Year end")
    both = text(get(browser_of("ben"), path, text="lease"))
    one = text(get(browser_of("ben"), path, text="lease", client=ids.public(portal.okoye)))

    assert ("Calder" in before, "orchard" in before) == (True, False)
    assert ("Calder" in both, "orchard" in both) == (True, True)
    assert f"{OKOYE} ·" in both
    assert ("Calder" in one, "orchard" in one) == (True, False)
    foreign = text(get(browser_of("mallory"), path, text="lease", client=ids.public(portal.okoye)))
    assert ("Calder" in foreign, "orchard" in foreign) == (False, False)


@pytest.mark.usefixtures("filled")
def test_a_manager_switches_the_search_off_and_on(browser_of, portal, cleo):
    base = f"/{ids.public(portal.okoye)}/documents/search/"
    browser = browser_of("cleo")

    assert "Switch the search off?" in text(get(browser, base + "switch/"))
    off = browser.post(base + "switch/", {"search": "off"}, secure=True)
    told = text(get(browser, base, text="roof"))
    on = browser.post(base + "switch/", {"search": "on"}, secure=True)

    assert (off.status_code, on.status_code) == (302, 302)
    assert "switched off here" in told
    assert "Calder" not in told
    switched = [event for event in events(cleo) if event.startswith("search.")]
    assert switched == ["search.switched-on", "search.switched-off"]
    assert "Nothing found" in text(get(browser, base, text="roof"))
    actions.index_client(Actor.system(portal.okoye, purpose="search"))
    assert "Calder" in text(get(browser, base, text="roof"))


def test_a_guest_finds_neither_the_page_nor_the_switch(browser_of, portal):
    base = f"/{ids.public(portal.okoye)}/documents/search/"

    assert get(browser_of("dan"), base, text="roof").status_code == 404
    assert get(browser_of("dan"), base + "switch/").status_code == 404

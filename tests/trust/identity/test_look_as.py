"""Somebody of the firm looks as a contact: sees what both may see, changes nothing, and the client's log says so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.portal.documents import actions as documents
from muniment.portal.documents.models import Folder
from muniment.trust.access import actions as access_actions
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import Event
from muniment.trust.identity import actions
from tests.cast import Portal, signed_in
from tests.portal.documents.uploading import add

CONTROLS = pytest.mark.control("need-to-know")


class Desk:
    """Ben at his browser, in Okoye's space."""

    def __init__(self, portal: Portal, who: str = "ben") -> None:
        self.portal, self.browser = portal, signed_in(portal.people[who])
        self.space = f"/{ids.public(portal.okoye)}/"

    def look_as(self, who: str):
        return self.browser.post(f"{self.space}look/", {"person": ids.public(self.portal.people[who])}, secure=True)

    def get(self, path: str):
        return self.browser.get(path if path.startswith("/") else self.space + path, secure=True)

    def post(self, path: str, data=None):
        return self.browser.post(path if path.startswith("/") else self.space + path, data or {}, secure=True)


@pytest.fixture
def shared(portal: Portal):
    """Give Dan one of two documents."""
    cleo = portal.actor("cleo")
    seen = add(cleo, "For Dan.txt", b"for dan").document_id
    hidden = add(cleo, "Not for Dan.txt", b"not for dan").document_id
    documents.share_document(
        cleo, document_id=seen, person_id=portal.people["dan"], role="viewer", purpose="To read", until=None
    )
    return seen, hidden


def entries(portal: Portal):
    return log.entries(Actor.system(portal.okoye), limit=40)


def page(document_id) -> str:
    return f"documents/{ids.public(document_id)}/"


@CONTROLS
def test_looking_shows_what_the_contact_sees_and_no_more(portal: Portal, shared):
    ben, (seen, hidden) = Desk(portal), shared
    assert ben.get(page(hidden)).status_code == 200

    assert ben.look_as("dan").status_code == 302

    listed = ben.get("documents/").content.decode()
    assert "For Dan.txt" in listed
    assert "Not for Dan.txt" not in listed
    assert ben.get(page(seen)).status_code == 200
    assert ben.get(page(hidden)).status_code == 404
    assert ben.get("people/").status_code == 404  # Dan may not see them, Ben himself may


@CONTROLS
def test_looking_shows_nothing_that_one_may_not_see_oneself(portal: Portal):
    cleo = portal.actor("cleo")
    folder_id = documents.create_folder(cleo, name="Board").id
    document_id = add(cleo, "Minutes.txt", b"minutes", folder_id=folder_id).document_id
    access_actions.give_grant(
        Actor.system(portal.okoye, purpose="Tests"),
        person_id=portal.people["cleo"],
        role="viewer",
        purpose="The board",
        scope=("folder", folder_id),
    )
    with acting_as(cleo):
        Folder.objects.filter(id=folder_id).update(is_closed=True)
    ben = Desk(portal)

    ben.look_as("cleo")

    assert ben.get(page(document_id)).status_code == 404
    assert "Board" not in ben.get("documents/").content.decode()
    assert signed_in(portal.people["cleo"]).get(ben.space + page(document_id), secure=True).status_code == 200


@CONTROLS
def test_nothing_can_be_changed_while_looking_not_even_elsewhere(portal: Portal, shared):
    ben, (seen, _hidden) = Desk(portal), shared
    ben.look_as("cleo")
    unsafe = {
        f"{page(seen)}trash/": {},
        f"{page(seen)}rename/": {"name": "Other.txt"},
        "documents/new-folder/": {"name": "New"},
        "uploads/": {},
        "/account/sessions/others/end/": {},
    }

    for path, data in unsafe.items():
        assert ben.post(path, data).status_code == 403, path
    for method in ("put", "patch", "delete"):
        assert getattr(ben.browser, method)(f"{ben.space}uploads/", secure=True).status_code == 403, method

    assert ben.post("look/", {"person": ids.public(portal.people["dan"])}).status_code == 404

    refused = [entry for entry in entries(portal) if entry.event == Event.REFUSED]
    assert {entry.facts["rule"] for entry in refused} == {"looking-only", "not-found"}


@CONTROLS
def test_it_stands_in_the_clients_log_under_the_real_name_with_the_purpose(portal: Portal, shared):
    ben, (seen, _hidden) = Desk(portal), shared
    ben.look_as("dan")
    ben.get(page(seen))

    begun = next(entry for entry in entries(portal) if entry.event == Event.LOOKED_AS)
    viewed = next(entry for entry in entries(portal) if entry.event == Event.DOCUMENT_VIEWED)

    assert (begun.person_id, begun.object_id) == (portal.people["ben"], portal.people["dan"])
    assert (viewed.person_id, viewed.person_kind) == (portal.people["ben"], "staff")
    assert viewed.looking_as == ids.public(portal.people["dan"])
    assert (begun.purpose, viewed.purpose) == ("Year end 2026", "Year end 2026")
    said = signed_in(portal.people["cleo"]).get(f"{ben.space}log/", secure=True).content.decode()
    assert "looked at the portal as Dan Okoye sees it" in said
    assert "looking as Dan Okoye" in said


def test_every_page_says_so_and_leads_out(portal: Portal, shared):
    ben = Desk(portal)
    ben.look_as("dan")

    for path in ("documents/", "/", "/account/"):
        shown = ben.get(path).content.decode()
        assert "as Dan Okoye" in shown, path
        assert 'action="/looking/end/"' in shown, path

    assert ben.post("/looking/end/").status_code == 302
    assert "Not for Dan.txt" in ben.get("documents/").content.decode()
    assert "Stop looking" not in ben.get("documents/").content.decode()


def test_a_look_ends_after_an_hour(portal: Portal, shared, monkeypatch: pytest.MonkeyPatch):
    ben, now, shown = Desk(portal), clock.now(), ""
    ben.look_as("dan")
    for minutes in (25, 50, 61):  # used all the time, so that the session itself lives on
        monkeypatch.setattr(clock, "now", lambda minutes=minutes: now + timedelta(minutes=minutes))
        shown = ben.get("documents/").content.decode()

    assert "Not for Dan.txt" in shown


def test_a_contact_who_left_is_looked_as_no_more(portal: Portal, shared):
    ben = Desk(portal)
    ben.look_as("dan")

    actions.end_membership(portal.actor("cleo"), person_id=portal.people["dan"])

    assert "Stop looking" not in ben.get("documents/").content.decode()


@CONTROLS
def test_who_may_not_look_does_not(portal: Portal):
    for who in ("ada", "cleo", "mallory"):
        assert Desk(portal, who).look_as("dan").status_code in {403, 404}, who
    for who in ("ada", "cleo"):
        with pytest.raises(NotFound):
            actions.look_as(portal.actor(who, portal.okoye), contact_id=portal.people["dan"])
    with pytest.raises(NotFound):
        actions.look_as(portal.actor("ben"), contact_id=portal.people["mallory"])
    with pytest.raises(NotFound):
        actions.look_as(portal.actor("ben"), contact_id=portal.people["ben"])


def test_looking_at_one_client_leaves_other_clients_alone(portal: Portal, shared):
    actions.assign_staff(
        replace(Actor.system(portal.brandt), purpose="Tests"),
        person_id=portal.people["ben"],
        role="advisor",
        purpose="Orchards",
    )
    add(portal.actor("mallory"), "Apples.txt", b"apples")
    ben = Desk(portal)
    ben.look_as("dan")

    shown = ben.get(f"/{ids.public(portal.brandt)}/documents/").content.decode()

    assert "Apples.txt" in shown
    assert ben.post(f"/{ids.public(portal.brandt)}/documents/new-folder/", {"name": "New"}).status_code == 403

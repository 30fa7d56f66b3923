"""What is held is let go by two people, or destroyed; and each client says what is let in."""

import re

import pytest

from muniment.core import ids
from muniment.core.errors import Invalid, NotFound
from muniment.portal.documents import actions, queries
from muniment.trust.access import actions as approvals
from muniment.trust.access.errors import NotApproved, ReasonMissing, SecondPersonNeeded
from muniment.trust.custody import actions as custody
from muniment.trust.custody.errors import UnderHold
from muniment.trust.vault.errors import Held, NotHeld
from muniment.trust.vault.types import Verdict
from tests.cast import signed_in
from tests.portal.documents.uploading import add, events, stored

pytestmark = pytest.mark.control("safe-uploads")
TOOL = b"MZ" + bytes(100)


@pytest.fixture
def ada(portal):
    """Give the super admin, at work in the client's space."""
    return portal.actor("ada", portal.okoye)


@pytest.fixture
def held(cleo):
    """Give a version that is held."""
    return add(cleo, "tool.exe", TOOL)


def test_two_people_let_it_go(ada, ben, cleo, held):
    asked = actions.ask_release(ben, version_id=held.id, reason="Their tax program")
    with pytest.raises(SecondPersonNeeded):
        actions.release_version(ben, version_id=held.id, approval_id=asked.id)
    with pytest.raises(Held):
        actions.download_document(cleo, document_id=held.document_id)

    actions.release_version(ada, version_id=held.id, approval_id=asked.id, reason="Known to us")

    assert actions.download_document(cleo, document_id=held.document_id).version.vetting.verdict == Verdict.RELEASED
    assert queries.quarantine(ben) == []
    assert events(cleo, held.id)[0] == "version.released"


def test_an_approval_for_another_version_releases_nothing(ada, ben, cleo, held):
    other = add(cleo, "other.exe", TOOL)
    asked = actions.ask_release(ben, version_id=other.id, reason="Their tax program")

    with pytest.raises(NotApproved):
        actions.release_version(ada, version_id=held.id, approval_id=asked.id)

    with pytest.raises(Held):
        actions.download_document(cleo, document_id=held.document_id)


def test_declining_keeps_it_held(ada, ben, held):
    asked = actions.ask_release(ben, version_id=held.id, reason="Their tax program")

    approvals.decline(ada, approval_id=asked.id, reason="No")

    assert [row.vetting.verdict for row in queries.quarantine(ben)] == [Verdict.HELD]


def test_what_was_refused_or_is_clean_is_not_let_go(ben, cleo, held):
    actions.set_upload_rules(ben.system(ben.client), rules={"program": "refuse", "other": "allow"})
    refused = add(cleo, "tool.exe", TOOL)
    clean = add(cleo, "notes.txt", b"notes")

    for version in (refused, clean):
        with pytest.raises(NotHeld):
            actions.ask_release(ben, version_id=version.id, reason="Why not")
    with pytest.raises(ReasonMissing):
        actions.ask_release(ben, version_id=held.id, reason="  ")


def test_destroying_shreds_the_bytes_and_keeps_that_it_was_there(ben, cleo, held):
    actions.destroy_version(ben, version_id=held.id, reason="Not from them")

    vetting = queries.versions(cleo, held.document_id)[0].vetting
    assert (vetting.verdict, vetting.reason) == (Verdict.REFUSED, "destroyed")
    assert queries.quarantine(ben) == []
    with pytest.raises(Exception, match="does not hold"):
        stored(held, cleo.client)
    with pytest.raises(Held):
        actions.view_document(cleo, document_id=held.document_id)
    with pytest.raises(NotHeld):
        actions.destroy_version(ben, version_id=held.id, reason="Again")
    assert events(cleo, held.id)[0] == "version.destroyed"


@pytest.mark.parametrize("who", ["cleo", "dan", "mallory"])
def test_nobody_of_a_client_sees_or_decides_it(portal, held, ben, who):
    actor = portal.actor(who, portal.okoye)
    asked = actions.ask_release(ben, version_id=held.id, reason="Their tax program")

    for act in (
        lambda: queries.quarantine(actor),
        lambda: actions.ask_release(actor, version_id=held.id, reason="x"),
        lambda: actions.release_version(actor, version_id=held.id, approval_id=asked.id),
        lambda: actions.destroy_version(actor, version_id=held.id, reason="x"),
        lambda: actions.set_upload_rules(actor, rules={"program": "allow"}),
    ):
        with pytest.raises(NotFound):
            act()


def test_who_administers_decides_without_reading_names(ada, ben, held):
    assert [row.name for row in queries.quarantine(ada)] == [""]
    assert [row.name for row in queries.quarantine(ben)] == ["tool.exe"]


def test_rules_are_of_what_there_is(ada, cleo):
    actions.set_upload_rules(ada, rules={"text": "refuse"})
    refused = add(cleo, "notes.txt", b"notes")

    assert queries.versions(cleo, refused.document_id)[0].vetting.reason == "kind"
    assert queries.upload_rules(ada)["text"] == "refuse"
    assert queries.upload_rules(ada)["program"] == "hold"
    for wrong in ({"poems": "allow"}, {"text": "maybe"}):
        with pytest.raises(Invalid):
            actions.set_upload_rules(ada, rules=wrong)


def test_the_pages_lead_through_it(portal, browser_of, held, cleo):
    top = f"/{ids.public(portal.okoye)}/quarantine/"
    place = f"{top}{ids.public(held.id)}/"
    ben, ada = browser_of("ben"), browser_of("ada")

    listed = ben.get(top).content.decode()
    assert "tool.exe" in listed
    assert "This kind of file is not let in" in listed
    assert ben.post(f"{place}release/", {"reason": ""}).status_code == 422
    assert ben.post(f"{place}release/", {"reason": "Their tax program"}).status_code == 302
    asked = ada.get(f"{place}release/").content.decode()
    assert "Their tax program" in asked
    assert "tool.exe" not in asked
    assert ada.post(f"{place}release/", {"reason": ""}).status_code == 302
    assert actions.download_document(cleo, document_id=held.document_id).version.id == held.id
    assert ben.get(top).content.decode().count("Nothing is held") == 1


def test_a_hold_keeps_what_would_be_destroyed(portal, ben, held):
    admin = portal.actor("ada", portal.okoye)
    custody.place_hold(admin, kind="document", object_id=held.document_id, reason="A court asked for it")

    with pytest.raises(UnderHold):
        actions.destroy_version(ben, version_id=held.id, reason="Not from them")

    assert [one.id for one in queries.quarantine(ben)] == [held.id]


def test_the_pages_of_destroying_and_of_the_rules(portal, browser_of, held, cleo):
    top = f"/{ids.public(portal.okoye)}/"
    ben, ada = browser_of("ben"), browser_of("ada")

    assert ben.get(f"{top}quarantine/{ids.public(held.id)}/destroy/").status_code == 200
    assert ben.post(f"{top}quarantine/{ids.public(held.id)}/destroy/", {"reason": "Not theirs"}).status_code == 302
    assert queries.versions(cleo, held.document_id)[0].vetting.reason == "destroyed"
    rules = dict.fromkeys(queries.upload_rules(portal.actor("ada", portal.okoye)), "hold")
    assert ada.get(f"{top}upload-rules/").status_code == 200
    assert ada.post(f"{top}upload-rules/", rules).status_code == 302
    assert queries.upload_rules(portal.actor("ada", portal.okoye))["pdf"] == "hold"
    assert ben.get(f"{top}upload-rules/").status_code == 404


def page_of(browser, address: str) -> tuple[int, str]:
    answer = browser.get(address, secure=True)
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("name", ["cleo", "ben"])
def test_who_may_send_files_sees_what_is_let_in(portal, ada, name):
    actions.set_upload_rules(ada, rules={"video": "refuse", "html": "hold"})
    browser, base = signed_in(portal.people[name]), f"/{ids.public(portal.okoye)}/documents/"

    _, documents = page_of(browser, base)
    status, told = page_of(browser, f"{base}let-in/")

    assert status == 200
    assert f"{base}let-in/" in documents
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", told))
    held, refused = told.index(" Held "), told.index(" Refused ")
    assert held < told.index("Web pages") < refused < told.index("Films")


def test_who_may_only_read_is_not_told_what_is_let_in(portal, ada):
    where = f"/{ids.public(portal.okoye)}/documents/let-in/"

    for name in ("dan", "mallory", "ada"):
        assert page_of(signed_in(portal.people[name]), where)[0] == 404


def test_an_admin_finds_the_switches_of_a_client_on_its_page(portal):
    browser, client = signed_in(portal.people["ada"]), f"/{ids.public(portal.okoye)}/"

    _, page = page_of(browser, client)
    off = browser.post(f"{client}documents/search/switch/", {"search": "off"}, secure=True)
    _, after = page_of(browser, client)
    _, advisor = page_of(signed_in(portal.people["ben"]), client)

    assert "Search is on" in page
    assert f"{client}upload-rules/" in page
    assert off["Location"] == client
    assert "Search is off" in after
    assert "Search is on" not in advisor
    assert "upload-rules/" not in advisor

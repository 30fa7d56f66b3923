"""The pages: with and without scripts, two people at once, and nothing for who has no business there."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from muniment.core import ids
from muniment.portal.checklists import actions, queries
from muniment.portal.checklists.forms import LinkForm, SendingForm
from muniment.portal.checklists.states import State
from tests.portal.checklists.asking import (
    ACCOUNTS,
    PLAN,
    STAFF,
    STATEMENTS,
    TERMS,
    TURNOVER,
    answer,
    draft,
    late,
    put_file,
    send,
    today,
)
from tests.portal.documents.uploading import CONTRACT


def _base(portal):
    return f"/{ids.public(portal.okoye)}/requests/"


def _item(portal, item):
    return f"{_base(portal)}items/{ids.public(item.id)}/"


@pytest.mark.control("client-requests")
def test_a_contact_finds_what_is_asked_for_and_answers_it(portal, sent, browser_of):
    cleo = browser_of("cleo")

    listed = cleo.get(_base(portal), secure=True)
    page = cleo.get(f"{_base(portal)}{ids.public(sent.id)}/", secure=True)
    asked = cleo.get(_item(portal, sent[TURNOVER]), secure=True)
    given = cleo.post(
        _item(portal, sent[TURNOVER]), {"answer": "12", "remark": "", "version": sent[TURNOVER].version}, secure=True
    )

    assert b"Year end 2026" in listed.content
    assert b"Bank statements 2026" in page.content
    assert b"Payroll journal" not in page.content  # asked only if somebody is employed
    assert b"Does not apply" in asked.content
    assert (given.status_code, given["Location"]) == (302, _item(portal, sent[STAFF]))
    assert sent[TURNOVER].answer == "12"


@pytest.mark.parametrize("title", [STATEMENTS, TURNOVER, STAFF, ACCOUNTS, TERMS])
@pytest.mark.parametrize("who", ["cleo", "ben"])
def test_every_kind_of_item_has_a_page_for_both_sides(portal, sent, browser_of, title, who):
    page = browser_of(who).get(_item(portal, sent[title]), secure=True)

    assert page.status_code == 200
    assert sent[title].title in page.content.decode()


def test_what_is_no_answer_is_said_beside_the_field_and_kept_there(portal, sent, browser_of):
    url, version = _item(portal, sent[TURNOVER]), sent[TURNOVER].version

    page = browser_of("cleo").post(url, {"answer": "twelve", "remark": "", "version": version}, secure=True)

    assert page.status_code == 422
    assert b"twelve" in page.content
    assert b"not an answer of the kind" in page.content
    assert sent[TURNOVER].state == State.OPEN


def test_two_who_answer_at_once_see_both_and_choose(portal, cleo, sent, browser_of):
    browser, item = browser_of("cleo"), sent[TURNOVER]
    answer(cleo, item, "11", remark="from the ledger")

    page = browser.post(_item(portal, item), {"answer": "99", "remark": "mine", "version": item.version}, secure=True)

    text = page.content.decode()
    assert page.status_code == 409
    assert "from the ledger" in text
    assert 'value="99"' in text
    assert "mine" in text
    assert sent[TURNOVER].answer == "11"
    version = sent[TURNOVER].version
    assert f'name="version" value="{version}"' in text
    again = browser.post(_item(portal, item), {"answer": "99", "remark": "", "version": version}, secure=True)
    assert again.status_code == 302
    assert sent[TURNOVER].answer == "99"


def test_what_is_typed_is_kept_while_it_is_typed(portal, sent, browser_of):
    browser, item = browser_of("cleo"), sent[TURNOVER]
    url = f"{_item(portal, item)}keep/"

    part = browser.post(
        url, {"answer": "ab", "remark": "", "version": item.version}, secure=True, headers={"hx-request": "true"}
    )
    stale = browser.post(
        url, {"answer": "cd", "remark": "", "version": item.version}, secure=True, headers={"hx-request": "true"}
    )
    whole = browser.post(url, {"answer": "ef", "remark": "", "version": item.version + 1}, secure=True)

    assert f'value="{item.version + 1}"' in part.content.decode()
    assert (stale.status_code, b"Somebody else changed this" in stale.content) == (422, True)
    assert whole.status_code == 302
    assert sent[TURNOVER].draft == "ef"
    assert b"ef" in browser.get(_item(portal, item), secure=True).content


def test_it_does_not_apply_and_why(portal, sent, browser_of):
    browser, url = browser_of("cleo"), f"{_item(portal, sent[STATEMENTS])}skip/"
    assert browser.get(url, secure=True).status_code == 200

    nothing = browser.post(url, {"words": "", "version": 1}, secure=True)
    given = browser.post(url, {"words": "No account", "version": 1}, secure=True)

    assert (nothing.status_code, given.status_code) == (422, 302)
    assert sent[STATEMENTS].reason == "No account"
    stale = browser.post(url, {"words": "Other", "version": 1}, secure=True)
    assert (stale.status_code, b"No account" in stale.content, b"Other" in stale.content) == (409, True, True)


def test_a_file_is_sent_without_scripts_and_taken_away(portal, cleo, sent, browser_of):
    browser, url = browser_of("cleo"), _item(portal, sent[STATEMENTS])
    assert browser.get(f"{url}send/", secure=True).status_code == 200

    answered = browser.post(f"{url}send/", {"file": SimpleUploadedFile("my scan.pdf", CONTRACT)}, secure=True)

    assert (answered.status_code, answered["Location"]) == (302, url)
    (file,) = queries.item_page(cleo, sent[STATEMENTS].id).files
    assert file.name == "Bank statements 2026.pdf"
    remove = f"{url}files/{ids.public(file.id)}/remove/"
    assert browser.get(remove, secure=True).status_code == 200
    assert browser.post(remove, secure=True).status_code == 302
    assert sent[STATEMENTS].state == State.OPEN


def test_a_file_is_sent_in_pieces_as_any_other(portal, cleo, sent, browser_of):
    browser, url = browser_of("cleo"), f"{_item(portal, sent[STATEMENTS])}uploads/"
    tus = {"tus-resumable": "1.0.0"}
    begun = browser.post(
        url,
        secure=True,
        headers={**tus, "upload-length": str(len(CONTRACT)), "upload-metadata": "filename c2Nhbi5wZGY="},
    )
    assert (begun.status_code, begun["Upload-Offset"]) == (201, "0")

    sent_on = browser.patch(
        begun["Location"],
        CONTRACT,
        content_type="application/offset+octet-stream",
        secure=True,
        headers={**tus, "upload-offset": "0"},
    )

    assert sent_on.status_code == 204
    assert [file.name for file in queries.item_page(cleo, sent[STATEMENTS].id).files] == ["Bank statements 2026.pdf"]
    for headers in ({}, {**tus, "upload-length": "x"}, {**tus, "upload-length": "1", "upload-metadata": "filename %"}):
        assert browser.post(url, secure=True, headers=headers).status_code in {400, 412}


def test_the_firm_reviews_what_came_back(portal, cleo, sent, browser_of):
    put_file(cleo, sent[STATEMENTS])
    answer(cleo, sent[TURNOVER], "12")
    ben, first, second = browser_of("ben"), sent[STATEMENTS], sent[TURNOVER]
    page = ben.get(_item(portal, first), secure=True).content.decode()
    assert "Accept" in page
    assert "Send back" in page

    accepted = ben.post(f"{_item(portal, first)}accept/", {"version": first.version}, secure=True)
    assert (accepted.status_code, accepted["Location"]) == (302, _item(portal, second))
    empty = ben.post(f"{_item(portal, second)}send-back/", {"version": second.version, "words": ""}, secure=True)
    back = ben.post(f"{_item(portal, second)}send-back/", {"version": second.version, "words": "In GBP"}, secure=True)

    assert (empty.status_code, back.status_code) == (422, 302)
    assert sent[TURNOVER].note == "In GBP"
    assert b"In GBP" in browser_of("cleo").get(_item(portal, second), secure=True).content
    assert ben.post(f"{_item(portal, first)}accept/", {"version": 1}, secure=True).status_code == 409


def test_the_firm_says_whose_turn_it_is_reminds_and_closes(portal, ben, sent, browser_of):
    browser, item = browser_of("ben"), sent[TURNOVER]
    url = f"{_item(portal, item)}assign/"
    assert b"Cleo Okoye" in browser.get(url, secure=True).content
    values = {"version": item.version, "assignee": ids.public(portal.people["cleo"]), "due": "2026-12-24"}
    assert browser.post(url, values, secure=True).status_code == 302
    assert sent[TURNOVER].assignee_id == portal.people["cleo"]

    base = f"{_base(portal)}{ids.public(sent.id)}/"
    assert browser.post(f"{base}remind/", secure=True).status_code == 302
    late(ben, sent, days=400)
    everywhere = browser.get("/late-requests/", secure=True)
    assert (everywhere.status_code, b"Year end 2026" in everywhere.content) == (200, True)
    assert browser.post("/late-requests/", secure=True).status_code == 302
    assert browser.get(f"{base}close/", secure=True).status_code == 200
    assert browser.post(f"{base}close/", secure=True).status_code == 302
    assert sent.facts.closed_at is not None


def test_a_checklist_is_put_together_and_sent(portal, ben, browser_of):
    browser = browser_of("ben")
    assert browser.get(f"{_base(portal)}new/", secure=True).status_code == 200
    begun = browser.post(f"{_base(portal)}new/", {"template": ""}, secure=True)
    at = begun["Location"]
    assert browser.get(at, secure=True).status_code == 200
    assert browser.post(at, {"title": "VAT {year}", "intro": "", "version": 1}, secure=True).status_code == 302

    item = {"title": "VAT return", "kind": "upload", "side": "client", "folder": "VAT/{year}", "due_days": "5"}
    assert browser.get(f"{at}item-0/", secure=True).status_code == 200
    assert browser.post(f"{at}item-0/", {**item, "version": 2}, secure=True).status_code == 302
    question = {"title": "Paid?", "kind": "yes-no", "side": "client", "version": 3}
    assert browser.post(f"{at}item-0/", question, secure=True).status_code == 302
    proof = {"title": "Proof", "kind": "upload", "side": "client", "only": "2:yes", "version": 4}
    assert browser.post(f"{at}item-0/", proof, secure=True).status_code == 302
    refused = browser.post(
        f"{at}item-0/", {"title": "Which", "kind": "choice", "side": "client", "version": 5}, secure=True
    )
    stale = browser.post(f"{at}item-1/", {**item, "title": "Other", "version": 2}, secure=True)
    assert (refused.status_code, stale.status_code) == (422, 409)
    assert b"Other" in stale.content
    assert b"VAT return" in stale.content
    for key, version in ((2, 5), (3, 6), (3, 7)):  # the last would put it before what it depends on
        assert browser.post(f"{at}item-{key}/move/", {"act": "up", "version": version}, secure=True).status_code == 302
    (kept,) = queries.drafts(ben)
    assert [one.title for one in kept.plan.items] == ["Paid?", "Proof", "VAT return"]

    assert browser.get(f"{at}send/", secure=True).status_code == 200
    version = kept.version
    values = {"version": version, "counted_from": str(today()), "word_year": "2026"}
    assert browser.post(f"{at}send/", {**values, "word_year": ""}, secure=True).status_code == 422
    assert browser.post(f"{at}send/", values, secure=True).status_code == 302
    assert [row.title for row in queries.checklists(ben)] == ["VAT 2026"]


def test_two_who_change_a_title_see_both(portal, ben, browser_of):
    begun = draft(ben)
    actions.change_draft(ben, draft_id=begun.id, version=1, plan=replace(PLAN, title="Hers"))
    at = f"{_base(portal)}drafts/{ids.public(begun.id)}/"

    page = browser_of("ben").post(at, {"title": "Mine", "intro": "", "version": 1}, secure=True)

    assert page.status_code == 409
    assert b"Hers" in page.content
    assert b"Mine" in page.content
    assert queries.draft(ben, begun.id).plan.title == "Hers"


def test_a_template_is_made_and_sent_to_many(portal, ben, ben_at_firm, browser_of):
    browser = browser_of("ben")
    assert b"No templates yet" in browser.get("/checklist-templates/", secure=True).content
    assert browser.get("/checklist-templates/new/", secure=True).status_code == 200
    made = browser.post("/checklist-templates/new/", {"title": "Year end {year}", "intro": ""}, secure=True)
    at = made["Location"]
    item = {"title": "Bank statements", "kind": "upload", "side": "client", "version": 1}
    assert browser.post(f"{at}item-0/", item, secure=True).status_code == 302
    assert browser.get(at, secure=True).status_code == 200
    assert browser.get(f"{at}item-1/", secure=True).status_code == 200
    assert b"Okoye Holdings" in browser.get(f"{at}send/", secure=True).content

    values = {"clients": [ids.public(portal.okoye)], "counted_from": str(today()), "word_year": "2026"}
    sent = browser.post(f"{at}send/", values, secure=True)

    assert sent.status_code == 200
    assert b"Sent to 1 client." in sent.content
    assert [row.title for row in queries.checklists(ben)] == ["Year end 2026"]
    assert browser.get(f"{at}retire/", secure=True).status_code == 200
    assert browser.post(f"{at}retire/", secure=True).status_code == 302
    assert queries.templates(ben_at_firm) == []
    assert (
        browser.post(f"{at}send/", {**values, "clients": [ids.public(portal.brandt)]}, secure=True).status_code == 422
    )


def test_who_has_no_business_there_finds_nothing(portal, ben, sent, browser_of):
    begun = draft(ben)
    pages = [
        _base(portal),
        f"{_base(portal)}{ids.public(sent.id)}/",
        _item(portal, sent[TURNOVER]),
        f"{_base(portal)}drafts/{ids.public(begun.id)}/",
        f"{_base(portal)}new/",
    ]
    for who in ("dan", "mallory"):
        browser = browser_of(who)
        assert {browser.get(page, secure=True).status_code for page in pages} == {404}
    cleo = browser_of("cleo")
    assert {cleo.get(page, secure=True).status_code for page in pages[3:]} == {404}
    for who in ("cleo", "mallory", "ada"):
        assert browser_of(who).get("/checklist-templates/", secure=True).status_code == 404


def test_a_list_of_many_costs_no_more_statements_than_a_list_of_one(portal, ben, sent, browser_of):
    browser = browser_of("cleo")
    pages = [_base(portal), f"{_base(portal)}{ids.public(sent.id)}/"]
    for page in pages:
        browser.get(page, secure=True)  # what is kept in memory is there from now on
    few = [_statements(browser, page) for page in pages]
    for _ in range(5):
        send(ben)

    assert [_statements(browser, page) for page in pages] == few


def _statements(browser, page):
    with CaptureQueriesContext(connection) as queries_made:
        assert browser.get(page, secure=True).status_code == 200
    return len(queries_made)


def test_two_who_say_at_once_whose_turn_it_is_lose_nothing(portal, ben, sent, browser_of):
    browser, item = browser_of("ben"), sent[TURNOVER]
    url = f"{_item(portal, item)}assign/"
    cleo = ids.public(portal.people["cleo"])
    browser.post(url, {"version": item.version, "assignee": cleo, "due": "2026-12-24"}, secure=True)

    stale = browser.post(url, {"version": item.version, "assignee": "", "due": "2027-01-08"}, secure=True)
    page = stale.content.decode()
    assert (stale.status_code, sent[TURNOVER].due) == (409, date(2026, 12, 24))
    assert "It says now:" in page
    assert "Cleo Okoye, by" in page
    assert 'value="2027-01-08"' in page

    again = browser.post(url, {"version": sent[TURNOVER].version, "assignee": "", "due": "2027-01-08"}, secure=True)
    assert (again.status_code, sent[TURNOVER].due) == (302, date(2027, 1, 8))


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_that_nothing_can_be_counted_from_is_refused_beside_its_field(day):
    link = LinkForm({"email": "a@b.example", "until": day, "uses": "5", "why": "Papers"})
    sending = SendingForm({"counted_from": day}, words=())

    assert (list(link.errors), list(sending.errors)) == (["until"], ["counted_from"])

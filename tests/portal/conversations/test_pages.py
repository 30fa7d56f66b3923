"""The pages of conversations: what they show, what they take, and what is new while one is open."""

import re
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from muniment.core import ids
from muniment.portal.conversations import actions, queries
from muniment.portal.conversations.forms import WriteForm
from muniment.portal.conversations.queries.unread import unread
from muniment.portal.conversations.views import writing
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries as known_documents
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from tests.cast import Portal, signed_in
from tests.guarantees.things import CONTENT, add_document


@pytest.fixture
def base(portal: Portal):
    return f"/{ids.public(portal.okoye)}/messages/"


@pytest.fixture
def talk(portal: Portal):
    return actions.start_thread(portal.actor("cleo"), title="Year end", body="Which **receipts**?")


def of(base, thread, more=""):
    return f"{base}{ids.public(thread.id)}/{more}"


def get(portal, who, path, **query):
    return signed_in(portal.people[who]).get(path, query, secure=True)


def post(portal, who, path, **fields):
    return signed_in(portal.people[who]).post(path, fields, secure=True)


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.control("comm-collab")
def test_a_client_begins_a_conversation_with_a_file_and_the_firm_reads_it(portal: Portal, base):
    scan = SimpleUploadedFile("Receipt.pdf", CONTENT)

    begun = post(portal, "cleo", f"{base}new/", title="Year end", body="Here is the *first*.", file=scan)
    page = text(get(portal, "ben", begun["location"]))

    assert begun.status_code == 302
    assert "<h1>Year end</h1>" in page
    assert "Here is the <em>first</em>." in page
    assert "Receipt.pdf" in page
    assert "Only the firm sees this" not in page


def test_the_lists_show_what_is_in_them(portal: Portal, base, talk):
    assert "Year end" in text(get(portal, "ben", base))
    assert "Waits for an answer" in text(get(portal, "ben", base))
    assert "Year end" in text(get(portal, "ben", base, which="unread"))
    assert "You have read everything" in text(get(portal, "cleo", base, which="unread"))
    assert "Nothing is solved yet" in text(get(portal, "cleo", base, which="solved"))
    assert "Year end" in text(get(portal, "cleo", base, text="receipts"))
    assert "Nothing found" in text(get(portal, "cleo", base, text="cellar"))
    assert "Year end" in text(get(portal, "ben", "/messages/"))
    assert get(portal, "cleo", "/messages/").status_code == 404
    assert get(portal, "cleo", base, which="x").status_code == 422
    assert get(portal, "cleo", base, older="x").status_code == 422


def test_a_guest_and_somebody_of_another_client_find_no_page(portal: Portal, base, talk):
    for who in ("dan", "mallory"):
        for path in (base, f"{base}new/", of(base, talk), of(base, talk, "since/0-0/")):
            assert get(portal, who, path).status_code == 404, (who, path)


def test_opening_a_conversation_reads_it_and_is_in_the_log(portal: Portal, base, talk):
    get(portal, "ben", of(base, talk))

    assert queries.threads(portal.actor("ben"), "unread").rows == []
    read = [entry for entry in log.entries(portal.actor("ben")) if entry.event == Event.THREAD_READ]
    assert [(entry.object_id, entry.facts["up_to"]) for entry in read] == [(talk.id, 1)]


def test_what_is_new_comes_without_the_page_and_nothing_is_told_when_nothing_is(portal: Portal, base, talk):
    quiet = get(portal, "ben", of(base, talk, "since/1-0/"))
    assert (quiet.status_code, quiet.content) == (204, b"")
    entries = len(log.entries(portal.actor("ben")))
    get(portal, "ben", of(base, talk, "since/1-0/"))
    assert len(log.entries(portal.actor("ben"))) == entries

    actions.send_message(portal.actor("cleo"), thread_id=talk.id, body="And the bills?")
    news = get(portal, "ben", of(base, talk, "since/1-0/"))

    assert "And the bills?" in text(news)
    assert "receipts" not in text(news)
    assert of(base, talk, "since/2-0/") in text(news)
    assert "<html" not in text(news)
    assert log.entries(portal.actor("ben"))[0].event == Event.THREAD_READ
    for wrong in ("x", "1", "1-2-3", "-1-0", "99999999999-0"):
        assert get(portal, "ben", of(base, talk, f"since/{wrong}/")).status_code == 404, wrong


def test_what_is_typed_is_shown_again_where_it_is_refused(portal: Portal, base, talk):
    answer = post(portal, "cleo", of(base, talk, "send/"), body="x" * 20_001)

    assert answer.status_code == 422
    assert "x" * 20_001 in text(answer)
    assert len(queries.thread_page(portal.actor("cleo"), talk.id).messages) == 1
    assert post(portal, "cleo", of(base, talk, "send/"), body="Hi", document="nonsense").status_code == 422
    assert post(portal, "cleo", of(base, talk, "send/"), body="Hi", mention=ids.public(ids.new())).status_code == 422


def test_a_file_is_not_kept_where_its_message_is_refused(portal: Portal, base, talk):
    cleo, scan = portal.actor("cleo"), SimpleUploadedFile("Receipt.pdf", CONTENT)

    answer = post(portal, "cleo", of(base, talk, "send/"), body="x" * 20_001, file=scan)

    assert answer.status_code == 422
    assert "Choose the file again" in text(answer)
    assert known_documents.recent_documents(cleo) == []
    assert known_documents.unfinished_uploads(cleo) == []
    assert log.entries(cleo, LogFilter(events=(Event.DOCUMENT_ADDED,)), limit=5) == []


def test_what_was_offered_is_taken_although_others_are_newer_now(portal: Portal, base, talk, monkeypatch):
    monkeypatch.setattr(writing, "OFFERED", 1)
    lease, secret = (add_document(portal.actor("ben"), name, CONTENT).document_id for name in ("Lease", "Secret"))
    documents.set_label(portal.actor("ben"), target="document", target_id=secret, label="internal")
    add_document(portal.actor("ben"), "Newer", CONTENT)

    sent = post(portal, "cleo", of(base, talk, "send/"), body="This one", document=ids.public(lease))
    refused = post(portal, "cleo", of(base, talk, "send/"), body="That one", document=ids.public(secret))

    (attached,) = queries.thread_page(portal.actor("cleo"), talk.id).messages[-1].attached
    assert (sent.status_code, refused.status_code) == (302, 422)
    assert attached.document_id == lease


def test_the_longest_name_is_called_and_none_that_only_begins_a_word(portal: Portal):
    ann, leeson, sam = (ids.public(ids.new()) for _ in range(3))
    people = [(ann, "Ann Lee"), (leeson, "Ann Leeson"), (sam, "Sam")]

    def called(body: str) -> list[str]:
        form = WriteForm({"body": body}, people=people)
        assert form.is_valid()
        return [ids.public(one) for one in form.mentions()]

    assert called("@Ann Leeson, when?") == [leeson]
    assert called("@Ann Lee: and @Ann Leeson") == [ann, leeson]
    assert called("@Samuel, @Sam-Ann, x@Sam") == []
    assert called("(@Sam)") == [sam]


def test_somebody_is_called_by_their_whole_name(portal: Portal, base, talk):
    post(portal, "cleo", of(base, talk, "send/"), body="@Ben Vane, when?")

    (mentioned,) = queries.thread_page(portal.actor("ben"), talk.id).messages[-1].mentioned
    assert mentioned == portal.people["ben"]
    assert "You are called" in text(get(portal, "ben", of(base, talk)))


def test_a_note_has_its_own_colour_and_is_on_no_page_of_the_client(portal: Portal, base, talk):
    assert post(portal, "ben", of(base, talk, "notes/"), body="She pays *late*.").status_code == 302

    ours, theirs = text(get(portal, "ben", of(base, talk))), text(get(portal, "cleo", of(base, talk)))

    assert "bg-brasstint" in ours
    assert "She pays <em>late</em>." in ours
    assert "pays" not in theirs
    assert "note" not in theirs.lower().replace("noted", "")
    assert "pays" not in text(get(portal, "cleo", of(base, talk, "since/0-0/")))
    assert post(portal, "cleo", of(base, talk, "notes/"), body="Mine").status_code == 404


def test_a_message_that_was_changed_meanwhile_is_shown_beside_what_was_typed(portal: Portal, base, talk):
    (first,) = queries.thread_page(portal.actor("cleo"), talk.id).messages
    path = of(base, talk, f"{ids.public(first.id)}/edit/")
    assert post(portal, "cleo", path, body="In one tab", version="1").status_code == 302

    late = post(portal, "cleo", path, body="In another", version="1")

    assert late.status_code == 409
    assert "In one tab" in text(late)
    assert "In another" in text(late)
    assert 'name="version" value="2"' in text(late)
    assert post(portal, "cleo", path, body="In another", version="2").status_code == 302
    history = text(get(portal, "ben", of(base, talk, f"{ids.public(first.id)}/history/")))
    assert history.index("In another") < history.index("In one tab") < history.index("<strong>receipts</strong>")
    assert "edited" in text(get(portal, "ben", of(base, talk)))


def test_a_message_is_removed_after_a_question(portal: Portal, base, talk):
    (first,) = queries.thread_page(portal.actor("cleo"), talk.id).messages
    path = of(base, talk, f"{ids.public(first.id)}/remove/")

    assert "Which <strong>receipts</strong>?" in text(get(portal, "cleo", path))
    assert get(portal, "ben", path).status_code == 403
    assert post(portal, "cleo", path, version="1").status_code == 302

    assert "This message was removed." in text(get(portal, "ben", of(base, talk)))


def test_a_conversation_is_solved_opened_and_assigned(portal: Portal, base, talk):
    assert post(portal, "cleo", of(base, talk, "solve/")).status_code == 302
    assert "Solved" in text(get(portal, "cleo", of(base, talk)))
    assert post(portal, "cleo", of(base, talk, "reopen/")).status_code == 302
    ben = ids.public(portal.people["ben"])
    assert post(portal, "ben", of(base, talk, "assign/"), person=ben, before="").status_code == 302
    assert queries.thread_page(portal.actor("ben"), talk.id).thread.assigned_to == portal.people["ben"]
    assert post(portal, "ben", of(base, talk, "assign/"), person="", before="").status_code == 302
    assert queries.thread_page(portal.actor("ben"), talk.id).thread.assigned_to == portal.people["ben"]
    assert post(portal, "cleo", of(base, talk, "assign/"), person="", before=ben).status_code == 404
    assert post(portal, "ben", of(base, talk, "assign/"), person="x").status_code == 422


def test_a_documents_page_leads_to_talk_about_it(portal: Portal, base):
    lease = add_document(portal.actor("ben"), "Lease.pdf", CONTENT)
    page = text(get(portal, "cleo", f"/{ids.public(portal.okoye)}/documents/{ids.public(lease.document_id)}/"))
    about = f"{base}about/document/{ids.public(lease.document_id)}/"
    assert about in page
    assert "Nobody has talked about this yet" in text(get(portal, "cleo", about))

    post(portal, "cleo", f"{about}new/", title="Roof", body="It leaks.")

    assert "Roof" in text(get(portal, "ben", about))
    documents.set_label(portal.actor("ben"), target="document", target_id=lease.document_id, label="internal")
    assert get(portal, "cleo", about).status_code == 404
    assert get(portal, "cleo", f"{about}new/").status_code == 404
    assert get(portal, "cleo", f"{base}about/x/{ids.public(lease.document_id)}/").status_code == 404


def test_a_template_of_the_firm_begins_a_message_to_any_client(portal: Portal, base, talk):
    made = post(portal, "ada", "/message-templates/new/", title="Welcome", body="Dear {client}, I am {me}. {other}")
    assert made.status_code == 302
    (template,) = queries.templates(portal.actor("ada"))
    wanted = ids.public(template.id)

    assert "Dear Okoye Holdings Ltd, I am Ben Vane. {other}" in text(
        get(portal, "ben", of(base, talk), template=wanted)
    )
    assert "I am Ben Vane." in text(get(portal, "ben", f"{base}new/", template=wanted))
    assert "Begin with a template" not in text(get(portal, "cleo", of(base, talk)))
    assert get(portal, "cleo", of(base, talk), template=wanted).status_code == 404
    assert get(portal, "ben", "/message-templates/").status_code == 404
    assert get(portal, "cleo", "/message-templates/").status_code == 404


def test_a_template_that_was_changed_meanwhile_is_shown_beside_what_was_typed(portal: Portal):
    ada = portal.actor("ada")
    template = actions.set_template(ada, title="Welcome", body="Dear {client}")
    path = f"/message-templates/{ids.public(template.id)}/"
    assert post(portal, "ada", path, title="Welcome", body="Hello {client}", version="1").status_code == 302

    late = post(portal, "ada", path, title="Welcome", body="Good day, {client}", version="1")

    assert late.status_code == 409
    assert "Hello {client}" in text(late)
    assert "Good day, {client}" in text(late)
    assert post(portal, "ada", f"{path}remove/").status_code == 302
    assert queries.templates(ada) == []
    assert get(portal, "ada", path).status_code == 404


def test_what_is_written_brings_no_script_no_picture_and_no_way_into_the_portal(portal: Portal, base, talk):
    nasty = (
        '<script>alert(1)</script> ![x](https://a.example/x.png) [y](javascript:alert(1)) [z](/log/) <b onclick="x">'
    )
    post(portal, "cleo", of(base, talk, "send/"), body=nasty)

    page = text(get(portal, "ben", of(base, talk)))

    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert 'href="/log/"' not in page
    assert "<b onclick" not in page


def test_asking_what_is_new_costs_little(portal: Portal, base, talk):
    browser = signed_in(portal.people["ben"])
    path = of(base, talk, "since/1-0/")
    for _ in range(5):
        browser.get(path, secure=True)

    begun = time.process_time()
    for _ in range(20):
        assert browser.get(path, secure=True).status_code == 204
    each = (time.process_time() - begun) / 20

    print(f"{each * 1000:.1f} ms of CPU for a 204")  # noqa: T201 - what a reader of the run wants to know
    assert each < 0.02


def test_the_navigation_says_in_how_many_conversations_something_is_new(portal: Portal, base, talk):
    def new(who):
        found = re.search(rf'<a class="nav" href="{base}"[^>]*>.*?</a>', text(get(portal, who, base)))
        assert found
        number = re.search(r"new: </span>(\d+)<", found[0])
        return int(number[1]) if number else 0

    actions.start_thread(portal.actor("cleo"), title="The lease", body="Here")
    assert (new("ben"), new("cleo")) == (2, 0)

    actions.send_message(portal.actor("ben"), thread_id=talk.id, body="All of them")
    get(portal, "ben", of(base, talk))
    assert (new("ben"), new("cleo")) == (1, 1)


def test_what_is_new_about_a_thing_is_counted_for_who_sees_the_thing(portal: Portal, base):
    lease = add_document(portal.actor("cleo"), "Lease.pdf", CONTENT).document_id
    actions.start_thread(portal.actor("cleo"), title="Which page?", body="Hm", about="document", about_id=lease)

    assert unread(portal.actor("ben")) == 1
    documents.trash_document(portal.actor("cleo"), document_id=lease)
    assert unread(portal.actor("ben")) == 0

"""A log taken along: CSV that no program runs, JSON that says it is whole, PDF to read; each an act of its own."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest

from muniment.core import clock, ids
from muniment.core.errors import NotFound
from muniment.portal.documents import actions as documents
from muniment.trust.access import actions as access
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.disclosure import actions, paper, queries, tables
from muniment.trust.disclosure.actions import exports
from muniment.trust.disclosure.errors import TooLongForPaper
from muniment.trust.disclosure.types import LogLine, Title
from muniment_verify.logs import check_log
from muniment_verify.notes import parse_vkey
from muniment_verify.trust import Trust
from tests.cast import Portal, signed_in
from tests.portal.documents.uploading import add
from tests.trust.audit.numbered import number

TITLE = Title("Okoye Holdings Ltd", "Cleo Okoye", datetime(2026, 11, 21, 9, 0, tzinfo=UTC))


def line(**more: Any) -> LogLine:
    """Return a line of a log."""
    usual: dict[str, Any] = {
        "id": ids.new(),
        "at": datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
        "event": "document.viewed",
        "allowed": True,
        "name": "Ben Vane",
        "kind": "staff",
        "words": "viewed Lease.pdf",
        "thing": "Lease.pdf",
        "purpose": "Year end 2026",
        "place": "192.0.2.10",
        "device": "Firefox on Linux",
    }
    return LogLine(**(usual | more))


def taken(portal: Portal, who: str, form: str, **query: str) -> bytes:
    """Return the body of an export that somebody asks for on the page."""
    address = f"/{ids.public(portal.okoye)}/log/export/"
    response = signed_in(portal.people[who]).post(address, {"form": form, **query}, secure=True)
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith('attachment; filename="log-2')
    return b"".join(response.streaming_content)  # type: ignore[attr-defined] # what Django's stubs do not know


def rows(body):
    """Return the rows of a CSV as dictionaries."""
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


@pytest.mark.parametrize("form", ["csv", "json", "pdf"])
def test_each_export_is_an_act_with_an_entry(portal, form):
    taken(portal, "cleo", form)

    (entry,) = [found for found in log.entries(portal.actor("cleo")) if found.event == Event.LOG_EXPORTED]
    assert (entry.person_id, entry.facts["form"], entry.facts["why"]) == (portal.people["cleo"], form, "keep")


@pytest.mark.control("hipaa-access-audit", "access-who")
def test_a_csv_holds_what_the_filters_show_in_the_words_of_the_page(portal):
    lease = add(portal.actor("cleo"), "Lease.txt", b"One")
    documents.view_document(portal.actor("ben"), document_id=lease.document_id)
    documents.download_document(portal.actor("ben"), document_id=lease.document_id)

    found = rows(taken(portal, "cleo", "csv", act="viewed", person=ids.public(portal.people["ben"])))

    assert [(row["who"], row["side"], row["what"], row["outcome"]) for row in found] == [
        ("Ben Vane", "firm", "viewed Lease.txt", "done")
    ]
    assert found[0]["address"] == "192.0.2.10"
    assert {row["what"] for row in rows(taken(portal, "cleo", "csv", text="ben downloaded"))} == {
        "downloaded Lease.txt"
    }


def test_a_csv_runs_no_formula(portal):
    name = '=HYPERLINK("http:..evil.example","Open")'
    document = add(portal.actor("cleo"), name, b"One")
    documents.view_document(portal.actor("ben"), document_id=document.document_id)

    (row,) = rows(taken(portal, "cleo", "csv", act="viewed"))

    assert row["thing"] == f"'{name}"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "\uff1d1", "|calc", "\n=1", "\ufeff=1"]
)
def test_every_beginning_of_a_formula_is_made_text(text):
    body = b"".join(tables.as_csv([line(thing=text, words=text, purpose=text, name=text, device=text)]))

    (row,) = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    assert [row[column] for column in ("thing", "what", "purpose", "who", "device")] == [f"'{text}"] * 5


def test_a_csv_is_quoted_as_the_standard_says():
    body = b"".join(tables.as_csv([line(thing='He said "no", twice\r\nand left')]))

    (row,) = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    assert row["thing"] == 'He said "no", twice\r\nand left'
    assert body.count(b"\r\n") == 3


def test_a_json_file_says_whose_it_is_and_that_it_is_whole(portal):
    lease = add(portal.actor("cleo"), "Lease.txt", b"One")
    documents.view_document(portal.actor("ben"), document_id=lease.document_id)

    found = json.loads(taken(portal, "cleo", "json", act="viewed", since=f"{clock.now():%Y-%m-%d}"))

    assert (found["format"], found["client"]) == ("muniment-entries/1", "Okoye Holdings Ltd")
    assert found["exported_by"] == "Cleo Okoye"
    assert found["filters"][0] == "Viewed"
    assert found["entries_count"] == len(found["entries"]) == 1
    assert found["entries"][0]["what"] == "viewed Lease.txt"
    assert json.loads(b"".join(tables.as_json(TITLE, [])))["entries_count"] == 0


def test_no_internal_id_is_in_a_file(portal):
    add(portal.actor("cleo"), "Lease.txt", b"One")

    for form in ("csv", "json"):
        body = taken(portal, "cleo", form, act="everything").decode()
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]", body)


def test_a_long_log_is_read_in_batches_and_each_entry_is_there_once(portal, monkeypatch):
    from muniment.trust.disclosure.queries import exports as reading

    monkeypatch.setattr(reading, "BATCH", 3)
    cleo = portal.actor("cleo")
    export = actions.export_log(cleo, form="json")

    sizes = [len(batch) for batch in queries.batches(cleo, export)]
    found = [entry.id for batch in queries.batches(cleo, export) for entry in batch]

    assert max(sizes) == 3
    assert found == [entry.id for entry in log.entries(cleo, limit=1000) if entry.id < export.id]
    assert len(found) > 6


def test_a_file_is_sent_while_the_log_is_read():
    read = []

    def endless():
        while True:
            read.append(1)
            yield line()

    pieces = tables.as_csv(endless())
    next(pieces)
    next(pieces)

    assert len(read) <= 2 * 200 + 1


def text_of(pdf):
    """Return what the pages of a PDF draw, in the order of drawing; glyphs are told back by the fonts' own tables."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return pages


def test_a_pdf_tells_every_entry_and_repeats_its_heading():
    lines = [line(words=f"viewed Paper {number}.pdf", thing="", allowed=number != 7) for number in range(120)]

    pages = text_of(b"".join(paper.as_pdf(TITLE, lines)))

    assert len(pages) > 2
    assert all("Who opened our data: Okoye Holdings Ltd" in page for page in pages)
    told = " ".join(" ".join(pages).split())
    assert all(f"viewed Paper {number}.pdf" in told for number in range(120))
    assert "viewed Paper 7.pdf (refused)" in told
    assert "120 entries." in pages[-1]
    assert "proves" in pages[0]


def test_a_pdf_breaks_long_words_and_says_which_letters_it_lacks():
    wide = "W" * 255

    (page,) = text_of(b"".join(paper.as_pdf(TITLE, [line(words=wide, purpose="Zoë Őry 漢")])))

    assert page.count("W") >= 255
    assert "Zoë Ory ?" in " ".join(page.split())
    assert "the CSV and JSON files have them all" in page


def test_more_than_paper_holds_is_refused_and_said(portal, monkeypatch):
    monkeypatch.setattr(exports, "MOST_ON_PAPER", 2)
    browser = signed_in(portal.people["cleo"])

    response = browser.post(f"/{ids.public(portal.okoye)}/log/export/", {"form": "pdf"}, secure=True)

    assert response.status_code == 422
    assert "Choose fewer days" in unescape(response.content.decode())
    with pytest.raises(TooLongForPaper):
        actions.export_log(portal.actor("cleo"), form="pdf")


@pytest.mark.parametrize(
    "sent", [{"form": "exe"}, {}, {"form": "csv", "since": "soon"}, {"form": "csv", "act": "none"}]
)
def test_what_cannot_be_read_is_refused_and_nothing_is_handed_out(portal, sent):
    browser = signed_in(portal.people["cleo"])

    response = browser.post(f"/{ids.public(portal.okoye)}/log/export/", sent, secure=True)

    assert response.status_code == 422
    assert not [found for found in log.entries(portal.actor("cleo")) if found.event == Event.LOG_EXPORTED]


@pytest.mark.control("tenant-isolation")
def test_another_clients_log_cannot_be_taken_along(portal):
    response = signed_in(portal.people["mallory"]).post(
        f"/{ids.public(portal.okoye)}/log/export/", {"form": "csv"}, secure=True
    )

    assert response.status_code == 404
    with pytest.raises(NotFound):
        actions.export_log(portal.actor("mallory", portal.okoye), form="csv")


def test_whoever_may_not_read_the_whole_log_takes_what_they_did_themselves(portal):
    cleo, dan = portal.actor("cleo"), portal.people["dan"]
    folder = documents.create_folder(cleo, name="For Dan")
    access.give_grant(cleo, person_id=dan, role="user", purpose="Tidies up", scope=("folder", folder.id))
    documents.create_folder(portal.actor("dan"), name="Own", parent_id=folder.id)

    found = rows(taken(portal, "dan", "csv", person=ids.public(portal.people["cleo"])))

    assert {row["who"] for row in found} == {"Dan Okoye"}
    assert actions.export_log(portal.actor("dan"), form="json", wanted=LogFilter()).wanted.person_id == dan


@pytest.mark.control("audit-immutable")
def test_the_file_for_a_verifier_is_the_whole_log_and_proves_itself(portal):
    add(portal.actor("cleo"), "Lease.txt", b"One")
    number()

    body = taken(portal, "cleo", "mlog", act="viewed", why="verify")

    keys, of_register = (tuple(map(parse_vkey, found)) for found in (log.log_keys(portal.okoye), log.log_keys()))
    report = check_log(io.BytesIO(body), Trust(keys, of_register))
    assert "are the ones that were logged" in report.sentence
    (entry,) = [found for found in log.entries(portal.actor("cleo")) if found.event == Event.LOG_EXPORTED]
    assert entry.facts == {"form": "mlog", "why": "verify", "whole": True}


def test_a_log_without_a_head_is_not_handed_out_and_nothing_is_said_to_have_been(portal):
    browser = signed_in(portal.people["cleo"])

    response = browser.post(f"/{ids.public(portal.okoye)}/log/export/", {"form": "mlog"}, secure=True)

    assert response.status_code == 503
    assert "just being signed" in response.content.decode()
    assert not [found for found in log.entries(portal.actor("cleo")) if found.event == Event.LOG_EXPORTED]


def test_whoever_may_not_read_the_whole_log_gets_no_file_for_a_verifier(portal):
    cleo, dan = portal.actor("cleo"), portal.people["dan"]
    folder = documents.create_folder(cleo, name="For Dan")
    access.give_grant(cleo, person_id=dan, role="user", purpose="Tidies up", scope=("folder", folder.id))
    number()

    with pytest.raises(NotFound):
        actions.export_log(portal.actor("dan"), form="mlog")
    assert signed_in(dan).get(f"/{ids.public(portal.okoye)}/log/verify/", secure=True).status_code == 404
    assert signed_in(cleo.person_id).get(f"/{ids.public(portal.okoye)}/log/verify/", secure=True).status_code == 200

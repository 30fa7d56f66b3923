"""A guest comes in by a link and a code from a mail, does the one task, and nothing else."""

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.portal.documents import actions
from muniment.trust.access import actions as access_actions
from muniment.trust.access.links.models import GuestLink
from muniment.trust.audit.types import Event
from tests.cast import Portal, signed_in
from tests.portal.documents.guest import (
    EVE,
    Guest,
    entries,
    link_address,
    links_of,
    names_in,
    page_of,
    send_link,
    uploader,
    viewer,
)
from tests.portal.documents.uploading import CONTRACT, add

CONTROLS = pytest.mark.control("need-to-know", "file-level-need")


@CONTROLS
def test_a_guest_reads_the_one_document_and_the_log_names_the_link(portal: Portal, document_id: UUID):
    guest = viewer(portal, document_id)

    answer = guest.browser.get(f"{guest.base}", secure=True, follow=True)

    assert "Balance: 12" in answer.content.decode()
    viewed = next(entry for entry in entries(portal) if entry.event == Event.DOCUMENT_VIEWED)
    (link,) = links_of(portal)
    assert (viewed.person_id, viewed.purpose) == (link.id, "The bank asks for it")
    from muniment.trust.identity import queries as identity

    assert identity.people([link.id])[link.id].name == f"{EVE}, by a link"


@CONTROLS
def test_a_guest_uploads_and_sees_only_what_they_sent(portal: Portal, folder_id: UUID, document_id: UUID):
    guest = uploader(portal, folder_id)
    begun = guest.browser.post(
        f"{guest.base}uploads/",
        data=CONTRACT,
        content_type="application/offset+octet-stream",
        headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(len(CONTRACT)), "Upload-Metadata": metadata(folder_id)},
        secure=True,
    )

    assert begun.status_code == 201
    assert begun.headers["Location"].startswith(f"{guest.base}uploads/")
    shown = guest.get("upload/").content.decode()
    assert "From Eve.pdf" in shown
    assert "Statement" not in shown
    names = names_in(portal, folder_id)
    assert names == {"Statement.txt", "From Eve.pdf"}


def test_a_guest_sends_a_file_without_scripts(portal: Portal, folder_id: UUID):
    guest = uploader(portal, folder_id)

    sent = guest.post("send/", {"file": SimpleUploadedFile("Bank.pdf", CONTRACT)})

    assert sent.status_code == 302
    assert "Bank.pdf" in guest.get("upload/").content.decode()
    assert names_in(portal, folder_id) == {"Bank.pdf"}


@CONTROLS
def test_a_guest_reaches_nothing_but_the_task(portal: Portal, cleo: Actor, folder_id: UUID, document_id: UUID):
    other = add(cleo, "Secret.txt", b"secret").document_id
    beside = actions.create_folder(cleo, name="Beside").id
    guest = viewer(portal, document_id)
    space = f"/{ids.public(portal.okoye)}/"

    assert guest.get(page_of(document_id)).status_code == 200
    for path in (page_of(other), f"folders/{ids.public(folder_id)}/", f"folders/{ids.public(beside)}/", "upload/"):
        assert guest.get(path).status_code == 404, path
    assert guest.post("send/", {"file": SimpleUploadedFile("Bank.pdf", CONTRACT)}).status_code == 404
    for path in ("documents/", f"documents/{ids.public(document_id)}/", "log/", "people/", "links/"):
        assert guest.get(f"{space}{path}").status_code == 302, path  # to the sign-in, as for anybody


def test_a_guest_of_a_folder_sees_what_is_in_it_and_not_the_closed_folder(portal: Portal, cleo: Actor):
    from muniment.portal.documents.models import Folder

    outer = actions.create_folder(cleo, name="Outer").id
    inner = actions.create_folder(cleo, name="Inner", parent_id=outer).id
    shut = actions.create_folder(cleo, name="Shut", parent_id=outer).id
    add(cleo, "Open.txt", b"open", folder_id=inner)
    hidden = add(cleo, "Hidden.txt", b"hidden", folder_id=shut).document_id
    with acting_as(cleo):
        Folder.objects.filter(id=shut).update(is_closed=True)
    send_link(cleo, "folder", outer)
    guest = Guest(portal.okoye).come_in(link_address())

    shown = guest.browser.get(f"{guest.base}view/", secure=True, follow=True).content.decode()

    assert "Inner" in shown
    assert "Shut" not in shown
    assert "Open.txt" in guest.get(f"folders/{ids.public(inner)}/").content.decode()
    assert guest.get(f"folders/{ids.public(shut)}/").status_code == 404
    assert guest.get(page_of(hidden)).status_code == 404


def test_the_secret_alone_opens_nothing(portal: Portal, document_id: UUID):
    send_link(portal.actor("cleo"), "document", document_id)
    guest, address = Guest(portal.okoye), link_address()

    opened = guest.get(address)

    assert (opened.status_code, opened.headers["Location"]) == (302, guest.base)
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert guest.get(page_of(document_id)).status_code == 404
    assert "Balance" not in guest.browser.get(guest.base, secure=True, follow=True).content.decode()


def test_the_secret_is_kept_as_a_hash_and_stands_in_no_entry(portal: Portal, document_id: UUID):
    viewer(portal, document_id)
    send_link(portal.actor("cleo"), "document", document_id)
    secret = link_address().split("/")[3]
    Guest(portal.okoye).come_in(link_address_of(secret, portal))

    with acting_as(portal.actor("cleo")):
        rows = [vars(row) for row in GuestLink.objects.all()]
    assert secret not in str(rows)
    assert secret not in str(entries(portal))
    assert all(len(bytes(row["secret_hash"])) == 32 for row in rows)


def test_a_wrong_code_lets_nobody_in_and_tries_run_out(portal: Portal, document_id: UUID):
    send_link(portal.actor("cleo"), "document", document_id)
    guest, address = Guest(portal.okoye), link_address()
    code = guest.ask(address)
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    tries = [guest.try_code({"code": wrong}).status_code for _ in range(6)]

    assert tries == [422] * 5 + [429]
    assert guest.post("code/", {"code": code}).status_code == 429
    assert guest.get(page_of(document_id)).status_code == 404
    assert [entry.event for entry in entries(portal)].count(Event.GUEST_CODE_FAILED) == 5


def test_a_code_is_for_the_browser_that_asked_and_works_once(portal: Portal, document_id: UUID):
    send_link(portal.actor("cleo"), "document", document_id)
    address, other = link_address(), Guest(portal.okoye, ip="198.51.100.9")
    code = Guest(portal.okoye).ask(address)
    other.get(address)

    assert other.post("code/", {"code": code}).status_code == 422
    mine = other.ask(address)
    assert other.post("code/", {"code": mine}).status_code == 302
    assert other.post("code/", {"code": mine}).status_code == 422


def test_nobody_is_flooded_with_codes(portal: Portal, document_id: UUID):
    send_link(portal.actor("cleo"), "document", document_id)
    guest = Guest(portal.okoye)
    guest.get(link_address())

    asked = [guest.try_code({"send": "1"}).status_code for _ in range(6)]

    assert asked == [302] * 5 + [429]


def test_a_code_is_too_old_after_ten_minutes(portal: Portal, document_id: UUID, monkeypatch: pytest.MonkeyPatch):
    send_link(portal.actor("cleo"), "document", document_id)
    guest = Guest(portal.okoye)
    code, later = guest.ask(link_address()), clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert guest.post("code/", {"code": code}).status_code == 422


def test_who_may_not_share_sends_no_link(portal: Portal, document_id: UUID):
    for who in ("dan", "ada"):
        with pytest.raises(NotFound):
            send_link(portal.actor(who, portal.okoye), "document", document_id)
    with pytest.raises(NotFound):
        send_link(portal.actor("mallory"), "document", document_id)


def test_a_guest_sends_no_link_and_ends_none(portal: Portal, document_id: UUID):
    viewer(portal, document_id)
    (link,) = links_of(portal)
    eve = replace(
        Actor(kind="contact"), client_id=portal.okoye, person_id=link.id, guest_link_id=link.id, purpose="Look"
    )

    with pytest.raises(NotFound):
        send_link(eve, "document", document_id)
    with pytest.raises(NotFound):
        access_actions.revoke_guest_link(eve, link_id=link.id)


def test_somebody_signed_in_finds_nothing_on_a_guests_page(portal: Portal, document_id: UUID):
    browser = signed_in(portal.people["cleo"])
    guest = Guest(portal.okoye)

    assert browser.get(guest.base + page_of(document_id), secure=True).status_code == 404


def test_somebody_signed_in_elsewhere_can_be_a_guest_as_well(portal: Portal, document_id: UUID):
    send_link(portal.actor("cleo"), "document", document_id)
    guest = Guest(portal.okoye)
    guest.browser = signed_in(portal.people["mallory"])

    guest.come_in(link_address())

    assert guest.get(page_of(document_id)).status_code == 200
    assert guest.browser.get("/", secure=True).status_code == 200
    assert guest.browser.get(f"/{ids.public(portal.okoye)}/documents/", secure=True).status_code == 404


def test_a_link_of_another_client_opens_nothing_here(portal: Portal, document_id: UUID):
    send_link(portal.actor("cleo"), "document", document_id)
    secret = link_address().split("/")[3]

    assert Guest(portal.brandt).get(f"/g/{ids.public(portal.brandt)}/{secret}/").status_code == 410


def test_useless_links_are_counted(portal: Portal):
    guest = Guest(portal.okoye)

    tried = [guest.get(f"{guest.base}{'x' * 42}{number % 10}/").status_code for number in range(22)]

    assert tried[:20] == [410] * 20
    assert tried[-1] == 429


def test_links_are_sent_listed_and_ended_on_pages(portal: Portal, cleo: Actor, document_id: UUID):
    browser, space = signed_in(portal.people["cleo"]), f"/{ids.public(portal.okoye)}/"
    day = (clock.now() + timedelta(days=5)).date().isoformat()
    form = {"email": EVE, "until": day, "uses": "3", "why": "The bank asks"}

    sent = browser.post(f"{space}documents/{ids.public(document_id)}/link/", form, secure=True)
    listed = browser.get(f"{space}links/", secure=True).content.decode()
    (link,) = links_of(portal)
    ended = browser.post(f"{space}links/{ids.public(link.id)}/revoke/", secure=True)

    assert (sent.status_code, ended.status_code) == (302, 302)
    assert EVE in listed
    assert "Statement.txt" in listed
    assert link_address().split("/")[3] not in listed
    assert links_of(portal)[0].revoked_by == portal.people["cleo"]


def test_who_administers_sees_all_links_and_no_names_of_documents(portal: Portal, document_id: UUID):
    send_link(portal.actor("cleo"), "document", document_id)
    ada = signed_in(portal.people["ada"])

    everywhere = ada.get("/links/", secure=True).content.decode()

    assert EVE in everywhere
    assert "Okoye" in everywhere
    assert "Statement.txt" not in everywhere
    assert signed_in(portal.people["cleo"]).get("/links/", secure=True).status_code == 404


def metadata(folder_id: UUID) -> str:
    name, folder = b64encode(b"From Eve.pdf").decode(), b64encode(ids.public(folder_id).encode()).decode()
    return f"filename {name},folder {folder}"


def link_address_of(secret: str, portal: Portal) -> str:
    return f"/g/{ids.public(portal.okoye)}/{secret}/"

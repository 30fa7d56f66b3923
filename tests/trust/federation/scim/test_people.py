"""What a directory says of people is done: they come without a password, and are out at the next request."""

import re

import pytest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.portal.documents import actions as documents
from muniment.trust.access import queries as access
from muniment.trust.federation.jobs import settle_directories
from muniment.trust.federation.scim.models import DirectoryRecord
from muniment.trust.identity import actions, queries
from muniment.trust.identity.models import Invitation, Letter, Person, Session
from tests.cast import Portal, signed_in
from tests.portal.documents.guest import Guest, link_address, page_of, send_link
from tests.portal.documents.uploading import CONTRACT, add
from tests.trust.federation.scim.directory import USER, Directory, connect, given
from tests.trust.identity.browsers import Visitor, person_with
from tests.trust.identity.life.erasing import erase

ROSA = "rosa@okoye.example"
PART = "application/offset+octet-stream"


@pytest.fixture
def directory(portal: Portal) -> Directory:
    return connect(portal)


def documents_of(portal: Portal) -> str:
    return f"/{ids.public(portal.okoye)}/documents/"


def belongs(portal: Portal, email: str, client_id=None) -> bool:
    person = queries.find_person(email)
    return person is not None and (client_id or portal.okoye) in {space.id for space in queries.spaces(person.id)}


def test_a_new_user_is_a_person_with_the_tokens_role_and_no_password(portal, directory, events):
    made = directory.user(ROSA, displayName="Rosa Lind", name={"givenName": "Rosa", "familyName": "Lind"})

    person = Person.objects.get(id=person_with(ROSA))
    assert (person.name, person.kind, person.has_usable_password()) == ("Rosa Lind", "contact", False)
    (grant,) = given(portal.okoye, person_id=person.id)
    assert (grant.role, grant.purpose) == ("guest", "SCIM token Entra")
    assert {"directory.changed", "person.joined", "grant.given"} <= set(events(portal.okoye)[:4])
    (body,) = (row.message["body"] for row in Letter.objects.filter(person_id=person.id))
    assert "/account/password/reset/" in body
    assert made.get("active", True) is True
    assert directory.ask("GET", f"/Users/{made['id']}").json()["name"]["familyName"] == "Lind"


@pytest.mark.control("deactivate-inactive")
def test_active_false_ends_session_link_and_upload_at_the_next_request(portal, directory):
    made = directory.user(ROSA)
    person_id = person_with(ROSA)
    host = Actor.system(portal.okoye, purpose="Tests")
    from muniment.trust.access import actions as grants

    grants.give_grant(host, person_id=person_id, role="manager", purpose="Tests")
    enrol(person_id)
    rosa = Actor(kind="contact", person_id=person_id, client_id=portal.okoye)
    document_id = add(rosa, "Lease.pdf", CONTRACT).document_id
    send_link(rosa, "document", document_id)
    guest = Guest(portal.okoye).come_in(link_address())
    browser = signed_in(person_id)
    upload = documents.begin_upload(rosa, name="Long.pdf", size_bytes=20)
    part = f"/{ids.public(portal.okoye)}/uploads/{ids.public(upload.id)}/"
    assert browser.get(documents_of(portal), secure=True).status_code == 200
    assert send(browser, part, 0) == 204
    assert guest.get(page_of(document_id)).status_code == 200

    answer = directory.switch(made, on=False)

    assert (answer.status_code, answer.json()["active"]) == (200, False)
    assert browser.get(documents_of(portal), secure=True).status_code == 302
    assert send(browser, part, 10) in {302, 403, 404}
    assert guest.get(page_of(document_id)).status_code in {404, 410}
    assert not Session.objects.filter(person_id=person_id).exists()
    assert Person.objects.get(id=person_id).disabled_at is not None
    assert given(portal.okoye, person_id=person_id) == []


def test_who_is_switched_on_again_comes_back(portal, directory):
    made = directory.user(ROSA)
    directory.switch(made, on=False)

    assert directory.switch(made, on=True).json()["active"] is True

    assert belongs(portal, ROSA)
    assert Person.objects.get(id=person_with(ROSA)).disabled_at is None


def test_who_an_administrator_shut_out_is_not_let_back_by_a_directory(portal, directory):
    made = directory.user(ROSA)
    actions.disable_person(portal.actor("ada"), person_id=person_with(ROSA))

    directory.switch(made, on=False)
    directory.switch(made, on=True)

    assert Person.objects.get(id=person_with(ROSA)).disabled_at is not None


@pytest.mark.control("deactivate-inactive")
def test_a_user_that_is_deleted_is_out_and_forgotten(portal, directory):
    made = directory.user(ROSA)

    assert directory.ask("DELETE", f"/Users/{made['id']}").status_code == 204

    assert not belongs(portal, ROSA)
    assert directory.ask("GET", f"/Users/{made['id']}").status_code == 404
    assert directory.ask("DELETE", f"/Users/{made['id']}").status_code == 404


def test_who_has_an_account_elsewhere_is_invited_and_joins_by_themselves(portal, directory):
    made = directory.user("mallory@brandt.example", displayName="Renamed By Okoye")

    assert not belongs(portal, "mallory@brandt.example")
    assert Person.objects.get(id=portal.people["mallory"]).name == "Mallory Brandt"
    newest = Letter.objects.order_by("-id")[0].message
    assert newest["to"] == ["mallory@brandt.example"]
    secret = newest["body"].split("/invitations/")[1].split("/")[1]
    group = directory.group("Board", made)
    mallory = Actor(kind="contact", person_id=portal.people["mallory"], client_id=portal.okoye, by_link=True)
    actions.accept_invitation(mallory, secret=secret)
    settle_directories.func(timestamp=0)

    assert belongs(portal, "mallory@brandt.example")
    (found,) = (one for one in access.groups(Actor.system(portal.okoye)) if one.name == "Board")
    assert found.members == (portal.people["mallory"],)
    assert directory.ask("GET", f"/Groups/{group['id']}").json()["members"]


def test_what_is_said_of_an_address_does_not_tell_whether_it_has_an_account(portal, directory):
    known = directory.ask("POST", "/Users", {"schemas": [USER], "userName": "mallory@brandt.example"})
    unknown = directory.ask("POST", "/Users", {"schemas": [USER], "userName": "nobody@brandt.example"})

    assert (known.status_code, told(known)) == (unknown.status_code, told(unknown))


def test_a_directory_touches_nothing_of_a_person_beside_their_place(portal, directory):
    """Dan belongs here by an invitation, and is linked: his name and address stay his."""
    made = directory.user("dan@okoye.example", displayName="Somebody Else")
    directory.patch(
        f"/Users/{made['id']}",
        {"op": "replace", "path": "emails", "value": [{"value": "attacker@evil.example", "primary": True}]},
        {"op": "replace", "path": "displayName", "value": "Mister X"},
    )

    dan = Person.objects.get(id=portal.people["dan"])
    assert (dan.name, dan.email) == ("Dan Okoye", "dan@okoye.example")


def test_a_person_shared_with_another_client_keeps_name_and_sign_in(portal, directory):
    made = directory.user(ROSA, displayName="Rosa Lind")
    person_id = person_with(ROSA)
    host = Actor.system(portal.brandt, purpose="Tests")
    _, path = actions.invite_person(host, email=ROSA, name="Rosa", role="user", purpose="Tests")
    rosa = Actor(kind="contact", person_id=person_id, client_id=portal.brandt, by_link=True)
    actions.accept_invitation(rosa, secret=path.split("/")[3])
    enrol(person_id)

    directory.patch(f"/Users/{made['id']}", {"op": "replace", "path": "displayName", "value": "Changed"})
    assert Person.objects.get(id=person_id).name == "Rosa Lind"
    directory.switch(made, on=False)

    assert Person.objects.get(id=person_id).disabled_at is None
    assert belongs(portal, ROSA, portal.brandt)
    browser = signed_in(person_id)
    assert browser.get(documents_of(portal), secure=True).status_code == 404
    assert browser.get(f"/{ids.public(portal.brandt)}/documents/", secure=True).status_code == 200


def test_the_name_of_a_person_of_ones_own_follows_the_directory(portal, directory, events):
    made = directory.user(ROSA, displayName="Rosa Lind")

    directory.patch(f"/Users/{made['id']}", {"op": "replace", "path": "displayName", "value": "Rosa Ash"})

    assert Person.objects.get(id=person_with(ROSA)).name == "Rosa Ash"
    assert "person.renamed" in events(portal.okoye)


def test_the_address_somebody_signs_in_with_is_never_a_directorys_to_change(portal, directory):
    made = directory.user(ROSA)

    directory.patch(f"/Users/{made['id']}", {"op": "replace", "path": "userName", "value": "other@okoye.example"})

    assert queries.find_person(ROSA) is not None
    assert queries.find_person("other@okoye.example") is None


def test_a_clients_directory_touches_nobody_of_the_firm(portal, directory):
    for email in ("ada@harcourt.example", "ben@harcourt.example"):
        made = directory.user(email)
        directory.switch(made, on=False)
        directory.ask("DELETE", f"/Users/{made['id']}")

    assert not Invitation.objects.filter(email="ada@harcourt.example").exists()
    assert Person.objects.filter(kind="staff", disabled_at__isnull=False).count() == 0
    assert belongs(portal, "ben@harcourt.example")


def test_the_firms_directory_brings_staff_and_touches_nobody_who_administers(portal):
    directory = connect(portal, portal.firm_id, role="analyst")
    directory.user("eva@harcourt.example")
    ada = directory.user("ada@harcourt.example")
    ben = directory.user("ben@harcourt.example")

    assert Person.objects.get(id=person_with("eva@harcourt.example")).kind == "staff"
    assert directory.switch(ada, on=False).status_code == 200  # kept as said, and followed by nothing
    assert Person.objects.get(id=portal.people["ada"]).disabled_at is None
    assert directory.switch(ben, on=False).status_code == 200
    assert Person.objects.get(id=portal.people["ben"]).disabled_at is not None
    assert not belongs(portal, "ben@harcourt.example")


def test_a_user_without_an_address_is_kept_and_is_nobody_yet(portal, directory):
    made = directory.user("rosa.lind")
    before = Person.objects.count()

    directory.patch(f"/Users/{made['id']}", {"op": "add", "path": "emails", "value": [{"value": ROSA}]})

    assert Person.objects.count() == before + 1
    assert belongs(portal, ROSA)


def test_a_password_is_neither_taken_nor_kept(portal, directory):
    made = directory.user(ROSA, password="nine lanterns drift under ice")

    assert "password" not in made
    assert not Person.objects.get(id=person_with(ROSA)).has_usable_password()
    from muniment.core.db.binding import Binding
    from muniment.core.unit import bound

    with bound(Binding(portal.okoye)):
        assert all("lanterns" not in str(row.body) for row in DirectoryRecord.objects.all())


def test_who_was_not_joined_yet_and_is_switched_off_has_no_invitation_any_more(portal, directory):
    from muniment.core.db.binding import Binding
    from muniment.core.unit import bound

    made = directory.user("mallory@brandt.example")
    directory.switch(made, on=False)

    with bound(Binding(portal.okoye)):
        (row,) = Invitation.objects.filter(email="mallory@brandt.example")
    assert row.withdrawn_at is not None


def test_a_person_who_comes_chooses_a_password_by_mail(portal, directory):
    directory.user(ROSA)
    visitor = Visitor()
    visitor.post("/account/password/reset/", {"email": ROSA})

    newest = Letter.objects.filter(person_id=person_with(ROSA)).order_by("-id")[0]
    assert re.search(r"/account/password/reset/\S{22}/", newest.message["body"])


def test_who_is_erased_is_forgotten_by_the_directory_too(portal, directory):
    from muniment.core.db.binding import Binding
    from muniment.core.unit import bound

    directory.user(ROSA)
    erase(person_with(ROSA))

    with bound(Binding(portal.okoye)):
        assert not DirectoryRecord.objects.exists()


def told(answer) -> dict[str, object]:
    """Return what an answer says, without what is the user's own."""
    return {key: value for key, value in answer.json().items() if key not in {"id", "meta", "userName"}}


def enrol(person_id) -> None:
    from muniment.operations.demo.people import enrol as enrol_app

    enrol_app(person_id)


def send(browser, address: str, offset: int) -> int:
    answer = browser.patch(
        address,
        b"x" * 10,
        content_type=PART,
        headers={"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset)},
        secure=True,
    )
    return int(answer.status_code)

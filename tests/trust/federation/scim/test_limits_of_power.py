"""What a directory cannot do by being clever, in a hurry or wrong: to people of others, to the portal, to its own."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.trust.identity import actions, queries
from muniment.trust.identity.models import Letter, Person
from tests.cast import Portal
from tests.trust.federation.scim.directory import GROUP, PATCH, USER, Directory, connect, given
from tests.trust.identity.browsers import person_with

ROSA = "rosa@okoye.example"


@pytest.fixture
def directory(portal: Portal) -> Directory:
    return connect(portal)


def belongs(portal: Portal, email: str, client_id=None) -> bool:
    person = queries.find_person(email)
    return person is not None and (client_id or portal.okoye) in {space.id for space in queries.spaces(person.id)}


def mails_to(address: str) -> list[str]:
    return [row.message["subject"] for row in Letter.objects.order_by("-id") if row.message["to"] == [address]]


def test_who_was_made_and_dropped_by_one_directory_can_be_invited_by_another_client(portal, events):
    """Else any directory could keep an address out of every other client: make it, drop it."""
    brandt = connect(portal, portal.brandt)
    made = brandt.user(ROSA)
    brandt.ask("DELETE", f"/Users/{made['id']}")
    assert Person.objects.get(id=person_with(ROSA)).disabled_at is not None

    actions.invite_person(portal.actor("cleo"), email=ROSA, name="Rosa", role="user", purpose="Tests")

    assert Person.objects.get(id=person_with(ROSA)).disabled_at is None
    assert queries.spaces(person_with(ROSA)) == []
    assert "person.enabled" in events(portal.firm_id)


def test_who_an_administrator_shut_out_is_not_let_back_by_an_invitation(portal, directory):
    made = directory.user(ROSA)
    actions.disable_person(portal.actor("ada"), person_id=person_with(ROSA))
    directory.ask("DELETE", f"/Users/{made['id']}")

    actions.invite_person(portal.actor("cleo"), email=ROSA, name="Rosa", role="user", purpose="Tests")

    assert Person.objects.get(id=person_with(ROSA)).disabled_at is not None


def test_who_was_deleted_and_made_anew_by_the_directory_is_asked_and_can_come(portal, directory):
    made = directory.user(ROSA)
    directory.ask("DELETE", f"/Users/{made['id']}")

    directory.user(ROSA)

    assert Person.objects.get(id=person_with(ROSA)).disabled_at is None
    assert len(queries.open_invitations(Actor.system(portal.okoye))) == 1


def test_whose_access_was_ended_in_the_portal_stays_out_until_switched_off_and_on(portal, directory):
    made = directory.user(ROSA)
    actions.end_membership(portal.actor("cleo"), person_id=person_with(ROSA))

    changed = directory.patch(f"/Users/{made['id']}", {"op": "replace", "path": "title", "value": "Partner"})
    assert changed.status_code in {200, 204}
    assert not belongs(portal, ROSA)

    directory.switch(made, on=False)
    directory.switch(made, on=True)
    assert belongs(portal, ROSA)


def test_who_was_asked_joined_and_is_switched_off_and_on_is_asked_again(portal, directory):
    made = directory.user("mallory@brandt.example")
    secret = Letter.objects.order_by("-id")[0].message["body"].split("/invitations/")[1].split("/")[1]
    mallory = Actor(kind="contact", person_id=portal.people["mallory"], client_id=portal.okoye, by_link=True)
    actions.accept_invitation(mallory, secret=secret)
    directory.patch(f"/Users/{made['id']}", {"op": "replace", "path": "title", "value": "Partner"})
    directory.switch(made, on=False)
    assert not belongs(portal, "mallory@brandt.example")

    directory.switch(made, on=True)

    assert not belongs(portal, "mallory@brandt.example")  # they said yes once, and are asked again
    assert len(queries.open_invitations(Actor.system(portal.okoye))) == 1


def test_of_two_users_who_are_one_person_one_can_go(portal, directory):
    directory.user(ROSA)
    again = directory.user("rosa.lind", emails=[{"value": ROSA}])

    assert directory.ask("DELETE", f"/Users/{again['id']}").status_code == 204

    assert belongs(portal, ROSA)


def test_a_role_that_administers_by_now_is_given_to_nobody(portal):
    """The token was made for a harmless role, which somebody let administer afterwards."""
    from muniment.core.db.binding import Binding
    from muniment.core.unit import bound
    from muniment.trust.access.models import Role

    directory = connect(portal, portal.firm_id, role="analyst")
    with bound(Binding(portal.firm_id)):
        Role.objects.filter(name="analyst").update(administers=True)

    answer = directory.ask("POST", "/Users", {"schemas": [USER], "userName": "eva@harcourt.example"})

    assert answer.status_code == 403, answer.content
    assert queries.find_person("eva@harcourt.example") is None


def test_an_invitation_whose_giver_is_gone_keeps_nobody_out_of_the_directory(portal, directory):
    actions.invite_person(portal.actor("cleo"), email=ROSA, name="Rosa", role="user", purpose="Tests")
    actions.disable_person(portal.actor("ada"), person_id=portal.people["cleo"])

    directory.user(ROSA)

    assert belongs(portal, ROSA)
    (grant,) = given(portal.okoye, person_id=person_with(ROSA))
    assert grant.role == "guest"


def test_no_address_gets_mail_after_mail_by_making_and_dropping_somebody(portal, directory):
    statuses = []
    for _ in range(12):
        answer = directory.ask("POST", "/Users", {"schemas": [USER], "userName": "victim@brandt.example"})
        statuses.append(answer.status_code)
        if answer.status_code == 201:
            directory.ask("DELETE", f"/Users/{answer.json()['id']}")

    assert statuses[0] == 201
    assert statuses[-1] == 429
    assert len(mails_to("victim@brandt.example")) <= 16


def test_a_token_that_ran_out_settles_nobody(portal, directory, monkeypatch):
    from muniment.trust.federation.scim.queries import settling

    directory.user("mallory@brandt.example")
    secret = Letter.objects.order_by("-id")[0].message["body"].split("/invitations/")[1].split("/")[1]
    mallory = Actor(kind="contact", person_id=portal.people["mallory"], client_id=portal.okoye, by_link=True)
    actions.accept_invitation(mallory, secret=secret)
    assert len(settling()) == 1
    real = clock.now()
    monkeypatch.setattr(clock, "now", lambda: real + timedelta(days=31))

    assert settling() == []


DEEP = "(" * 3000 + 'userName eq "x"' + ")" * 3000
HOSTILE = [
    ("POST", "/Users", b"[" * 100_000),
    ("POST", "/Users", b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    ("POST", "/Users", b"\xff\xfe\x00"),
    ("POST", "/Users", b'{"schemas":["%b"],"userName":"\\ud800@x.example"}' % USER.encode()),
    ("POST", "/Users", b'{"schemas":["%b"],"userName":"a\\u0000b@x.example","title":"\\u0000"}' % USER.encode()),
    ("POST", "/Users", b'{"schemas":["%b"],"userName":" "}' % USER.encode()),
    ("POST", "/Users", b'{"schemas":["%b"],"userName":"x@x.example","displayName":"\\ud800"}' % USER.encode()),
    ("POST", "/Users", b'{"schemas":["%b"],"userName":"n@x.example","active":NaN}' % USER.encode()),
    ("POST", "/Users", b'{"schemas":["%b"],"userName":"n@x.example","title":%b}' % (USER.encode(), b"9" * 5000)),
    ("POST", "/Groups", b'{"schemas":["%b"],"displayName":"a\\u0000\\ud800"}' % GROUP.encode()),
    ("POST", "/Groups", b'{"schemas":["%b"],"displayName":"4111111111111111"}' % GROUP.encode()),
    ("POST", "/Users", b'{"schemas":["%b"],"userName":"4111111111111111@x.example"}' % USER.encode()),
    ("POST", "/Users/.search", json.dumps({"schemas": ["x"], "filter": DEEP}).encode()),
    (
        "POST",
        "/Users/.search",
        json.dumps({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": DEEP}).encode(),
    ),
    (
        "POST",
        "/Users/.search",
        json.dumps(
            {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
                "filter": "not (" * 3000 + 'userName eq "x"' + ")" * 3000,
            }
        ).encode(),
    ),
    (
        "POST",
        "/.search",
        json.dumps(
            {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
                "filter": " and ".join(['userName eq "x"'] * 8000),
            }
        ).encode(),
    ),
]


def test_two_clients_that_bring_the_same_address_at_once_make_one_person(portal, directory):
    other = connect(portal, portal.brandt)

    def ask(mine: Directory) -> int:
        from django.db import connection

        try:
            answer = mine.ask("POST", "/Users", {"schemas": [USER], "userName": "new@elsewhere.example"})
            return int(answer.status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(ask, [directory, other]))

    assert statuses == [201, 201]
    assert Person.objects.filter(email="new@elsewhere.example").count() == 1


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_whatever_is_sent_is_answered_and_breaks_nothing(portal, directory, number):
    directory.user(ROSA)
    method, path, content = HOSTILE[number]
    address = f"/scim/{ids.public(directory.client_id)}/v2{path}"

    answer = directory.browser.generic(
        method,
        address,
        content,
        content_type="application/scim+json",
        secure=True,
        headers={"Authorization": f"Bearer {directory.token}"},
    )

    assert answer.status_code in {200, 201, 400, 409, 413, 422}, (answer.status_code, answer.content[:300])


@pytest.mark.parametrize("what", ["id", "meta", "schemas", "groups", "password", "meta.created", "externalId"])
def test_a_path_that_is_not_a_directorys_to_change_changes_nothing(portal, directory, what):
    made = directory.user(ROSA)

    answer = directory.patch(f"/Users/{made['id']}", {"op": "replace", "path": what, "value": "x"})

    assert answer.status_code in {200, 204, 400}, answer.content
    shown = directory.ask("GET", f"/Users/{made['id']}").json()
    assert shown["id"] == made["id"]
    assert "password" not in shown
    assert shown["meta"]["resourceType"] == "User"


def test_thousands_of_operations_are_refused_in_no_time(portal, directory):
    import time

    made = directory.user(ROSA)
    many = [{"op": "replace", "path": "title", "value": "x"}] * 3500
    began = time.process_time()  # how busy the machine is otherwise is another matter

    answer = directory.ask("PATCH", f"/Users/{made['id']}", {"schemas": [PATCH], "Operations": many})

    assert answer.status_code in {200, 204, 400, 413}, answer.content[:200]
    assert time.process_time() - began < 5


def test_what_is_kept_of_one_group_does_not_grow_without_end(portal, directory):
    group = directory.group("Board")
    statuses = []
    for round_ in range(12):
        members = [{"value": f"{round_}-{number}-" + "x" * 200} for number in range(1000)]
        statuses.append(
            directory.patch(f"/Groups/{group['id']}", {"op": "add", "path": "members", "value": members}).status_code
        )

    assert statuses[0] in {200, 204}
    assert statuses[-1] in {400, 413}


def test_questions_that_open_much_are_bounded_by_what_they_open(portal, directory, monkeypatch):
    from muniment.core.unit import acting_as
    from muniment.trust.federation.scim import storage
    from muniment.trust.federation.scim.models import DirectoryRecord

    directory.user(ROSA)
    with acting_as(Actor.system(portal.okoye)):
        body = DirectoryRecord.objects.get().body
        DirectoryRecord.objects.bulk_create(
            DirectoryRecord(client_id=portal.okoye, kind="User", user_name=f"u{number}", body=body)
            for number in range(250)
        )
    monkeypatch.setattr(storage, "OPENED_A_MINUTE", 500)

    searches = [directory.ask("GET", '/Users?filter=title eq "x"').status_code for _ in range(3)]

    assert searches == [200, 200, 429]
    assert directory.ask("GET", '/Users?filter=userName eq "u7"').status_code == 200
    assert directory.ask("GET", "/Users?count=10").status_code == 200
    assert directory.ask("GET", "/Users").status_code == 429


def test_two_requests_of_the_same_moment_bring_one_person(portal, directory):
    def ask(number: int) -> int:
        from django.db import connection

        try:
            mine = Directory(directory.client_id, directory.token, ip=f"203.0.113.{number}")
            return mine.ask("POST", "/Users", {"schemas": [USER], "userName": ROSA}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(ask, range(1, 5)))

    assert statuses == [201, 409, 409, 409]

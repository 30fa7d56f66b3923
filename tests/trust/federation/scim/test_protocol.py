"""Tokens, versions, filters and limits of what directories speak."""

from datetime import timedelta

import pytest

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.trust.access.errors import MoreThanYouHave
from muniment.trust.federation.scim import actions, queries, storage
from muniment.trust.federation.scim.models import DirectoryToken
from muniment.trust.federation.scim.types import BODY_MOST, RESULTS_MOST
from muniment.trust.identity import actions as identity
from tests.cast import Portal, signed_in
from tests.trust.federation.scim.directory import USER, Directory, connect

ROSA, TOM = "rosa@okoye.example", "tom@okoye.example"


@pytest.fixture
def directory(portal: Portal) -> Directory:
    return connect(portal)


def last_used(portal: Portal):
    token = queries.token_of(Actor.system(portal.okoye))
    assert token is not None
    return token.used_at


def names(answer) -> list[str]:
    return [one["userName"] for one in answer.json().get("Resources", [])]


@pytest.mark.control("tenant-isolation")
def test_the_token_of_one_client_opens_nothing_of_another(portal, directory):
    made = directory.user(ROSA)
    theirs = connect(portal, portal.brandt)
    stranger = Directory(portal.okoye, theirs.token)

    for method, path in (("GET", "/Users"), ("GET", f"/Users/{made['id']}"), ("DELETE", f"/Users/{made['id']}")):
        assert stranger.ask(method, path).status_code == 401
        assert theirs.ask(method, path).status_code in {200, 404}
    assert theirs.ask("GET", "/Users").json()["totalResults"] == 0
    assert directory.ask("GET", f"/Users/{made['id']}").status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp5", "bearer " + "x" * 43])
def test_without_the_token_nothing_is_answered(portal, directory, header):
    answer = directory.ask("GET", "/ServiceProviderConfig", Authorization=header)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="SCIM"')
    assert answer["Content-Type"] == "application/scim+json"


def test_a_client_that_there_is_not_is_answered_like_a_wrong_token(portal):
    answers = [Directory(place, "x" * 43).ask("GET", "/Users") for place in (portal.okoye, ids.new())]

    assert answers[0].content == answers[1].content
    assert {answer.status_code for answer in answers} == {401}


def test_a_token_is_kept_as_a_hash_runs_out_and_ends(portal, directory, monkeypatch):
    row = DirectoryToken.objects
    with_client = Actor.system(portal.okoye)
    from muniment.core.unit import acting_as

    with acting_as(with_client):
        assert bytes(row.get().secret_hash) == queries.token_hash(directory.token)
    assert directory.ask("GET", "/Users").status_code == 200
    later = clock.now() + timedelta(days=30, minutes=1)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: later)
        assert directory.ask("GET", "/Users").status_code == 401
    assert directory.ask("GET", "/Users").status_code == 200

    actions.revoke_token(with_client)

    assert directory.ask("GET", "/Users").status_code == 401


def test_a_new_token_ends_the_old_one_at_once(portal, directory, events):
    newer = connect(portal)

    assert directory.ask("GET", "/Users").status_code == 401
    assert newer.ask("GET", "/Users").status_code == 200
    assert events(portal.okoye).count("directory-token.made") == 2


def test_it_is_noted_when_a_token_was_last_used_and_that_it_reads(portal, directory, events):
    assert last_used(portal) is None

    for _ in range(3):
        directory.ask("GET", "/Users")

    assert last_used(portal) is not None
    assert events(portal.okoye).count("directory.read") == 1


@pytest.mark.control("least-privilege")
def test_who_makes_a_token_gives_no_more_by_it_than_they_could(portal):
    ada, firm = portal.actor("ada", portal.okoye), portal.actor("ada")

    for actor, role in ((ada, "admin"), (ada, "advisor"), (firm, "super-admin"), (firm, "guest"), (ada, "nothing")):
        with pytest.raises(MoreThanYouHave):
            actions.make_token(actor, name="Entra", role=role, days=30)
    assert actions.make_token(ada, name="Entra", role="guest", days=30)
    assert actions.make_token(firm, name="Entra", role="analyst", days=30)


@pytest.mark.parametrize("values", [{"name": " "}, {"name": "x" * 81}, {"days": 0}, {"days": 367}])
def test_a_token_has_a_name_and_an_end(portal, values):
    with pytest.raises(Invalid):
        actions.make_token(
            portal.actor("ada", portal.okoye), **{"name": "Entra", "role": "guest", "days": 30, **values}
        )


@pytest.mark.parametrize("who", ["ben", "cleo", "dan", "mallory"])
def test_only_who_decides_about_sign_in_makes_and_ends_tokens(portal, directory, who):
    actor = portal.actor(who, portal.okoye)

    with pytest.raises(NotFound):
        actions.make_token(actor, name="Entra", role="guest", days=30)
    with pytest.raises(NotFound):
        actions.revoke_token(actor)
    assert directory.ask("GET", "/Users").status_code == 200


def test_the_page_shows_a_token_once(portal):
    ada, page = signed_in(portal.people["ada"]), f"/{ids.public(portal.okoye)}/directory/"
    assert b"There is no token yet" in ada.get(page, secure=True).content

    made = ada.post(f"{page}token/", {"name": "Entra", "role": "guest", "days": "30"}, secure=True)
    token = made.context["token"]

    assert token in made.content.decode()
    assert made["Cache-Control"] == "no-store"
    assert token not in ada.get(page, secure=True).content.decode()
    assert Directory(portal.okoye, token).ask("GET", "/Users").status_code == 200
    ada.post(f"{page}token/end/", secure=True)
    assert Directory(portal.okoye, token).ask("GET", "/Users").status_code == 401


def test_the_page_tells_of_a_token_whose_maker_is_gone(portal):
    host, page = Actor.system(portal.firm_id, purpose="Tests"), f"/{ids.public(portal.okoye)}/directory/"
    ada = signed_in(portal.people["ada"])
    ada.post(f"{page}token/", {"name": "Entra", "role": "guest", "days": "30"}, secure=True)
    assert b"cannot sign in any more" not in ada.get(page, secure=True).content
    from muniment.core.db.binding import Binding
    from muniment.core.unit import bound
    from muniment.trust.federation.scim.models import DirectoryToken

    with bound(Binding(portal.okoye)):
        DirectoryToken.objects.update(made_by=portal.people["ben"])
    identity.disable_person(host, person_id=portal.people["ben"])

    assert b"Ben Vane saw this token" in ada.get(page, secure=True).content


def test_useless_tokens_are_counted(portal):
    stranger = Directory(portal.okoye, "x" * 43, ip="198.51.100.66")

    answers = [stranger.ask("GET", "/Users").status_code for _ in range(22)]

    assert answers[:20] == [401] * 20
    assert answers[-1] == 429
    assert connect(portal).ask("GET", "/Users").status_code == 200


def test_a_directory_in_a_hurry_is_told_to_wait(portal, directory, monkeypatch):
    from muniment.trust.federation.scim.views import answering

    monkeypatch.setattr(answering, "REQUESTS_A_MINUTE", 2)

    answers = [directory.ask("GET", "/Users") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"] == "60"


def test_a_user_name_is_there_once_whatever_its_case(portal, directory):
    directory.user(ROSA)
    other = directory.user(TOM)

    again = directory.ask("POST", "/Users", {"schemas": [USER], "userName": ROSA.upper()})
    renamed = directory.patch(f"/Users/{other['id']}", {"op": "replace", "path": "userName", "value": ROSA})

    assert (again.status_code, again.json()["scimType"]) == (409, "uniqueness")
    assert renamed.status_code == 409


def test_a_change_of_an_old_version_is_refused(portal, directory):
    made = directory.user(ROSA)
    old = directory.ask("GET", f"/Users/{made['id']}")["ETag"]
    change = {"op": "replace", "path": "title", "value": "Clerk"}

    assert directory.patch(f"/Users/{made['id']}", change, If_Match=old).status_code in {200, 204}
    assert directory.patch(f"/Users/{made['id']}", change, If_Match=old).status_code == 412
    assert directory.ask("DELETE", f"/Users/{made['id']}", If_Match=old).status_code == 412
    assert directory.ask("GET", f"/Users/{made['id']}", If_None_Match=old).status_code == 200


def test_users_are_found_sorted_and_paged(portal, directory):
    for number in range(5):
        directory.user(f"user{number}@okoye.example", externalId=f"e{number}", title="Clerk" if number % 2 else "Boss")

    def ask(query: str):
        return directory.ask("GET", f"/Users?{query}")

    assert names(ask('filter=userName eq "USER3@okoye.example"')) == ["user3@okoye.example"]
    assert names(ask('filter=externalId eq "e2"')) == ["user2@okoye.example"]
    assert names(ask('filter=title eq "Clerk"')) == ["user1@okoye.example", "user3@okoye.example"]
    assert names(ask('filter=userName sw "user" and title eq "Boss"&sortBy=userName&sortOrder=descending')) == [
        "user4@okoye.example",
        "user2@okoye.example",
        "user0@okoye.example",
    ]
    second = ask("startIndex=3&count=2")
    assert (second.json()["totalResults"], names(second)) == (5, ["user2@okoye.example", "user3@okoye.example"])
    assert names(ask('filter=userName eq "nobody"')) == []


def test_a_page_is_never_longer_than_it_may_be(portal, directory):
    config = directory.ask("GET", "/ServiceProviderConfig").json()

    assert config["filter"]["maxResults"] == RESULTS_MOST
    assert config["bulk"]["supported"] is False
    assert config["changePassword"]["supported"] is False


def test_a_question_that_would_open_too_much_is_refused(portal, directory, monkeypatch):
    directory.user(ROSA)
    directory.user(TOM)
    monkeypatch.setattr(storage, "OPENED_MOST", 1)

    assert directory.ask("GET", '/Users?filter=title eq "Clerk"').json()["scimType"] == "tooMany"
    assert names(directory.ask("GET", f'/Users?filter=userName eq "{ROSA}"')) == [ROSA]


def test_a_directory_brings_no_more_than_it_may(portal, directory, monkeypatch):
    from muniment.trust.federation.scim.actions import records

    directory.user(ROSA)
    monkeypatch.setattr(records, "RECORDS_MOST", 1)

    assert directory.ask("POST", "/Users", {"schemas": [USER], "userName": TOM}).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/Users/nothing", None, 404),
        ("GET", "/Nothing", None, 404),
        ("GET", "/Users?filter=userName eq", None, 400),
        ("POST", "/Users", {"schemas": [USER]}, 400),
        ("POST", "/Users", [], 400),
        ("PUT", "/Users", {}, 405),
        ("POST", "/Bulk", {}, 501),
        ("GET", "/Me", None, 501),
    ],
)
def test_what_cannot_be_meant_is_a_scim_error(portal, directory, method, path, body, status):
    answer = directory.ask(method, path, body)

    assert answer.status_code == status, answer.content
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_a_body_that_is_too_large_is_refused(portal, directory):
    body = {"schemas": [USER], "userName": ROSA, "title": "x" * BODY_MOST}

    assert directory.ask("POST", "/Users", body).status_code == 413


def test_every_write_is_in_the_clients_log_under_the_tokens_name(portal, directory):
    from muniment.trust.audit import queries as audit
    from muniment.trust.audit.queries import LogFilter

    made = directory.user(ROSA)
    directory.switch(made, on=False)
    directory.ask("DELETE", f"/Users/{made['id']}")

    found = audit.entries(Actor.system(portal.okoye), LogFilter(events=("directory.changed",)))
    assert [(entry.facts["what"], entry.person_kind, entry.purpose) for entry in found] == [
        (what, "system", "SCIM token Entra") for what in ("deleted", "replaced", "created")
    ]
    assert {entry.via_api for entry in found} == {True}
    assert {entry.ip for entry in found} == {"203.0.113.80"}


def test_what_a_directory_says_lies_sealed(portal, directory):
    from django.db import connection

    from muniment.core.db.binding import Binding
    from muniment.core.unit import bound

    directory.user(ROSA, displayName="Rosa Canary", title="Canary")
    with bound(Binding(portal.okoye)), connection.cursor() as cursor:
        cursor.execute("select string_agg(r::text || encode(r.body, 'escape'), '') from directory_record r")
        (kept,) = cursor.fetchone()

    assert "Canary" not in kept
    assert "rosa" not in kept


def test_health_tells_of_a_token_that_runs_out(portal, monkeypatch):
    from muniment.trust.federation.scim.health import tokens

    assert list(tokens()) == []
    connect(portal)
    assert [line.state for line in tokens()] == ["good"]
    real = clock.now()
    for days, state in ((17, "notice"), (31, "bad")):
        monkeypatch.setattr(clock, "now", lambda days=days: real + timedelta(days=days))
        assert [line.state for line in tokens()] == [state]

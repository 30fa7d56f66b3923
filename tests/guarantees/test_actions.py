"""Every act, whatever it is called, leaves an entry that says who, what, when and from where; every refusal too."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound, PortalError
from muniment.core.unit import ACTIONS, NoEntry, action
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries as folder_queries
from muniment.trust.audit import actions as audit
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from tests.cast import Portal, signed_in
from tests.guarantees.callers import CALLS, NEW_PASSWORD, SET_UP, Case
from tests.guarantees.refusing import NEVER_REFUSED, refused
from tests.trust.identity.browsers import Visitor

OURS = sorted(name for name in ACTIONS if name.startswith("muniment."))


def entries(client_id):
    """Return the log of a client, newest first."""
    return log.entries(Actor.system(client_id), limit=100)


@pytest.mark.control("audit-who-what")
def test_every_action_has_a_caller_here():
    assert set(OURS) == {*CALLS, SET_UP}
    assert set(NEVER_REFUSED) <= set(CALLS)


@pytest.mark.control("audit-who-what", "audit-when-where", "audit-actions")
@pytest.mark.parametrize("name", sorted(CALLS))
def test_every_action_leaves_an_entry_in_the_right_log(portal: Portal, name: str):
    call = CALLS[name](Case.of(portal))
    client_id = call.client_id or call.actor.client
    known = {entry.id for entry in entries(client_id)}
    begun = clock.now()

    ACTIONS[name](call.actor, **call.values)

    (entry,) = [e for e in entries(client_id) if e.id not in known and e.event == call.event][-1:]
    assert entry.allowed
    assert begun - timedelta(seconds=1) <= entry.at <= clock.now() + timedelta(seconds=1)
    assert (entry.ip, entry.device) == (call.actor.ip, call.actor.device)
    if call.actor.person_id is not None:
        assert (entry.person_id, entry.person_kind) == (call.actor.person_id, call.actor.kind)
    if call.object_id is not None:
        assert entry.object_id == call.object_id


@pytest.mark.control("audit-who-what", "audit-actions")
@pytest.mark.parametrize("name", sorted(set(CALLS) - set(NEVER_REFUSED)))
def test_every_refusal_leaves_an_entry_and_nothing_else(portal: Portal, name: str):
    actor, values = refused(name, Case.of(portal))
    client_id = actor.client_id or clients.firm_id()
    known = {entry.id for entry in entries(client_id)}

    with pytest.raises(PortalError) as refusal:
        ACTIONS[name](actor, **values)

    (entry,) = [entry for entry in entries(client_id) if entry.id not in known]
    assert (entry.event, entry.allowed) == (Event.REFUSED, False)
    assert entry.facts == {"attempt": name.rpartition(".")[2], "rule": refusal.value.code}
    assert (entry.person_id, entry.ip, entry.device) == (actor.person_id, actor.ip, actor.device)


@pytest.mark.control("audit-who-what")
@pytest.mark.usefixtures("database")
def test_setting_the_portal_up_is_the_first_entry_of_the_firm():
    from muniment.trust.identity import actions as identity

    host = Actor(kind="anonymous", ip="192.0.2.10", device="Firefox on Linux")
    values = {"firm_name": "Harcourt & Vane", "name": "Ada", "email": "ada@firm.example", "password": NEW_PASSWORD}
    secret = identity.make_setup_link().split("/")[2]

    person_id = ACTIONS[SET_UP](host, secret=secret, **values)

    (entry,) = [found for found in entries(clients.firm_id()) if found.event == Event.PORTAL_SET_UP]
    assert (entry.person_id, entry.object_id, entry.ip) == (person_id, person_id, host.ip)
    with pytest.raises(PortalError):
        ACTIONS[SET_UP](host, secret=secret, **values)
    assert entries(clients.firm_id())[0].event == Event.REFUSED


@pytest.mark.control("audit-actions")
def test_viewing_downloading_changing_and_deleting_are_told_apart(portal: Portal):
    case = Case.of(portal)
    document_id = case.id("document_id")

    documents.view_document(case.cleo, document_id=document_id)
    documents.download_document(case.cleo, document_id=document_id)
    documents.rename_document(case.cleo, document_id=document_id, name="Other.pdf")
    documents.trash_document(case.cleo, document_id=document_id)

    found = [entry.event for entry in entries(portal.okoye) if entry.object_id == document_id][:4]
    assert found == [
        Event.DOCUMENT_TRASHED,
        Event.DOCUMENT_RENAMED,
        Event.DOCUMENT_DOWNLOADED,
        Event.DOCUMENT_VIEWED,
    ]


@pytest.mark.control("audit-actions")
def test_an_act_that_is_refused_halfway_leaves_the_refusal_alone(portal: Portal):
    def rename_then_refuse(actor: Actor) -> None:
        documents.create_folder(actor, name="Never there")
        audit.record(actor, Event.FOLDER_CREATED)
        raise NotFound

    cleo, known = portal.actor("cleo"), len(entries(portal.okoye))
    act = action(rename_then_refuse)
    ACTIONS.pop(next(name for name in ACTIONS if "rename_then_refuse" in name))

    with pytest.raises(NotFound):
        act(cleo)

    found = entries(portal.okoye)
    assert len(found) == known + 1
    assert (found[0].event, found[0].facts["attempt"]) == (Event.REFUSED, "rename_then_refuse")


@pytest.mark.control("audit-actions")
def test_an_action_that_leaves_no_entry_is_undone(portal: Portal):
    from muniment.portal.documents.models import Folder

    def hidden(actor: Actor) -> None:
        Folder.objects.create(client_id=actor.client, name="Hidden", created_at=clock.now())

    act = action(hidden)
    ACTIONS.pop(next(name for name in ACTIONS if name.endswith(".hidden")))

    with pytest.raises(NoEntry):
        act(portal.actor("cleo"))

    assert "Hidden" not in {folder.name for folder in folder_queries.folders_in(portal.actor("cleo"), None)}


@pytest.mark.control("audit-when-where")
def test_a_forged_address_is_not_believed(portal: Portal):
    document, browser = Case.of(portal), signed_in(portal.people["cleo"])
    forged = {"x-forwarded-for": "203.0.113.99", "x-real-ip": "203.0.113.99", "forwarded": "for=203.0.113.99"}
    known = {entry.id for entry in entries(portal.okoye)}
    from muniment.core import ids

    path = f"/{ids.public(portal.okoye)}/documents/{ids.public(document.id('document_id'))}/"
    browser.get(path + "download/", secure=True, headers=forged, REMOTE_ADDR="198.51.100.7")

    found = [e for e in entries(portal.okoye) if e.id not in known and e.event == Event.DOCUMENT_DOWNLOADED]
    assert [entry.ip for entry in found] == ["198.51.100.7"]


@pytest.mark.control("audit-when-where")
@pytest.mark.parametrize(
    ("proxies", "header", "seen"),
    [
        (0, "203.0.113.99", "198.51.100.7"),
        (1, "203.0.113.99", "203.0.113.99"),
        (1, "10.9.9.9, 203.0.113.99", "203.0.113.99"),
        (2, "10.9.9.9, 203.0.113.99, 192.0.2.1", "203.0.113.99"),
        (2, "203.0.113.99", "198.51.100.7"),
    ],
)
def test_only_what_declared_proxies_wrote_is_believed(portal: Portal, settings, proxies: int, header: str, seen: str):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    visitor = Visitor(ip="198.51.100.7")
    visitor.browser.defaults["HTTP_X_FORWARDED_FOR"] = header

    visitor.password("cleo@okoye.example", "not her password")

    failed = next(entry for entry in entries(portal.okoye) if entry.event == Event.SIGN_IN_FAILED)
    assert failed.ip == seen


@pytest.mark.control("audit-when-where")
@pytest.mark.usefixtures("portal")
def test_the_time_of_an_entry_is_the_databases_and_nobody_elses():
    settings = connection.settings_dict
    dsn = f"host={settings['HOST']} user=muniment_app dbname={settings['NAME']}"
    long_ago = datetime(2001, 1, 1, tzinfo=UTC)

    with psycopg.connect(dsn, autocommit=True) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("insert into app.entry (client_id, id, at, event) values (null, null, %s, 'x')", [long_ago])

"""Whatever is done leaves an entry: every page, action, job and command there is, or a reason that was looked at."""

import inspect
import re
from typing import Any

import psycopg
import pytest
import typer
from procrastinate.contrib.django import app
from typer.core import TyperGroup

from muniment.core.actor import Actor
from muniment.core.unit import ACTIONS, acting_as
from muniment.operations import checks, command, first_start, host, key_tasks, keyring_command, stores
from muniment.portal.documents import jobs as documents_jobs
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.web.checks import routes
from tests.cast import Portal, signed_in
from tests.guarantees.callers import CALLS, SET_UP
from tests.guarantees.laid import laid
from tests.guarantees.opened import superuser
from tests.guarantees.test_routes import _address

pytestmark = pytest.mark.control("audit-actions", "hipaa-access-audit")

# Pages of which a look leaves nothing. What they do, and what they refuse, leaves an entry like everything else.
UNLOGGED = {
    "account:stay",
    "account_login",
    "account_let_in",
    "account_lost",
    "account_mailed_code",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "federation:answer",
    "federation:ended",
    "federation:metadata",
    "federation:organisation",
    "federation:start",
    "federation:take",
    "federation:taken",
    "mfa_authenticate",
    "mfa_authenticate_webauthn",
    "mfa_login_webauthn",
    "robots-txt",
    "scim",
    "scim_root",
    "security-txt",
    "verify:command",
    "verify:offline",
    "verify:page",
    "web:theme",
}
# Jobs, and what each leaves of an act; the events are those of actions that a test here calls.
JOBS = {
    "audit.ask_witnesses": Event.WITNESS_CONTRADICTED,
    "audit.rehash_logs": Event.LOG_REHASHED,
    "custody.destroy_keys": Event.KEY_DESTROYED,
    "custody.turn_keys": Event.KEYS_TURNED,
    "disclosure.send_receipts": Event.LETTER_WRITTEN,
    "disclosure.write_letters": Event.LETTER_WRITTEN,
    "documents.check_store": Event.STORE_CHECKED,
    "documents.collect_stores": Event.STORE_COLLECTED,
    "documents.expire_uploads": Event.UPLOAD_EXPIRED,
    "documents.prove_version": Event.VERSION_PROVED,
    "documents.vet_version": Event.VERSION_HELD,
    "documents.vet_waiting": Event.VERSION_HELD,
    "federation.look_again": Event.DOMAIN_MISSED,
    "federation.settle_directories": Event.DIRECTORY_CHANGED,
    "identity.mind_the_silent": Event.PERSON_WARNED,
    "identity.note_elsewhere": Event.SIGN_IN_FAILED,
    "oversight.end_access": Event.ACCESS_ENDED,
    "oversight.review_access": Event.REVIEW_STARTED,
    "retention.shorten_logs": Event.LOG_SHORTENED,
}
SILENT_JOBS = {
    "audit.make_months": "makes empty parts of the log's own table",
    "audit.stamp_time": "confirms what is in the log; an entry about it would have to be confirmed in turn, for ever",
    "core.sweep_cache": "forgets counters that are over",
    "core.take_up_again": "gives jobs of a killed worker to another one, each of which leaves its own entries",
    "documents.check_stores": "only hands out documents.check_store, one for each client",
    "documents.index_client": "only hands out what documents.index_document does",
    "documents.index_clients": "only hands out documents.index_client",
    "documents.index_document": "makes words findable for who may read the document anyway; nobody reads anything",
    "identity.send_letter": "sends what an act wrote, which left its entry",
    "identity.sweep_sessions": "removes sessions that ended by themselves",
    **dict.fromkeys(
        ("builtin:procrastinate.builtin_tasks.remove_old_jobs", "procrastinate.builtin_tasks.remove_old_jobs"),
        "of the queue itself; nothing here hands it out",
    ),
}
COMMANDS = {
    "up": lambda: first_start._write_down("up"),
    "web": lambda: host.write_down("web"),
    "worker": lambda: host.write_down("worker"),
    "migrate": lambda: host.write_down("migrate"),
    "check": checks._unlogged,
    "admin create": lambda: first_start._write_down("admin create"),
    "keys list": lambda: key_tasks.run({"task": "list"}),
    "keys status": lambda: key_tasks.run({"task": "status"}),
    "keys rotate": lambda: key_tasks.run({"task": "rotate", "what": "people", "client": "", "reencrypts": False}),
    "store check": lambda: stores.run({"task": "check", "every": True}),
    "store move": lambda: stores.run({"task": "move", "target": "disk", "bytes_per_second": 0}),
    "store collect": lambda: stores.run({"task": "collect"}),
    "store where": lambda: stores.run({"task": "where"}),
    "store place": lambda: stores.run({"task": "place", "client": "x", "region": ""}),
    "keyring protect": lambda: host.write_down("keyring protect"),
}
SILENT_COMMANDS = {
    "data-map": "prints what stands in the code",
    "settings": "prints what stands in the code",
    **dict.fromkeys(
        ("witness init", "witness serve", "witness add-log", "witness drop-key", "witness show"),
        "of a witness of somebody else's log, which has no portal and a state of its own",
    ),
}


def _names(group: Any, before: str = "") -> set[str]:
    """Return every command, however deep, by its words."""
    found = set()
    for name, one in group.commands.items():
        found |= _names(one, f"{before}{name} ") if isinstance(one, TyperGroup) else {f"{before}{name}"}
    return found


def _entries(client_id: Any, *events: Event) -> list[Any]:
    return log.entries(Actor.system(client_id), LogFilter(events=events), limit=1000)


def _everything(server: "psycopg.Connection[Any]") -> int:
    """Return how many entries all logs hold together."""
    found = server.execute("select count(*) from app.entry").fetchone()
    assert found is not None
    return int(found[0])


def test_pages_that_leave_nothing_are_the_ones_that_were_looked_at():
    silent = {name for name, route in _named() if getattr(route.callback, "unlogged", None)}

    assert silent == UNLOGGED
    assert all(len(route.callback.unlogged) > 10 for _, route in _named() if hasattr(route.callback, "unlogged"))


def _named() -> list[tuple[str, Any]]:
    """Return every route with its whole name."""
    from django.urls import URLResolver, get_resolver

    def walk(resolver: Any, spaces: tuple[str, ...]) -> Any:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, (*spaces, entry.namespace) if entry.namespace else spaces)
            else:
                yield ":".join((*spaces, entry.name or "")), entry

    return list(walk(get_resolver(), ()))


@pytest.mark.parametrize("who", ["ada", "ben", "cleo", "mallory"])
def test_every_page_leaves_an_entry_whoever_asks_and_whatever_is_answered(portal: Portal, who: str):
    things, left_nothing = laid(portal), []
    browser = signed_in(portal.people[who])

    with psycopg.connect(superuser(), autocommit=True) as server:
        for path, route in routes():
            if getattr(route.callback, "unlogged", None):
                continue
            before = _everything(server)
            answer = browser.get(_address(path, things.values), secure=True)
            if _everything(server) == before:
                left_nothing.append((path, answer.status_code))

    assert left_nothing == []


def test_every_action_is_called_by_the_test_that_looks_for_its_entry():
    assert {name for name in ACTIONS if name.startswith("muniment.")} == {*CALLS, SET_UP}


def test_every_job_leaves_an_entry_or_was_looked_at():
    tasks = set(app.tasks)

    assert tasks == {*JOBS, *SILENT_JOBS}


def test_what_jobs_leave_is_what_the_actions_they_call_write(portal: Portal):
    things = laid(portal)
    okoye = str(portal.okoye)
    version_id = str(_version_of(things))

    documents_jobs.prove_version(okoye, version_id)
    documents_jobs.check_store(okoye)

    left = _entries(portal.okoye, Event.VERSION_PROVED, Event.STORE_CHECKED)
    assert {entry.event for entry in left} == {Event.VERSION_PROVED, Event.STORE_CHECKED}
    assert {(entry.person_kind, bool(entry.purpose)) for entry in left} == {("system", True)}


def _version_of(things: Any) -> Any:
    from muniment.portal.documents.models import Version

    with acting_as(things.portal.actor("cleo")):
        return Version.objects.filter(document_id=things.values["document_id"]).latest("number").id


def test_every_command_leaves_an_entry_or_was_looked_at():
    assert _names(typer.main.get_command(command.commands)) == {*COMMANDS, *SILENT_COMMANDS}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_is_in_the_firms_log_with_the_account_that_ran_it(
    portal: Portal, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv(host.ACCOUNT, "jane as root")

    COMMANDS[name]()
    capsys.readouterr()

    (entry,) = _entries(clients.firm_id(), Event.COMMAND_RUN)
    assert entry.facts == {"command": name}
    assert (entry.person_kind, entry.device) == ("system", "Host account jane as root")


def test_commands_whose_own_process_writes_nothing_say_so_to_the_program_that_does():
    source = inspect.getsource(command) + inspect.getsource(keyring_command)

    said = set(re.findall(r'"host", \w+, "([a-z ]+)"', source))
    assert said == {"migrate", "keyring protect", "web"}
    assert '"web" if module == "server" else module' in source


def test_who_became_root_is_still_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(host.ACCOUNT, raising=False)
    monkeypatch.setenv("SUDO_USER", "jane")

    assert host.account().startswith("jane as ")

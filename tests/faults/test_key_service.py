"""The key service of a portal at work goes away, is slow, closes its door, and comes back.

The portal of the tests is moved onto the transit engine's fake first, which is how an operator moves one.
"""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries as documents_queries
from muniment.trust.audit import queries as audit
from muniment.trust.vault import queries as vault
from muniment.trust.vault.blobs.segments import SEGMENT_BYTES
from muniment.trust.vault.errors import KeyMissing, KeyRefused, KeyServiceDown
from muniment.trust.vault.keyring import patience
from muniment.trust.vault.keyring.file import FileKeyring
from muniment.trust.vault.keys import turning
from muniment.trust.vault.models import Turning
from tests.cast import Portal, signed_in
from tests.key_services import TOKEN, TransitServer, transit
from tests.trust.audit.numbered import number
from tests.worker import as_worker

pytestmark = pytest.mark.control("buyer-encryption")

PAUSE_SECONDS = 0.2


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the next test find the settings and keys it expects."""
    monkeypatch.setattr(patience, "PAUSE_SECONDS", PAUSE_SECONDS)
    yield
    monkeypatch.undo()
    config.current.cache_clear()
    vault.forget_keys()


def set_to(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"MUNIMENT_{name.upper()}", value)
    config.current.cache_clear()
    vault.forget_keys()


def move_keys() -> None:
    """Turn the root key, which wraps every key anew, as the worker does."""
    row = turning.begin("root", subject_id=None, reencrypts=False, person_id=None)
    with as_worker():
        for _ in range(20):
            if turning.run(row.id, seconds=60):
                return
            assert Turning.objects.get(id=row.id).trouble == ""
            Turning.objects.filter(id=row.id, step="waiting").update(waits_until=clock.now())
    raise AssertionError("the move does not come to an end")


@pytest.fixture
def engine(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TransitServer]:
    """The service that holds the root key of the portal, after the move to it."""
    token = tmp_path / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    with transit() as server:
        own = {"transit_url": server.url, "transit_key": "muniment", "transit_token": str(token)}
        set_to(monkeypatch, keyring="transit", keyring_before="file", key_service_timeout_seconds="1", **own)
        move_keys()
        set_to(monkeypatch, keyring_before="")
        yield server


@pytest.fixture
def cleo(engine: TransitServer, portal: Portal) -> Actor:
    return portal.actor("cleo")


def time_is_over() -> None:
    """Let the time of every opened key end, as after five minutes."""
    vault._opened_keys().forget()


def add(actor: Actor, name: str = "Deed.txt", content: bytes = b"the deed") -> Any:
    upload = documents.begin_upload(actor, name=name, size_bytes=len(content))
    with documents.receive_chunk(actor, upload_id=upload.id, offset=0, size_bytes=len(content)) as receiver:
        receiver.feed(content)
    return documents.finish_upload(actor, upload_id=upload.id)


def names(actor: Actor) -> list[str]:
    return [document.name for document in documents_queries.recent_documents(actor)]


def test_after_the_move_the_file_of_the_root_key_is_not_needed(engine: TransitServer, cleo: Actor):
    time_is_over()
    engine.behaviour.requests.clear()

    add(cleo)

    assert any("decrypt/muniment" in request for request in engine.behaviour.requests)
    root_key = config.current().root_key
    aside = root_key.rename(root_key.with_suffix(".aside"))
    try:
        time_is_over()
        add(cleo, "Second.txt")
    finally:
        aside.rename(root_key)
    assert sorted(names(cleo)) == ["Deed.txt", "Second.txt"]


def test_while_keys_are_kept_work_goes_on_and_then_nothing_new_opens(engine: TransitServer, cleo: Actor):
    add(cleo)
    engine.stop()

    assert names(cleo) == ["Deed.txt"]
    time_is_over()
    with pytest.raises(KeyServiceDown):
        names(cleo)


def test_when_it_is_back_work_goes_on_and_nothing_was_lost(engine: TransitServer, cleo: Actor):
    add(cleo)
    engine.stop()
    time_is_over()
    with pytest.raises(KeyServiceDown):
        add(cleo, "Never.txt")

    engine.start()
    time.sleep(PAUSE_SECONDS + 0.05)

    assert names(cleo) == ["Deed.txt"]
    add(cleo, "After.txt")
    assert sorted(names(cleo)) == ["After.txt", "Deed.txt"]


def test_an_upload_that_runs_is_kept_and_goes_on_when_it_is_back(engine: TransitServer, cleo: Actor):
    content = os.urandom(3 * SEGMENT_BYTES + 77)
    upload = documents.begin_upload(cleo, name="Scan.bin", size_bytes=len(content))
    half = SEGMENT_BYTES + 1000
    with documents.receive_chunk(cleo, upload_id=upload.id, offset=0, size_bytes=half) as receiver:
        receiver.feed(content[:500])
        engine.stop()
        time_is_over()
        receiver.feed(content[500:half])  # this connection has its key
    with (
        pytest.raises(KeyServiceDown),
        documents.receive_chunk(cleo, upload_id=upload.id, offset=half, size_bytes=10) as receiver,
    ):
        receiver.feed(content[half : half + 10])

    engine.start()
    time.sleep(PAUSE_SECONDS + 0.05)

    assert documents_queries.upload(cleo, upload.id).received_bytes == half
    rest = content[half:]
    with documents.receive_chunk(cleo, upload_id=upload.id, offset=half, size_bytes=len(rest)) as receiver:
        receiver.feed(rest)
    documents.finish_upload(cleo, upload_id=upload.id)
    assert names(cleo) == ["Scan.bin"]


@pytest.mark.control("audit-immutable")
def test_entries_wait_for_their_numbers_and_none_is_lost(engine: TransitServer, cleo: Actor):
    add(cleo)
    engine.stop()
    time_is_over()

    with pytest.raises(KeyServiceDown):
        number()
    waiting = audit.log_health()
    engine.start()
    time.sleep(PAUSE_SECONDS)
    number()

    assert (waiting.entries, waiting.pending > 0) == (0, True)
    assert audit.log_health().entries == waiting.pending


def test_people_see_a_page_that_says_so_and_programs_a_code(engine: TransitServer, portal: Portal):
    browser = signed_in(portal.people["cleo"])
    browser.raise_request_exception = False
    assert browser.get("/", secure=True).status_code in {200, 302}
    engine.stop()
    time_is_over()

    page = browser.get("/account/", secure=True)
    problem = browser.get("/account/", secure=True, headers={"accept": "application/json"})

    assert page.status_code == problem.status_code == 503
    assert "The service that holds the keys of this portal does not answer" in page.content.decode()
    assert "Nothing is lost" in page.content.decode()
    assert page.headers["Retry-After"] == problem.headers["Retry-After"] == "30"
    assert problem.json()["code"] == "key-service-down"
    engine.start()
    time.sleep(PAUSE_SECONDS + 0.05)
    assert browser.get("/account/", secure=True).status_code == 200


def test_nobody_is_signed_out_or_in_by_an_outage(engine: TransitServer, portal: Portal):
    browser = signed_in(portal.people["cleo"])
    browser.raise_request_exception = False
    engine.behaviour.token = "hvs.withdrawn"
    time_is_over()

    assert browser.get("/account/", secure=True).status_code == 503
    tried = browser.post("/sign-in/", {"login": "ben@harcourt.example", "password": "x"}, secure=True)
    assert tried.status_code == 503
    engine.behaviour.token = TOKEN

    assert browser.get("/account/", secure=True).status_code == 200


def test_one_request_waits_for_a_hanging_service_and_the_others_are_told_at_once(engine: TransitServer, cleo: Actor):
    add(cleo)
    engine.behaviour.wait_seconds = 5.0
    time_is_over()
    with pytest.raises(KeyServiceDown):
        names(cleo)
    time.sleep(PAUSE_SECONDS + 0.05)
    waited: list[float] = []

    def look() -> None:
        from django.db import connection

        began = time.monotonic()
        try:
            with pytest.raises(KeyServiceDown):
                vault.client_key(cleo.client)
            waited.append(time.monotonic() - began)
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(waited) == 12
    assert max(waited) < 2.5


def test_a_start_goes_on_while_it_is_down_and_a_check_says_so(engine: TransitServer):
    from muniment.operations import checks

    engine.stop()
    time_is_over()

    assert not [problem for problem in checks.problems(starting=True) if problem.startswith("Keys")]
    assert [problem for problem in checks.problems() if "transit engine cannot be asked" in problem]


def test_keys_and_database_of_different_installations_never_meet(portal: Portal, tmp_path, monkeypatch):
    """Another installation's root key, in place of the right one: a start is refused, nothing opens or changes."""
    from muniment.operations import checks

    other = tmp_path / "keys" / "root.key"
    FileKeyring(other).create()
    right = config.current()
    shutil.copy(right.server_key, tmp_path / "keys" / "server.key")  # it signs in to the database all the same
    wrong = type(right)(**{**vars(right), "data": tmp_path})
    monkeypatch.setattr(config, "current", lambda: wrong)
    vault.forget_keys()

    assert any("keys and database are not of the same installation" in problem for problem in checks.problems())
    with pytest.raises(KeyMissing, match="Restore it from your key backup"):
        vault.client_key(portal.okoye)
    monkeypatch.undo()
    vault.forget_keys()
    assert len(vault.client_key(portal.okoye)) == 32


def test_without_the_server_key_nothing_is_bound_and_the_reason_is_told(portal: Portal, tmp_path, monkeypatch):
    """It is an outage, with the file that is missing; a lost key is never "bound to whatever is asked"."""
    from muniment.operations import checks

    right = config.current()
    wrong = type(right)(**{**vars(right), "data": tmp_path})
    monkeypatch.setattr(config, "current", lambda: wrong)
    vault.forget_keys()

    with pytest.raises(OperationalError, match=r"server\.key cannot be read.*restore it from your key backup"):
        vault.client_key(portal.okoye)
    assert [problem for problem in checks.problems() if "server.key" in problem]
    monkeypatch.undo()
    vault.forget_keys()
    assert len(vault.client_key(portal.okoye)) == 32


def test_a_keyring_of_another_kind_than_wrapped_the_keys_is_refused_with_the_reason(
    engine: TransitServer, monkeypatch: pytest.MonkeyPatch
):
    from muniment.operations import checks

    for name in ("transit_url", "transit_key", "transit_token"):
        monkeypatch.delenv(f"MUNIMENT_{name.upper()}")
    set_to(monkeypatch, keyring="file")

    assert any("is the setting keyring the right one" in problem for problem in checks.problems())


def test_a_service_with_another_key_of_the_same_name_opens_nothing(engine: TransitServer, portal: Portal):
    engine.make_key("muniment")
    time_is_over()

    with pytest.raises(KeyRefused):
        vault.client_key(portal.okoye)


def test_a_fork_of_a_web_process_opens_its_own_keys(engine: TransitServer, portal: Portal):
    assert len(vault._opened_keys()) >= 0
    vault.installation_key("people")
    kept = len(vault._opened_keys())

    child = os.fork()
    if child == 0:  # only looks at memory: the connections belong to the parent
        os._exit(0 if len(vault._opened_keys()) == 0 and kept else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(vault._opened_keys()) == kept


def job_after(attempts: int) -> Any:
    from procrastinate.jobs import Job

    return Job(id=1, queue="any", lock=None, queueing_lock=None, task_name="any", attempts=attempts)


@pytest.mark.parametrize("attempts", [0, 5, 17, 300])
def test_no_background_work_is_given_up_while_it_is_down(attempts: int):
    """Mails, vetting, reading back and indexing wait; only what comes again by the clock need not."""
    from procrastinate.contrib.django import app

    app.perform_import_paths()
    periodic = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    ours = [task for name, task in app.tasks.items() if "." in name and name not in periodic and "procra" not in name]

    assert len(ours) >= 5
    for task in ours:
        decided = task.get_retry_exception(KeyServiceDown("away"), job_after(attempts))
        assert decided is not None, task.name


def test_work_that_fails_for_another_reason_is_given_up_as_before():
    from muniment.portal.documents.jobs import RETRY

    assert RETRY.get_retry_decision(exception=ValueError(), job=job_after(0)) is not None
    assert RETRY.get_retry_decision(exception=ValueError(), job=job_after(5)) is None
    assert RETRY.get_retry_decision(exception=KeyServiceDown("away"), job=job_after(10_000)) is None

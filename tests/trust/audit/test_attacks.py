"""What an administrator with every right can do to the log, and what finds it: each line of docs/log.md is a test.

Who attacks is a superuser of the database who also has the log's key and the clients' keys. Who looks is a client
with the keys of the log on paper, an export of their log, and whatever they or a witness kept from earlier.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.portal.documents import actions as documents
from muniment.trust.audit import actions as audit
from muniment.trust.audit import jobs, queries
from muniment.trust.audit.types import Event, Outcome
from muniment.trust.retention.jobs import shorten
from muniment.trust.vault import actions as vault
from muniment.trust.vault.errors import SealBroken
from muniment_verify.checkpoints import check_checkpoints
from muniment_verify.errors import NotValid, VerifyError
from muniment_verify.kept import open_kept
from muniment_verify.logs import check_log
from muniment_verify.receipts import check_receipt
from muniment_verify.report import Report
from muniment_verify.trust import Trust, trusting
from tests.cast import Portal
from tests.trust.audit import attacker
from tests.trust.audit.numbered import number
from tests.witnesses import Listening, listening, settings_of
from tests.worker import as_worker

pytestmark = pytest.mark.control("audit-immutable")
DAY, NONE = timedelta(days=1), timedelta(0)


@dataclass(frozen=True)
class Kept:
    """What a client kept before the attack: the keys, a receipt, the checkpoint of their log, that of the register."""

    keys: Trust
    receipt: bytes
    checkpoint: bytes
    register: str
    size: int


class Cleo:
    """A client who looks after their own log."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.client_id = portal.okoye

    def acts(self, name: str) -> None:
        documents.create_folder(self.portal.actor("cleo"), name=name)

    def keeps(self, *witnesses: Listening) -> Kept:
        """Take along everything there is now."""
        actor = self.portal.actor("cleo")
        newest = queries.entries(actor, limit=1)[0]
        receipt, checkpoint = queries.receipt(actor, newest.id), queries.checkpoint(self.client_id)
        register = queries.register_checkpoint()
        assert receipt is not None
        assert checkpoint is not None
        assert register is not None
        keys = trusting(queries.log_keys(self.client_id), queries.log_keys(), [witness.vkey for witness in witnesses])
        size = int(checkpoint.splitlines()[1])
        return Kept(keys, json.dumps(receipt).encode(), checkpoint.encode(), register, size)

    def export(self) -> list[bytes]:
        return list(queries.export_lines(self.portal.actor("cleo")))

    def looks(self, kept: Kept, *names: str) -> Report:
        """Check an export, held against what was kept under these names."""
        found = [open_kept(name, getattr(kept, name), kept.keys) for name in names]
        return check_log(self.export(), kept.keys, found)


@pytest.fixture
def cleo(portal: Portal) -> Cleo:
    """Give a client whose log has a dozen signed entries in two heads."""
    found = Cleo(portal)
    for name in ("Leases", "Taxes"):
        found.acts(name)
        number()
    return found


@pytest.fixture
def witness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listening]:
    """Give a witness that the portal asks."""
    with listening(tmp_path / "witness", "witness.example") as found:
        found.know(*queries.log_keys())
        changed = replace(config.current(), witnesses=settings_of(found))
        monkeypatch.setattr(config, "current", lambda: changed)
        yield found


def ask_witnesses() -> list[Outcome | None]:
    """Work as the worker does every minute."""
    with as_worker():
        jobs.ask_witnesses(0)
    return [fact.outcome for fact in queries.witness_facts()]


def test_a_log_that_nobody_touched_passes_every_check(cleo: Cleo, witness: Listening):
    ask_witnesses()
    kept = cleo.keeps(witness)
    cleo.acts("Later")
    number()
    assert ask_witnesses() == [Outcome.CONFIRMED]

    report = cleo.looks(kept, "checkpoint", "receipt")

    assert "All" in report.sentence
    assert "changed" in " ".join(report.checked)
    assert check_receipt(kept.receipt, kept.keys).checked


# --- Entries ---


def test_changing_sealed_words_breaks_the_seal(cleo: Cleo):
    attacker.scramble(cleo.client_id, 3)

    with pytest.raises(SealBroken):
        cleo.export()


def test_words_sealed_anew_with_the_clients_key_are_found_by_the_verifier(cleo: Cleo):
    kept = cleo.keeps()
    attacker.rewrite(cleo.client_id, 1, '"allowed":true', '"allowed":null')

    with pytest.raises(NotValid, match=r"commit|signed|changed"):
        cleo.looks(kept)


def test_a_leaf_changed_with_its_words_is_found_by_the_verifier(cleo: Cleo):
    kept = cleo.keeps()
    attacker.rewrite(cleo.client_id, 1, '"allowed":true', '"allowed":null', hides=True)

    with pytest.raises(NotValid, match="not the ones that the log signed"):
        cleo.looks(kept)


def test_two_entries_that_changed_places_are_found_by_the_verifier(cleo: Cleo):
    kept = cleo.keeps()
    attacker.swap(cleo.client_id, 1, 2)

    with pytest.raises(NotValid, match="not the ones that the log signed"):
        cleo.looks(kept)


@pytest.mark.parametrize("closes", [False, True])
def test_a_deleted_entry_is_found_by_the_verifier(cleo: Cleo, closes: bool):
    kept = cleo.keeps()
    attacker.remove(cleo.client_id, 2, closes=closes)

    with pytest.raises(VerifyError):
        cleo.looks(kept)


def test_an_entry_put_into_the_middle_is_found_by_the_verifier(cleo: Cleo):
    kept = cleo.keeps()
    audit.read_log(cleo.portal.actor("dan"))
    attacker.squeeze_in(cleo.client_id, 2)

    with pytest.raises(NotValid, match="not the ones that the log signed"):
        cleo.looks(kept)


@pytest.mark.parametrize("attack", ["scramble", "rewrite", "leaf", "swap", "remove", "tile"])
def test_the_weekly_hashing_finds_what_was_changed_in_the_tables(cleo: Cleo, attack: str):
    attacks = {
        "scramble": lambda: attacker.scramble(cleo.client_id, 3),
        "rewrite": lambda: attacker.rewrite(cleo.client_id, 1, '"allowed":true', '"allowed":null'),
        "leaf": lambda: attacker.rewrite(cleo.client_id, 1, '"allowed":true', '"allowed":null', hides=True),
        "swap": lambda: attacker.swap(cleo.client_id, 1, 2),
        "remove": lambda: attacker.remove(cleo.client_id, 2),
        "tile": lambda: attacker.tile_changed(cleo.client_id),
    }
    attacks[attack]()

    with as_worker():
        jobs.rehash_logs(0)

    told = queries.entries(Actor.system(cleo.portal.firm_id), queries.LogFilter(events=(Event.LOG_REHASHED,)), limit=1)
    assert told[0].facts["found"] >= 1


# --- Trees and heads ---


def test_a_changed_tile_makes_receipts_that_nobody_believes(cleo: Cleo):
    kept = cleo.keeps()
    attacker.tile_changed(cleo.client_id)

    later = cleo.keeps()

    with pytest.raises(NotValid):
        check_receipt(later.receipt, kept.keys)
    assert "All" in cleo.looks(kept, "checkpoint").sentence  # what was logged is untouched, and the export shows it


@pytest.mark.parametrize("held", ["checkpoint", "receipt"])
def test_a_log_cut_back_to_an_older_head_is_found_by_what_somebody_kept(cleo: Cleo, held: str):
    older = queries.heads(cleo.client_id)[0].size
    kept = cleo.keeps()
    attacker.cut(cleo.client_id, older)

    assert "All" in cleo.looks(kept).sentence  # alone, a shorter log is a log

    with pytest.raises(NotValid, match="The log was cut"):
        cleo.looks(kept, held)


@pytest.mark.parametrize("held", ["checkpoint", "receipt"])
def test_a_history_signed_anew_is_found_by_what_somebody_kept(cleo: Cleo, held: str):
    kept = cleo.keeps()
    attacker.remove(cleo.client_id, 2)
    cleo.acts("Instead")
    attacker.write_history_anew()

    assert "All" in cleo.looks(kept).sentence  # alone, it is well signed

    with pytest.raises(NotValid, match="History was written anew"):
        cleo.looks(kept, held)


def test_a_history_signed_anew_is_found_by_the_witness(cleo: Cleo, witness: Listening):
    assert ask_witnesses() == [Outcome.CONFIRMED]
    kept = cleo.keeps(witness)
    attacker.remove(cleo.client_id, 2)
    attacker.write_history_anew()
    for name in ("Instead", "More", "Even more"):
        cleo.acts(name)
        number()

    outcomes = ask_witnesses()

    assert set(outcomes) <= {Outcome.CONTRADICTED, Outcome.AHEAD}
    assert outcomes
    with pytest.raises(NotValid, match="witnesses that were asked for"):
        cleo.looks(kept)


def test_a_second_history_for_one_client_is_found_by_the_witness_and_by_two_checkpoints(cleo: Cleo, witness: Listening):
    with attacker.backup() as before:
        cleo.acts("What everybody sees")
        number()
        assert ask_witnesses() == [Outcome.CONFIRMED]
        told = cleo.keeps(witness)
        attacker.restore(before)
        cleo.acts("What one client sees")
        number()
        shown = cleo.keeps(witness)

        outcomes = ask_witnesses()

    assert set(outcomes) <= {Outcome.CONTRADICTED, Outcome.AHEAD}
    with pytest.raises(NotValid, match="witnesses that were asked for"):
        cleo.looks(shown)
    with pytest.raises(NotValid, match="two different histories"):
        check_checkpoints([told.checkpoint.decode(), shown.checkpoint.decode()], told.keys)
    assert witness.place.state.conflicts() or Outcome.AHEAD in outcomes


def test_going_on_from_an_old_backup_is_found_by_a_receipt_and_by_the_witness(cleo: Cleo, witness: Listening):
    with attacker.backup() as before:
        cleo.acts("Lost with the restore")
        number()
        assert ask_witnesses() == [Outcome.CONFIRMED]
        kept = cleo.keeps()
        attacker.restore(before)
        for name in ("Goes on", "As if nothing had happened", "For long"):
            cleo.acts(name)
            number()

        outcomes = ask_witnesses()

    assert outcomes == [Outcome.CONTRADICTED]
    for held in ("checkpoint", "receipt"):
        with pytest.raises(NotValid, match="History was written anew"):
            cleo.looks(kept, held)


# --- Times, and what was never numbered ---


@pytest.mark.parametrize(
    ("passed", "back", "is_found"),
    [(DAY, 2 * DAY, True), (timedelta(hours=3), timedelta(hours=5), True), (DAY, NONE, False)],
)
def test_an_entry_with_a_false_time_is_found_by_the_times_of_witnesses(
    cleo: Cleo, witness: Listening, monkeypatch: pytest.MonkeyPatch, passed: timedelta, back: timedelta, is_found: bool
):
    """Time goes by after the witness saw the log; then an entry comes that bears an older time."""
    assert ask_witnesses() == [Outcome.CONFIRMED]
    later = clock.now() + passed
    monkeypatch.setattr(clock, "now", lambda: later - back)
    with bound(Binding(cleo.client_id)):
        audit.record(cleo.portal.actor("cleo"), Event.DOCUMENT_VIEWED)
    monkeypatch.setattr(clock, "now", lambda: later)
    number()
    attacker.newest_head_signed_later(cleo.client_id, passed)
    assert ask_witnesses() == [Outcome.CONFIRMED]
    kept = cleo.keeps(witness)

    if not is_found:
        assert "All" in cleo.looks(kept).sentence
        return
    with pytest.raises(NotValid, match="backdated"):
        cleo.looks(kept)


def test_what_was_dropped_before_it_had_a_number_is_found_by_its_promise(cleo: Cleo, monkeypatch: pytest.MonkeyPatch):
    actor = cleo.portal.actor("cleo")
    cleo.acts("Soon gone")
    promise = json.dumps(queries.promise(actor, queries.entries(actor, limit=1)[0].id)).encode()
    with attacker.unwatched() as server:
        assert server.execute("delete from entry where position is null").rowcount
    cleo.acts("Instead")
    number()
    kept = cleo.keeps()
    promised = [open_kept("promise", promise, kept.keys)]

    early = check_log(cleo.export(), kept.keys, promised)
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert any("was made before it was due" in sentence for sentence in early.not_checked)
    with pytest.raises(NotValid, match="A promise was broken"):
        check_log(cleo.export(), kept.keys, promised)


def test_what_nothing_finds_is_said_in_the_manual(cleo: Cleo):
    """Without a promise, a receipt or a checkpoint in somebody's hands, what is dropped at once was never there."""
    cleo.acts("Never numbered")
    with attacker.unwatched() as server:
        server.execute("delete from entry where position is null")
    cleo.acts("Instead")
    number()
    kept = cleo.keeps()

    assert "All" in cleo.looks(kept, "checkpoint", "receipt").sentence
    manual = Path("docs/log.md").read_text(encoding="utf-8")
    assert "## What nothing finds" in manual


# --- Retention and erasure are no attacks ---


def test_dropped_parts_and_a_destroyed_key_leave_a_log_that_verifies(cleo: Cleo):
    kept = cleo.keeps()
    with attacker.unwatched() as server:
        server.execute("update entry set at = at - interval '14 months' where client_id = %s", [cleo.client_id])
    with as_worker():
        shorten(Actor.system(cleo.client_id))
    number()
    report = cleo.looks(kept, "checkpoint", "receipt")

    assert any("no longer" in sentence or "withheld" in sentence for sentence in _all(report))
    with as_worker(), bound(Binding(cleo.client_id)):
        vault.destroy_client_key(cleo.client_id)
    erased = cleo.looks(kept, "checkpoint", "receipt")

    assert "All" in erased.sentence


def _all(report: Report) -> list[str]:
    return [*report.checked, *report.not_checked, *report.facts.values()]

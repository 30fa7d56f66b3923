"""The parts of the bench that measure the log, on sizes that take no time."""

import json
import os
import sys

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from bench import filling, log_filling, log_run, log_writing, paper
from muniment.core.actor import Actor
from muniment.trust.audit import queries as log
from muniment.trust.identity.models import Person
from muniment_verify.exports import lines_of
from muniment_verify.logs import check_log
from muniment_verify.trust import trusting
from tests.cast import PEOPLE, Portal
from tests.trust.audit.numbered import number
from tests.worker import as_worker


@pytest.fixture
def server(portal: Portal):
    dsn = make_conninfo(
        host=f"{os.environ['MUNIMENT_DATA']}/run",
        user="muniment_super",
        dbname=connection.settings_dict["NAME"],
        options="-c search_path=app,public",
    )
    with psycopg.connect(dsn) as beside:
        yield beside


def test_a_log_on_paper_passes_the_verifier(tmp_path):
    key = paper.write_export(tmp_path / "paper.mlog", 300)

    with (tmp_path / "paper.mlog").open("rb") as file:
        report = check_log(lines_of(file), trusting([key]))

    assert "All 300 entries" in report.sentence


def test_filled_entries_open_and_prove_as_if_they_had_been_written(portal: Portal, server):
    (ada,) = Person.objects.filter(id=portal.people["ada"]).values_list("id", flat=True)
    client_id = filling.open_client(portal.people["ben"], "Log of 5")
    log_filling.fill(server, client_id, 5, [ada], are_numbered=False)
    number()
    system = Actor.system(client_id)

    entries = log.entries(system, limit=5)
    lines = list(log.export_lines(system))

    assert {entry.event for entry in entries} == set(log_filling.EVENTS)
    assert {(entry.person_id, entry.ip, entry.purpose) for entry in entries} == {(ada, "192.0.2.10", "Year end 2026")}
    assert check_log(lines, trusting(log.log_keys(client_id), log.log_keys())).checked


def test_hollow_entries_are_numbered_and_large_trees_prove_their_leaves(portal: Portal, server):
    number()
    with as_worker():
        rate = log_run.numbered_per_second(server, 3, 30)
        owner = log_run.lay_tree(server, 70_000)
        taken = log_run.proof_milliseconds(owner, 1_000)

    assert rate > 0
    assert taken > 0
    assert log.log_health().pending == 0
    assert len(log.inclusion(owner, 69_999, 70_000)) > 5


def test_changes_are_made_with_and_without_their_entry(portal: Portal, server, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["log_writing", PEOPLE["ben"][1]])
    for name, value in (("TRANSACTIONS", 2), ("TOGETHER", 2), ("ROUNDS", 1)):
        monkeypatch.setattr(log_writing, name, value)

    monkeypatch.setattr(psycopg, "connect", lambda _: server)

    log_writing.main()

    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(told) == {"with", "without", "together"}
    assert min(told.values()) > 0

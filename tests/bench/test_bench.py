"""The parts of the bench, on sizes that take no time: they run, and what they say is of the right shape."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from bench import (
    filling,
    flat,
    memory,
    process_tree,
    results,
    rounds,
    sealing,
    slow_readers,
    transfers,
    turning_filling,
    turning_run,
)
from bench.callers import Crowd, Download, Put, TusUpload, content
from bench.nginx import Nginx
from bench.portal import Address, Portal
from muniment.core.config import Config
from muniment.operations import certificates
from muniment.portal.documents import queries as documents
from tests.cast import PEOPLE
from tests.worker import as_worker


def test_results_become_a_table_and_json_of_five_keys(tmp_path):
    found = [
        results.compared("download", 80.0, "MB/s", "nginx", 100.0, aim=">= 0.8"),
        results.limited("idle", 70, "MB", 350),
    ]

    (tmp_path / "page.md").write_text(f"Before\n{results.START}\nold\n{results.END}\nafter\n")

    results.write(tmp_path / "bench.json", found)
    results.write_page(tmp_path / "page.md", "On this machine.", found)

    page = (tmp_path / "page.md").read_text()
    assert "| download | 80 | MB/s | nginx 100 MB/s | 0.80 | >= 0.8 |" in page
    assert "old" not in page
    assert page.startswith("Before")
    assert page.endswith("after\n")
    kept = json.loads((tmp_path / "bench.json").read_text())
    assert [sorted(one) for one in kept] == [["against", "name", "ratio", "unit", "value"]] * 2
    assert [one["ratio"] for one in kept] == [0.8, 0.2]
    assert "nginx 100 MB/s" in results.table(found)


def test_measures_take_turns():
    order: list[str] = []

    def measure(name: str) -> float:
        order.append(name)
        return float(len(order))

    found = rounds.medians({"ours": lambda: measure("ours"), "theirs": lambda: measure("theirs")}, 3)

    assert order == ["ours", "theirs"] * 3
    assert found == {"ours": 3.0, "theirs": 4.0}


def test_a_tree_counts_what_its_descendants_use():
    busy = "import time; end = time.process_time() + 0.2\nwhile time.process_time() < end: pass\ntime.sleep(30)"
    child = subprocess.Popen([sys.executable, "-c", busy])
    try:
        begun, before = time.monotonic(), process_tree.processor_seconds(os.getpid())
        while process_tree.processor_seconds(child.pid) < 0.2 and time.monotonic() - begun < 20:
            time.sleep(0.05)

        assert child.pid in process_tree.descendants(os.getpid())
        assert process_tree.processor_seconds(os.getpid()) - before >= 0.1
        assert process_tree.memory_bytes(child.pid)["all"] > 1_000_000
    finally:
        child.kill()
        child.wait()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_sealing_stands_beside_openssl():
    found = sealing.measure(rounds=1, segments=8)

    assert [one.unit for one in found] == ["MB/s", "MB/s"]
    assert all(one.ratio is not None and one.ratio > 0 for one in found)


@pytest.mark.skipif(shutil.which("nginx", path="/usr/sbin:/usr/bin") is None, reason="nginx is not installed")
def test_the_peer_takes_and_gives_bytes_over_tls(tmp_path):
    tls = certificates.ensure(Config(data=tmp_path / "data")).certificate.parent
    (tmp_path / "nginx").mkdir()
    peer = Nginx(tmp_path / "nginx", tls)
    try:
        peer.offer("file", 100_000, content())
        with Crowd(2) as crowd:
            put = crowd.run([Put(peer.address, "/sent", 50_000, 2)])
            got = crowd.run(
                [Download(peer.address, name, size, 2, {}) for name, size in (("/file", 100_000), ("/sent", 50_000))]
            )
    finally:
        peer.stop()

    assert put.seconds > 0
    assert got.caller_processor_seconds > 0


def test_callers_upload_and_download_at_a_real_portal(live):
    portal = Portal(live.data, live.https_port, live.process_id)
    visitor = portal.with_token(portal.sign_in("tom"))

    path = transfers.document_path(portal, visitor, 70_000)
    with Crowd(1) as crowd:
        crowd.run([TusUpload(portal.address, f"/{visitor.client}/uploads/", 70_000, 2, visitor.headers)])
        crowd.run([Download(portal.address, path, 70_000, 2, visitor.headers)])
        with pytest.raises(ConnectionError):
            crowd.run([Download(portal.address, path, 70_000, 1, {})])
    slow = slow_readers.measure(portal, [visitor], path, readers=0, pages=2)
    loaded = memory.under_load(portal, visitor, path, 70_000, times=1)

    even = flat.measure(portal, visitor, 300_000, 70_000)

    assert visitor.seconds > 0
    assert [one.unit for one in slow] == ["ms", "ms"]
    assert loaded.value > 50
    assert [one.name.split(" of ")[0] for one in even] == ["memory, upload", "memory, download"]
    assert all(one.ratio and one.ratio > 0.5 for one in even)


def test_filled_documents_open_as_if_they_had_been_uploaded(portal):
    server = make_conninfo(
        host=f"{os.environ['MUNIMENT_DATA']}/run",
        user="muniment_super",
        dbname=connection.settings_dict["NAME"],
        options="-c search_path=app,public",
    )

    with psycopg.connect(server) as beside:
        (client_id,) = filling.fill(beside, PEOPLE["ben"][1], [3])
        versions = beside.execute("select count(*) from version join blob using (client_id, id)").fetchone()

    page = documents.documents_in(replace(portal.actor("ben"), client_id=client_id))
    assert versions == (3,)
    assert [row.name[:17] for row in page.rows] == [f"Statement {number:07}" for number in range(3)]


def test_the_keys_of_filled_documents_are_turned(portal, monkeypatch, capsys):
    server = make_conninfo(
        host=f"{os.environ['MUNIMENT_DATA']}/run",
        user="muniment_super",
        dbname=connection.settings_dict["NAME"],
        options="-c search_path=app,public",
    )
    with psycopg.connect(server) as beside:
        (client_id,) = filling.fill(beside, PEOPLE["ben"][1], [3])
        turning_filling.wrap(beside, client_id)
    monkeypatch.setattr(sys, "argv", ["turning_run", str(client_id)])

    with as_worker():
        turning_run.main()

    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["wrapped"] == 4  # the client's new key, and three documents' under it
    assert told["sealed"] >= 3
    with psycopg.connect(server) as beside:
        versions = beside.execute("select distinct key_version from blob where client_id = %s", [client_id]).fetchall()
    assert versions == [(2,)]


def test_an_address_without_its_authority_is_not_called():
    with pytest.raises(FileNotFoundError):
        Address(1, Path("nowhere.pem")).connect()

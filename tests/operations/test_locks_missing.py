"""The locks are made at the first start and at no other; a recovery sheet can be made from the host."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection

from muniment.core import config
from muniment.operations import checks, key_tasks, preparation
from muniment.operations.errors import StartRefused
from muniment.trust.vault.recovery import backup
from tests.cast import Portal

pytestmark = pytest.mark.control("backup-encrypted")


def test_lost_locks_refuse_the_start_and_are_never_made_anew(portal: Portal, tmp_path: Path, monkeypatch):
    lost = replace(config.current(), key_locks=tmp_path / "locks")
    present = replace(config.connection(lost, "super"), dbname=connection.settings_dict["NAME"])
    monkeypatch.setattr(config, "connection", lambda *_: present)

    with pytest.raises(StartRefused, match=r"locks of the keys are missing.*muniment keys recover"):
        preparation._ensure_locks(lost)

    assert not lost.locks.exists()
    monkeypatch.setattr(config, "current", lambda: lost)
    assert any("locks of the keys are missing" in problem for problem in checks._keys(starting=True))


def test_a_portal_without_people_or_from_before_there_were_locks_gets_its_locks(database: str, tmp_path, monkeypatch):
    fresh = replace(config.current(), key_locks=tmp_path / "locks")
    present = replace(config.connection(fresh, "super"), dbname=connection.settings_dict["NAME"])
    monkeypatch.setattr(config, "connection", lambda *_: present)

    preparation._ensure_locks(fresh)
    made = fresh.locks.read_bytes()
    preparation._ensure_locks(fresh)

    assert fresh.locks.read_bytes() == made


def test_a_recovery_sheet_made_on_the_host_opens_the_key_backup(portal: Portal, tmp_path: Path, monkeypatch):
    present = replace(config.current(), key_backup=tmp_path)
    monkeypatch.setattr(config, "current", lambda: present)

    (told,) = key_tasks.run({"task": "sheet", "people": 2, "needed": 2})

    pages = json.loads(told)
    words = [" ".join(word for word in page["text"].split("\n\n")[1].split() if word.isalpha()) for page in pages]
    assert "locks" in backup.open_((tmp_path / backup.NAME).read_bytes(), words)
    assert all(base64.b64decode(page["pdf"]).startswith(b"%PDF-") for page in pages)

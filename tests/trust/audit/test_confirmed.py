"""From the act to the verdict: what witnesses and an authority confirmed is checked by the verifier alone, offline."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from muniment.core import config
from muniment.portal.documents import actions as documents
from muniment.trust.audit import jobs, queries
from tests.authority import Authority
from tests.authority import stamping as serving
from tests.cast import Portal
from tests.trust.audit.numbered import number
from tests.witnesses import Listening, listening, settings_of
from tests.worker import as_worker

pytestmark = pytest.mark.control("audit-immutable")

ROOT = Path(__file__).parents[3]


@pytest.fixture
def three(tmp_path: Path) -> Iterator[list[Listening]]:
    with ExitStack() as stack:
        found = [stack.enter_context(listening(tmp_path / name, f"{name}.example")) for name in ("w1", "w2", "w3")]
        yield [witness.know(*queries.log_keys()) for witness in found]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def confirmed(
    portal: Portal, three: list[Listening], authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Portal]:
    """Give a portal whose log was cosigned by three witnesses and stamped."""
    documents.create_folder(portal.actor("cleo"), name="Papers")
    number()
    with serving(authority.stamp) as url:
        changed = replace(
            config.current(),
            witnesses=settings_of(*three),
            time_stamp_url=url,
            time_stamp_authority=authority.certificate,
        )
        monkeypatch.setattr(config, "current", lambda: changed)
        with as_worker():
            jobs.ask_witnesses(0)
            jobs.stamp_time(0)
        yield portal


def verify(*arguments: str) -> tuple[int, str]:
    """Run the verifier as a program of its own, which has nothing of the portal but its files."""
    ran = subprocess.run(
        [sys.executable, "-m", "muniment_verify", *arguments],
        cwd=ROOT / "src",
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


def keys(portal: Portal, *witnesses: Listening) -> list[str]:
    given = [("--key", queries.log_keys(portal.okoye)[0]), ("--register-key", queries.log_keys()[0])]
    given += [("--witness", witness.vkey) for witness in witnesses]
    return [word for pair in given for word in pair]


def test_a_receipt_is_valid_with_a_quorum_of_witnesses_and_not_with_strangers(
    confirmed: Portal, three: list[Listening], tmp_path: Path
):
    newest = queries.entries(confirmed.actor("cleo"), limit=1)[0]
    receipt = queries.receipt(confirmed.actor("cleo"), newest.id)
    path = tmp_path / "folder.receipt"
    path.write_text(json.dumps(receipt))
    with listening(tmp_path / "stranger", "stranger.example") as stranger:
        pass

    valid = verify("receipt", str(path), *keys(confirmed, *three))
    not_valid = verify("receipt", str(path), *keys(confirmed, three[0], stranger), "--quorum", "2")

    assert valid[0] == 0, valid[1]
    assert not_valid[0] == 1, not_valid[1]


def test_an_export_is_valid_with_its_witnesses_and_its_time_stamp(
    confirmed: Portal, three: list[Listening], authority: Authority, tmp_path: Path
):
    path = tmp_path / "okoye.mlog"
    path.write_bytes(b"".join(queries.export_lines(confirmed.actor("cleo"))))
    other = Authority(tmp_path / "other", name="Others")

    trusted = [*keys(confirmed, *three), "--time-authority"]
    valid = verify("log", str(path), *trusted, str(authority.signer), "--json")
    strangers = verify("log", str(path), *trusted, str(other.signer))

    assert valid[0] == 0, valid[1]
    checked = " ".join(json.loads(valid[1])["checked"])
    assert "3 of your 3 witnesses" in checked
    assert "1 time stamps are right, the last by Clockmakers" in checked
    assert "1 time stamps of authorities whose certificate you did not give" in strangers[1]

"""What machines may ask, and how much they are told."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client as Browser

from muniment.assurance.monitoring import looks, readiness
from muniment.core import config, metrics
from muniment.core.health import HealthLine
from muniment.web.views import probes
from tests.cast import Portal

pytestmark = pytest.mark.control("continuous-monitoring")
TOKEN = "a-token-of-the-tests-" + "x" * 20


@pytest.fixture
def token(monkeypatch, tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n")
    changed = replace(config.current(), metrics_token=path)
    monkeypatch.setattr(config, "current", lambda: changed)
    monkeypatch.setattr(probes, "_right", probes._Turns())
    monkeypatch.setattr(probes, "_wrong", probes._Turns())
    return path


def ask(path: str, **headers: str):
    return Browser().get(path, secure=True, headers=headers)


@pytest.mark.usefixtures("portal")
def test_probes_say_a_word_and_nothing_more():
    live, ready = ask("/healthz/live"), ask("/healthz/ready")

    assert (live.status_code, live.content) == (200, b"live\n")
    assert (ready.status_code, ready.content) == (200, b"ready\n")
    assert not live.cookies
    assert "Strict-Transport-Security" in live.headers


def test_a_database_that_hangs_holds_one_thread_of_those_who_ask_whether_it_is_ready(monkeypatch):
    asked, hangs = threading.Event(), threading.Event()

    def hang() -> list[HealthLine]:
        asked.set()
        hangs.wait(30)
        return []

    monkeypatch.setattr(looks, "database", hang)
    ready = readiness._Ready()
    first = threading.Thread(target=ready)
    first.start()
    assert asked.wait(10)
    began = time.monotonic()

    assert not ready()

    assert time.monotonic() - began < readiness.ANSWER_SECONDS / 2
    hangs.set()
    first.join()


@pytest.mark.usefixtures("portal")
def test_without_a_token_there_are_no_numbers():
    assert ask("/metrics", authorization="Bearer ").status_code == 404


@pytest.mark.usefixtures("portal", "token")
@pytest.mark.parametrize("given", ["", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer ä"])
def test_another_token_opens_nothing(given: str):
    answer = ask("/metrics", **({"authorization": given} if given else {}))

    assert answer.status_code == 401
    assert b"muniment_" not in answer.content


def test_the_token_opens_numbers_that_name_nobody(portal: Portal, token: Path):
    answer = ask("/metrics", authorization=f"Bearer {TOKEN}")

    text = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, metrics.CONTENT_TYPE)
    assert "muniment_requests_total" in text
    for name in ("Okoye", "Brandt", "Ada", "Cleo", "firm.example", str(portal.okoye)):
        assert name not in text


@pytest.mark.usefixtures("portal", "token")
def test_numbers_are_given_so_often_and_guessing_keeps_nobody_out(monkeypatch):
    monkeypatch.setattr(probes, "A_MINUTE", 3)
    guesses = [ask("/metrics", authorization="Bearer guess").status_code for _try in range(5)]
    answers = [ask("/metrics", authorization=f"Bearer {TOKEN}").status_code for _try in range(4)]

    assert guesses[-1] == 429
    assert answers == [200, 200, 200, 429]


@pytest.mark.usefixtures("portal")
def test_the_shipped_rules_name_numbers_that_there_are():
    import re

    text = (Path(__file__).parents[2] / "deploy" / "alerts.yml").read_text()
    named = set(re.findall(r"\bmuniment_[a-z_]+", text))
    known = {name + end for name in metrics.METRICS for end in ("", "_bucket", "_sum", "_count")}

    assert named - known == set()
    assert len(re.findall(r"- alert:", text)) == len(re.findall(r"todo:", text)) > 15

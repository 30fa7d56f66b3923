"""Logs: JSON lines without what anybody typed, readable by their owner alone."""

import json
import logging
import subprocess
import sys
from pathlib import Path
from uuid import UUID

from muniment.core import config
from muniment.operations import logs
from tests.operations.conftest import wait_until

PROGRAM = """
import logging, structlog
from uuid import UUID
from muniment.core import config
from muniment.operations import logs
logs.configure("trial", config.current())
try:
    try:
        raise ValueError("Canary")
    except ValueError as error:
        raise KeyError("Canary") from error
except KeyError:
    logging.getLogger("django.request").exception("Failed: %s of %s, %d", "Canary", UUID(int=7), 3)
logging.getLogger("_granian").error("Failed\\nTraceback\\nValueError: Canary")
structlog.get_logger("ours").warning("stopped", part="web", seconds=2)
try:
    int("Canary")
except ValueError:
    structlog.get_logger("ours").exception("broke")
logging.getLogger("django.request").warning("%s: %s", "Not Found", "/set-up/Canary/", extra={"status_code": 404})
logging.getLogger("quiet").info("written but not shown")
logging.getLogger("quiet").debug("neither")
"""


def written(folder: Path) -> tuple[list[dict[str, object]], str]:
    """Return the lines of the log and what the console showed."""
    environ = config.environment(config.load({"MUNIMENT_DATA": str(folder)}))
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environ, capture_output=True, text=True, check=True)
    path = folder / "logs" / "trial.log"
    assert path.stat().st_mode & 0o077 == 0
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()], done.stderr


def test_no_value_and_no_text_of_an_error_reaches_the_log_or_the_console(folder: Path) -> None:
    lines, console = written(folder)

    assert "Canary" not in json.dumps(lines)
    assert "Canary" not in console
    assert "Failed" in console


def test_numbers_references_and_places_of_errors_do(folder: Path) -> None:
    foreign, _, own, broke, answered, quiet = written(folder)[0]

    assert (answered["event"], answered["status"]) == ("answered", 404)
    assert foreign["event"] == "Failed: %s of %s, %d"
    assert foreign["values"] == [str(UUID(int=7)), 3]
    assert [step["type"] for step in foreign["error"]] == ["builtins.KeyError", "builtins.ValueError"]  # type: ignore[attr-defined]
    assert (own["event"], own["part"], own["seconds"], own["level"]) == ("stopped", "web", 2, "warning")
    assert broke["error"][0]["at"] == ["<string>:17 <module>"]  # type: ignore[index]
    assert quiet["event"] == "written but not shown"
    assert {"timestamp", "logger", "level"} <= set(quiet)


def test_a_log_that_has_grown_is_moved_aside_and_its_writer_begins_a_new_one(folder: Path) -> None:
    path = folder / "web.log"
    handler = logs.PrivateFile(str(path))
    record = logging.makeLogRecord({"msg": "line", "levelno": logging.INFO})
    for number in range(logs.KEPT + 2):
        path.write_bytes(b"x" * logs.ROTATE_BYTES)
        logs.rotate(folder)
        handler.emit(record)
        assert path.read_text() == "line\n", number
    handler.close()

    assert {entry.name for entry in folder.iterdir()} == {"web.log", *(f"web.log.{n}" for n in range(1, logs.KEPT + 1))}
    assert wait_until(lambda: path.stat().st_mode & 0o077 == 0)

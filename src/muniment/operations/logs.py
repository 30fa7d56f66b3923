"""Logs: JSON lines in the data directory and warnings on the console; references and numbers, never content.

What other libraries log is written without the values they put in, and errors without their text: both
may quote what somebody typed.
"""

import logging
import logging.config
import logging.handlers
import os
import sys
import traceback
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from muniment.core.config import Config

ROTATE_BYTES = 20 * 2**20
KEPT = 5
HARMLESS = (bool, int, float, UUID)


class PrivateFile(logging.handlers.WatchedFileHandler):
    """A log that only its owner may read, opened again after it was moved away."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600))


def configure(name: str, present: Config) -> None:
    """Send everything this process logs to `<data>/logs/<name>.log`, and warnings to the console as well."""
    present.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
    logging.config.dictConfig(configuration(name, present))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def configuration(name: str, present: Config) -> dict[str, Any]:
    """Return the same for libraries that want to configure logging themselves."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": _formatter, "renderer": structlog.processors.JSONRenderer(default=str)},
            "console": {"()": _formatter, "renderer": structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)},
        },
        "handlers": {
            "file": {"()": PrivateFile, "filename": str(present.logs / f"{name}.log"), "formatter": "json"},
            "console": {
                "class": "logging.StreamHandler",
                "level": "WARNING",
                "formatter": "console",
                "filters": ["wanted"],
            },
        },
        "filters": {"wanted": {"()": lambda: _is_wanted}},
        "loggers": {
            "_granian": {"level": "INFO", "handlers": [], "propagate": True},
            "granian.access": {"level": "INFO", "handlers": [], "propagate": True},
        },
        "root": {"level": present.log_level.upper(), "handlers": ["file", "console"]},
    }


def _is_wanted(record: logging.LogRecord) -> bool:
    """Leave out what the server says about the number of threads, which is meant: a slow download occupies one."""
    return not (record.name == "_granian" and "Python threads" in str(record.msg))


def rotate(folder: Path) -> None:
    """Move every log that has grown past 20 MiB aside, keeping five; its writers notice and begin a new one."""
    for path in folder.glob("*.log"):
        if path.stat().st_size < ROTATE_BYTES:
            continue
        for number in range(KEPT, 1, -1):
            older = path.with_suffix(f".log.{number - 1}")
            if older.exists():
                older.replace(path.with_suffix(f".log.{number}"))
        path.replace(path.with_suffix(".log.1"))


def _formatter(renderer: Processor) -> logging.Formatter:
    """Return what turns a record, ours or another library's, into a line."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            _numbers_alone,
            _places_of_errors,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            renderer,
        ],
        use_get_message=False,
        pass_foreign_args=True,
    )


def _numbers_alone(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep, of the values another library put into its message, those that cannot quote anybody."""
    if event.get("_from_structlog"):
        return event
    event["event"] = str(event["event"]).partition("\n")[0]  # granian puts an error's text on further lines
    record = event.get("_record")
    if status := getattr(
        record, "status_code", None
    ):  # Django's own line would name the path, and a path may be a link
        event["event"], event["status"] = "answered", status
    arguments = event.pop("positional_args", None)
    if isinstance(arguments, tuple):
        values = [value for value in arguments if isinstance(value, HARMLESS)]
        if values:
            event["values"] = values
    return event


def _places_of_errors(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an error by its type and the lines it passed through; its text stays out."""
    found = event.pop("exc_info", None)
    if isinstance(found, BaseException):
        error: BaseException | None = found
    elif isinstance(found, tuple):
        error = found[1]
    else:
        error = sys.exc_info()[1] if found else None
    chain: list[dict[str, object]] = []
    while error is not None and len(chain) < 5:  # noqa: PLR2004 (deeper causes tell nothing new)
        chain.append({"type": _name(type(error)), "at": _places(error.__traceback__)})
        error = error.__cause__ or error.__context__
    if chain:
        event["error"] = chain
    return event


def _name(kind: type[BaseException]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _places(trace: TracebackType | None) -> list[str]:
    """Return `file:line function` of each step, the last one last; at most the innermost 30."""
    steps = traceback.extract_tb(trace)[-30:]
    return [f"{Path(step.filename).name}:{step.lineno} {step.name}" for step in steps]

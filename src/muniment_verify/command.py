"""The command `muniment-verify`: exit code 0 valid, 1 not valid, 2 could not be checked."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, TextIO

from muniment_verify import __version__
from muniment_verify.certificates import read_certificates
from muniment_verify.checkpoints import check_checkpoints
from muniment_verify.encoding import HASH_BYTES, from_base64
from muniment_verify.errors import Unreadable, VerifyError
from muniment_verify.exports import lines_of
from muniment_verify.kept import Kept, open_kept
from muniment_verify.logs import check_log
from muniment_verify.promises import check_promise
from muniment_verify.reading import LARGEST_FILE
from muniment_verify.receipts import check_receipt
from muniment_verify.report import Refusal, Report
from muniment_verify.trust import TOLERANCE_SECONDS, Trust, trusting

_ABOUT = """Check receipts, exports, checkpoints and promises of a Muniment log, offline.

The keys are given by you: take them from your contract or from paper, never from the portal that you check."""
_AFTER = "exit codes: 0 valid, 1 not valid, 2 could not be checked"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Unreadable(f"{message[:1].upper()}{message[1:].rstrip('.')}. For help: {self.prog} --help.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    as_json = "--json" in given
    try:
        options = _parser().parse_args(given)
        _say(sys.stdout, options.check(options), as_json=as_json)
    except VerifyError as error:
        return _refuse(error, as_json=as_json)
    except (KeyboardInterrupt, BrokenPipeError):
        return Unreadable.exit_code
    except MemoryError:
        return _refuse(Unreadable("There is not enough memory for this file."), as_json=as_json)
    except Exception as error:  # noqa: BLE001 - whatever a file does to the verifier, it must not look like a verdict
        kind = type(error).__name__
        return _refuse(Unreadable(f"The file made the verifier stumble ({kind}): please report it."), as_json=as_json)
    return 0


def run() -> NoReturn:
    """Run the command and end with its exit code."""
    sys.exit(main())


def _refuse(error: VerifyError, *, as_json: bool) -> int:
    _say(sys.stdout if as_json else sys.stderr, Refusal(str(error), error.exit_code), as_json=as_json)
    return error.exit_code


def _say(stream: TextIO, result: Report | Refusal, *, as_json: bool) -> None:
    stream.write((json.dumps(result.as_json(), indent=2) if as_json else result.as_text()) + "\n")
    stream.flush()


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="muniment-verify", description=_ABOUT, epilog=_AFTER, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"muniment-verify {__version__}")
    what = parser.add_subparsers(title="what to check", required=True, metavar="receipt | log | checkpoints | promise")
    receipt = _add(what, "receipt", "one entry and its proofs", _receipt)
    receipt.add_argument("file", help="the receipt (.receipt)")
    log = _add(what, "log", "an export of a whole log", _log)
    log.add_argument("file", help="the export (.mlog), or - for standard input")
    checkpoints = _add(what, "checkpoints", "that a log grew from one date to another", _checkpoints)
    checkpoints.add_argument("file", nargs="+", help="checkpoints of one log")
    checkpoints.add_argument("--log", metavar="EXPORT", help="an export of the log: shows that they lie on one line")
    checkpoints.add_argument("--proof", metavar="FILE", help="a consistency proof: one hash in base64 on each line")
    promise = _add(what, "promise", "a promise that an act will be logged", _promise)
    promise.add_argument("file", help="the promise: the header's value or its JSON")
    promise.add_argument("--log", metavar="EXPORT", help="an export of the log: shows whether it was kept")
    for parser_of_log in (log, checkpoints, promise):
        parser_of_log.add_argument(
            "--kept", metavar="FILE", action="append", default=[], help="a checkpoint, receipt or promise from earlier"
        )
    return parser


def _add(what: argparse._SubParsersAction[_Parser], name: str, about: str, check: object) -> argparse.ArgumentParser:
    parser = what.add_parser(name, help=about, description=f"Check {about}.", epilog=_AFTER)
    parser.set_defaults(check=check)
    more = {"metavar": "VKEY", "action": "append", "default": []}
    parser.add_argument("--key", help="key of the client's log; again for keys before it", **more)  # type: ignore[arg-type]
    parser.add_argument("--register-key", help="key of the register", **more)  # type: ignore[arg-type]
    parser.add_argument("--witness", help="key of a witness; again for each", **more)  # type: ignore[arg-type]
    parser.add_argument("--quorum", type=int, metavar="N", help="witnesses that must have signed (more than half)")
    parser.add_argument("--time-authority", metavar="PEM", help="certificate of the time-stamping authority")
    parser.add_argument("--tolerance", type=int, metavar="SECONDS", default=TOLERANCE_SECONDS, help="for clocks (600)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


def _trust(options: argparse.Namespace) -> Trust:
    trust = trusting(options.key, options.register_key, options.witness, options.quorum, options.tolerance)
    if options.time_authority is None:
        return trust
    return trust.with_authorities(read_certificates(_read(options.time_authority)))


def _read(name: str) -> bytes:
    """Return a small file.

    Raises:
        Unreadable: it is not there, may not be read, or is larger than a receipt can be.
    """
    try:
        with Path(name).open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(f"{name} cannot be read: {getattr(error, 'strerror', None) or 'no such name'}.") from None
    if len(raw) > LARGEST_FILE:
        raise Unreadable(f"{name} is too large for what it should be.")
    return raw


def _text(name: str) -> str:
    try:
        return _read(name).decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable(f"{name} is not UTF-8 text.") from None


def _receipt(options: argparse.Namespace) -> Report:
    return check_receipt(_read(options.file), _trust(options))


def _log(options: argparse.Namespace) -> Report:
    return _whole_log(options.file, _trust(options), options.kept)


def _whole_log(name: str, trust: Trust, kept: Sequence[str]) -> Report:
    opened: list[Kept] = [open_kept(one, _read(one), trust) for one in kept]
    if name == "-":
        return check_log(lines_of(sys.stdin.buffer), trust, opened)
    try:
        with Path(name).open("rb") as file:
            return check_log(lines_of(file), trust, opened)
    except (OSError, ValueError) as error:
        raise Unreadable(f"{name} cannot be read: {getattr(error, 'strerror', None) or 'no such name'}.") from None


def _checkpoints(options: argparse.Namespace) -> Report:
    trust = _trust(options)
    proof = None
    if options.proof is not None:
        lines = _text(options.proof).split()
        proof = [from_base64(line, "A hash of the proof", HASH_BYTES) for line in lines]
    report = check_checkpoints([_text(name) for name in options.file], trust, proof)
    if options.log is None:
        return report
    return _whole_log(options.log, trust, [*options.file, *options.kept])


def _promise(options: argparse.Namespace) -> Report:
    trust = _trust(options)
    report = check_promise(_read(options.file), trust)
    if options.log is None:
        return report
    return _whole_log(options.log, trust, [options.file, *options.kept])

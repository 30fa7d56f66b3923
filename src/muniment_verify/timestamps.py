"""Time stamps over the register: what an authority outside the portal saw, and when."""

from __future__ import annotations

from collections.abc import Sequence

from muniment_verify.checkpoints import Opened, open_checkpoint
from muniment_verify.exports import Export
from muniment_verify.notes import parse_checkpoint, parse_note
from muniment_verify.reading import moment
from muniment_verify.report import Report
from muniment_verify.tokens import Stamp, check_token
from muniment_verify.trust import Trust


def stamped_times(report: Report, export: Export, registers: Sequence[Opened], trust: Trust) -> dict[str, list[float]]:
    """Return the times of the stamps in an export by the text of the register checkpoint that each is over.

    Raises:
        Unreadable: a stamp is not in the format.
        NotValid: a stamp is wrong, or over a checkpoint that the register's key did not sign.
    """
    if not export.stamps:
        if trust.authorities:
            report.not_checked.append("There is no time stamp in this export, although you gave an authority.")
        return {}
    if not trust.authorities:
        report.not_checked.append(
            f"{len(export.stamps)} time stamps: give the certificate of their authority (--time-authority)."
        )
        return {}
    found: dict[str, list[float]] = {}
    right, foreign = [], 0
    texts = {register.text for register in registers}
    for note, token, _ in export.stamps:
        origin = parse_checkpoint(parse_note(note).text).origin
        opened = open_checkpoint(note, trust.keys_of_register(origin))
        stamp = check_token(token, opened.text.encode(), trust.authorities)
        if stamp is None:
            foreign += 1
            continue
        right.append(stamp)
        if opened.text in texts:
            found.setdefault(opened.text, []).append(stamp.at)
    _say(report, right, foreign)
    return found


def _say(report: Report, right: Sequence[Stamp], foreign: int) -> None:
    if right:
        last = max(right, key=lambda stamp: stamp.at)
        report.checked.append(
            f"{len(right)} time stamps are right, the last by {last.authority} on {moment(last.at)}; "
            "whether its certificate was revoked was not looked at."
        )
    if foreign:
        report.not_checked.append(f"{foreign} time stamps of authorities whose certificate you did not give.")

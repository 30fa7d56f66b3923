"""Time stamps over the register: what an authority outside the portal saw, and when."""

from __future__ import annotations

from collections.abc import Sequence

from muniment_verify.checkpoints import Opened
from muniment_verify.errors import Unreadable
from muniment_verify.exports import Export
from muniment_verify.report import Report
from muniment_verify.trust import Trust


def stamped_times(report: Report, export: Export, registers: Sequence[Opened], trust: Trust) -> dict[str, list[float]]:
    """Return the times of the stamps by the text of the register checkpoint that each is over."""
    if export.stamps:
        report.not_checked.append(f"{len(export.stamps)} time stamps: give the certificate of their authority.")
    return {}


def read_certificates(raw: bytes) -> tuple[bytes, ...]:
    """Return the certificates (DER) of a PEM file."""
    raise Unreadable("This version does not check time stamps.")

"""Certificates of destruction: JSON that anybody can check with the public key, and the same on paper."""

import base64
import io
import json
from typing import Any
from uuid import UUID

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from muniment.core import config, ids
from muniment.trust.custody.models import Destruction
from muniment.trust.identity import queries as identity
from muniment.trust.vault import actions as vault
from muniment.trust.vault.types import Trial
from muniment_verify.notes import parse_checkpoint, parse_note
from muniment_verify.proofs import parse_proof

FORMAT = "destruction/v1"
NOT_COVERED = (
    "Copies that people downloaded, printed, photographed or mailed before.",
    "Backups made before: they hold the wrapped key until they expire. Restoring one brings the key back; this "
    "destruction has to be carried out again then.",
    "Space on disks that the database and the file system have freed but not written over yet.",
    "What others said about the subject elsewhere: messages, names and documents under keys that were not destroyed.",
)


def make(destruction: Destruction, trial: Trial, entry_id: UUID) -> dict[str, Any]:
    """Return the signed certificate of a proved destruction."""
    people = identity.people([destruction.asked_by, destruction.approved_by])
    firm = identity.company_names([])

    def who(person_id: UUID | None) -> dict[str, str]:
        known = people.get(person_id) if person_id else None
        return {"person": ids.public(person_id) if person_id else "", "name": known.name if known else ""}

    content = {
        "muniment": FORMAT,
        "certificate": ids.public(destruction.id),
        "portal": config.current().address,
        "firm": firm[0] if firm else "",
        "what": {
            "kind": destruction.kind,
            "reference": ids.public(destruction.subject_id),
            "of_client": ids.public(destruction.of_client) if destruction.of_client else "",
            "algorithm": "AES-256-GCM",
            "keys_destroyed": destruction.keys_destroyed,
        },
        "why": destruction.reason,
        "asked": {**who(destruction.asked_by), "at": _moment(destruction.asked_at)},
        "approved": {**who(destruction.approved_by), "at": _moment(destruction.approved_at)},
        "waited_until": _moment(destruction.due_at),
        "destroyed_at": _moment(destruction.destroyed_at),
        "proof": {
            "at": _moment(destruction.proved_at),
            "method": "Sealed values and stored bytes were read where they lie and tried with every key the portal "
            "can still unwrap; the database was searched for wrapped copies of the key.",
            "values_tried": trial.values,
            "documents_tried": trial.documents,
            "keys_tried": trial.keys,
            "opened": trial.opened,
            "wrapped_copies_left": trial.copies_left,
        },
        "log_entry": ids.public(entry_id),
        "does_not_cover": list(NOT_COVERED),
    }
    return {**content, "signature": vault.signature(canonical(content))}


def with_receipt(certificate: dict[str, Any], receipt: dict[str, Any] | None) -> dict[str, Any]:
    """Return a certificate as it is handed out: with the receipt of its entry in the log, once there is one.

    The receipt is made after the certificate was signed, and proves itself.
    """
    return certificate if receipt is None else {**certificate, "receipt": receipt}


def canonical(content: dict[str, Any]) -> bytes:
    """Return what is signed: the certificate without its signature and receipt, keys sorted, no spaces, UTF-8."""
    unsigned = {name: value for name, value in content.items() if name not in {"signature", "receipt"}}
    return json.dumps(unsigned, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def is_genuine(certificate: dict[str, Any], public: bytes) -> bool:
    """Tell whether a certificate was signed with the private key of `public` and not changed since."""
    try:
        value = base64.b64decode(certificate["signature"]["value"], validate=True)
    except (KeyError, TypeError, ValueError):
        return False
    return vault.is_signed(public, canonical(certificate), value)


def as_json(certificate: dict[str, Any]) -> bytes:
    """Return a certificate as a file for programs."""
    return json.dumps(certificate, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def as_pdf(certificate: dict[str, Any]) -> bytes:
    """Return a certificate as a page for people; it says how the signed file is checked."""
    out, styles = io.BytesIO(), getSampleStyleSheet()
    what, proof, signature = certificate["what"], certificate["proof"], certificate["signature"]
    lines = [
        ("What", f"The key of a {what['kind']}, reference {what['reference']} ({what['algorithm']})"),
        ("Why", certificate["why"]),
        ("Asked for", f"{certificate['asked']['name']}, {certificate['asked']['at']}"),
        ("Approved", f"{certificate['approved']['name']}, {certificate['approved']['at']}"),
        ("Destroyed", certificate["destroyed_at"]),
        (
            "Proof",
            f"{proof['values_tried']} sealed values and {proof['documents_tried']} stored documents were tried with "
            f"{proof['keys_tried']} keys on {proof['at']}: {proof['opened']} opened, {proof['wrapped_copies_left']} "
            "wrapped copies of the key are left.",
        ),
        ("Entry in the log", certificate["log_entry"]),
        ("Receipt of that entry", _receipt(certificate.get("receipt"))),
        ("Signature", f"Ed25519, public key {signature['public_key']}: {signature['value']}"),
    ]
    flow: list[Any] = [Paragraph("Certificate of destruction", styles["Title"])]
    flow.append(Paragraph(_plain(f"{certificate['firm']}, {certificate['portal']}"), styles["Normal"]))
    flow.append(Paragraph(_plain(f"Certificate {certificate['certificate']}"), styles["Normal"]))
    for name, text in lines:
        flow += [Spacer(1, 8), Paragraph(f"<b>{_plain(name)}</b>", styles["Normal"])]
        flow.append(Paragraph(_plain(str(text)), styles["Normal"]))
    flow += [Spacer(1, 8), Paragraph("<b>What it does not cover</b>", styles["Normal"])]
    flow += [Paragraph(_plain(text), styles["Bullet"], bulletText="-") for text in certificate["does_not_cover"]]
    flow += [Spacer(1, 8), Paragraph("The JSON file of this certificate is what is signed.", styles["Italic"])]
    SimpleDocTemplate(out, pagesize=A4, title="Certificate of destruction", author="Muniment").build(flow)
    return out.getvalue()


def _receipt(receipt: dict[str, Any] | None) -> str:
    """Return on paper what the receipt in the file proves: where the entry stands, and under which root."""
    if receipt is None:
        return "Not there yet when this page was made. It comes within ten minutes: take the page again."
    proof = parse_proof(receipt["proof"])
    head = parse_checkpoint(parse_note(proof.note).text)
    return (
        f"Number {proof.index + 1} of {head.size} in the log {head.origin}, root {head.root.hex()}. The JSON file of "
        "this certificate holds the whole receipt."
    )


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _moment(moment: Any) -> str:
    return str(moment.isoformat(timespec="seconds")) if moment else ""

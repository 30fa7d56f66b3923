"""Write verdicts down, insist on them, and keep the rules of each client."""

from collections.abc import Mapping
from uuid import UUID

from muniment.core import clock, config
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.vault.errors import Held, NotHeld, NotVetted
from muniment.trust.vault.models import Blob, UploadRules
from muniment.trust.vault.types import FOR_NOW, Outcome, Verdict, Vetting
from muniment.trust.vault.vetting.clamd import Clamd
from muniment.trust.vault.vetting.rules import DEFAULT, complete


def scanner() -> Clamd | None:
    """Return the virus scanner that the settings name, or nothing where they name none."""
    address = config.current().scanner
    return None if address == "none" else Clamd(address)


def vetting_of(blob: Blob) -> Vetting:
    """Return how a blob was vetted."""
    return Vetting(
        Verdict(blob.verdict), blob.verdict_reason, blob.verdict_detail, blob.scanner, vetted_at=blob.vetted_at
    )


def require_open(blob: Blob) -> None:
    """Insist that people may open a blob.

    Raises:
        NotVetted, Held: they may not.
    """
    vetting = vetting_of(blob)
    if vetting.verdict == Verdict.WAITING:
        raise NotVetted
    if not vetting.is_open:
        raise Held


def save(client_id: UUID, blob_id: UUID, vetting: Vetting) -> tuple[Vetting, bool]:
    """Write a verdict down, unless people released the blob; return what holds, and whether it differs from before."""
    with bound(Binding(client_id)):
        blob = Blob.objects.select_for_update().get(client_id=client_id, id=blob_id)
        before = vetting_of(blob)
        if before.verdict == Verdict.RELEASED or blob.deleted_at is not None:
            return before, False
        blob.verdict, blob.verdict_reason, blob.verdict_detail = vetting.verdict, vetting.reason, vetting.detail
        blob.scanner, blob.vetted_at = vetting.scanner, clock.now()
        blob.save(update_fields=["verdict", "verdict_reason", "verdict_detail", "scanner", "vetted_at"])
        after = vetting_of(blob)
    return after, (before.verdict, before.reason, before.detail) != (after.verdict, after.reason, after.detail)


def release_blob(client_id: UUID, blob_id: UUID) -> None:
    """Let a held blob be opened; two people decided so (see `access.actions.use_approval`).

    Raises:
        NotHeld: it is not held, or only until the scanner is back: what nobody scanned is let go by nobody.
    """
    with bound(Binding(client_id)):
        rows = Blob.objects.filter(client_id=client_id, id=blob_id, verdict=Verdict.HELD, deleted_at=None)
        if not rows.exclude(verdict_reason__in=FOR_NOW).update(verdict=Verdict.RELEASED):
            raise NotHeld


def destroy_blob(client_id: UUID, blob_id: UUID) -> None:
    """Shred a blob that nobody may open: its key is gone when the transaction commits. Then call `remove_blob`."""
    with bound(Binding(client_id)):
        Blob.objects.filter(client_id=client_id, id=blob_id).update(
            verdict=Verdict.REFUSED, verdict_reason="destroyed", deleted_at=clock.now(), wrapped_key=b""
        )


def rules(client_id: UUID) -> dict[str, Outcome]:
    """Return what a client lets in: every rule, its own or the default."""
    return complete(upload_rules(client_id))


def upload_rules(client_id: UUID) -> dict[str, str]:
    """Return the rules of a client that differ from the default."""
    with bound(Binding(client_id)):
        row = UploadRules.objects.filter(client_id=client_id).first()
    return {} if row is None else dict(row.rules)


def set_upload_rules(client_id: UUID, own: Mapping[str, Outcome]) -> dict[str, str]:
    """Set what a client lets in, for what is vetted from now on; return what differs from the default."""
    kept = {name: str(outcome) for name, outcome in complete(own).items() if outcome != DEFAULT[name]}
    with bound(Binding(client_id)):
        UploadRules.objects.update_or_create(client_id=client_id, defaults={"rules": kept, "changed_at": clock.now()})
    return kept

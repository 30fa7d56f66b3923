"""Which stores there are, which one holds what, and where a client's documents may lie."""

from datetime import datetime
from functools import cache
from typing import cast
from uuid import UUID

from django.db.models import F, Q

from muniment.core import clock, config
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.vault.errors import RegionRefused, StoreUnknown
from muniment.trust.vault.models import Blob, Residency
from muniment.trust.vault.store.contract import Store
from muniment.trust.vault.store.disk import DiskStore
from muniment.trust.vault.types import PlaceFacts, ResidencyFacts, StoredFacts, StoreName


@cache
def store(name: StoreName | None = None) -> Store:
    """Return a store that holds sealed blobs: the one a row names, or else the one for what is new.

    Raises:
        StoreUnknown: the settings do not say where it is.
    """
    present = config.current()
    if name is None:
        return store(present.store)
    if name == "disk":
        return DiskStore(present.data / "store", present.region or "")
    if present.s3_bucket is None or present.s3_region is None or present.s3_credentials is None:
        raise StoreUnknown(name)
    from muniment.trust.vault.store import s3, s3_client  # noqa: PLC0415 - boto3 takes memory where nobody needs it

    access_key, secret_key = s3_client.read_credentials(present.s3_credentials)
    return s3.S3Store(
        s3_client.Address(
            endpoint=present.s3_endpoint,
            region=present.s3_region,
            bucket=present.s3_bucket,
            access_key=access_key,
            secret_key=secret_key,
            authority=present.s3_authority,
        )
    )


def store_names() -> list[StoreName]:
    """Return every store that the settings say the place of."""
    return ["disk", "s3"] if config.current().s3_bucket is not None else ["disk"]


def store_of(blob: Blob) -> Store:
    """Return the store that holds a blob.

    Raises:
        StoreUnknown: the settings do not say where it is.
    """
    return store(cast("StoreName", blob.store))


def region_of(client_id: UUID) -> str:
    """Return the one region in which a client's documents may lie; empty: any."""
    with bound(Binding(client_id)):
        row = Residency.objects.filter(client_id=client_id).first()
    return row.region if row else ""


def require_region(client_id: UUID, place: Store) -> None:
    """Insist that a store lies where a client's documents may lie; the store itself is asked.

    Raises:
        RegionRefused: it does not, or nobody knows.
        StoreDown: it does not answer.
    """
    wanted = region_of(client_id)
    if wanted and place.region(client_id) != wanted:
        raise RegionRefused


def residency(client_id: UUID) -> ResidencyFacts:
    """Return where a client's documents may lie, and where they do."""
    with bound(Binding(client_id)):
        rows = Blob.objects.filter(client_id=client_id, deleted_at=None)
        used = sorted({str(name) for name in rows.values_list("store", flat=True).distinct()})
    stores = [store(cast("StoreName", name)) for name in used]
    places = tuple(PlaceFacts(one.name, one.region(client_id), one.provider) for one in stores)
    return ResidencyFacts(client_id, region_of(client_id), places)


def expected_residency(client_id: UUID) -> ResidencyFacts:
    """Return where a client's documents may lie, and where the stores that hold any lie as the settings say.

    No server is asked, so that a page can show it: each upload has asked before it was taken.
    """
    present = config.current()
    regions: dict[StoreName, str] = {"disk": present.region or "", "s3": present.s3_region or ""}
    used = [name for name in store_names() if name == present.store or _holds_any(name, client_id)]
    places = tuple(PlaceFacts(name, regions[name], store(name).provider) for name in used)
    return ResidencyFacts(client_id, region_of(client_id), places)


def _holds_any(name: StoreName, client_id: UUID) -> bool:
    with bound(Binding(client_id)):
        return Blob.objects.filter(client_id=client_id, store=name, deleted_at=None).exists()


def set_region(client_id: UUID, region: str) -> None:
    """Say in which region alone a client's documents may lie; empty: anywhere. The client is the bound one.

    Raises:
        RegionRefused: some of them lie elsewhere; move them first.
        StoreDown: a store does not answer, so nobody knows.
    """
    if region and any(place.region != region for place in residency(client_id).places):
        raise RegionRefused
    if region:
        Residency.objects.update_or_create(client_id=client_id, defaults={"region": region, "since": clock.now()})
    else:
        Residency.objects.filter(client_id=client_id).delete()


def is_stored(client_id: UUID, blob_id: UUID) -> bool:
    """Tell whether there is a complete blob that nobody has destroyed."""
    with bound(Binding(client_id)):
        rows = Blob.objects.filter(client_id=client_id, id=blob_id, deleted_at=None)
        return rows.exclude(sealed_at=None).exists()


def stored_blobs(client_id: UUID, proved_before: datetime) -> list[StoredFacts]:
    """Return the complete blobs that were not read back since a moment, those that waited longest first."""
    with bound(Binding(client_id)):
        rows = Blob.objects.filter(client_id=client_id, deleted_at=None).exclude(sealed_at=None)
        waiting = rows.filter(Q(proved_at=None) | Q(proved_at__lt=proved_before))
        listed = waiting.order_by(F("proved_at").asc(nulls_first=True), "id")
        return [StoredFacts(*values) for values in listed.values_list("id", "size_bytes", "proved_at")]

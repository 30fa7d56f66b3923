"""Keys under keys: made in new versions, and wrapped anew. What they seal is not touched."""

from uuid import UUID

from muniment.trust.vault import queries
from muniment.trust.vault.keys import signing, wrapping
from muniment.trust.vault.models import Blob, ClientKey, InstallationKey, PersonKey


def add_installation_key(purpose: str, version: int) -> None:
    """Make a version of an installation's key; of one that signs, the public part is kept beside it.

    Raises:
        IntegrityError: there is this version already.
    """
    key = wrapping.new_key()
    InstallationKey.objects.create(
        purpose=purpose,
        version=version,
        wrapped=queries.keyring().wrap(key, queries.context(purpose)),
        public=signing.public_of(key) if purpose in signing.PURPOSES else None,
    )


def make_person_key(person_id: UUID) -> None:
    """Make the key of a person; what is sealed for them from now on is sealed with it. Repeating it changes nothing."""
    version = queries.installation_version("people")
    people = wrapping.derive(queries.installation_key("people", version), "person key")
    wrapped = wrapping.wrap(people, wrapping.new_key(), queries.context("person", person_id))
    PersonKey.objects.get_or_create(person_id=person_id, defaults={"wrapped": wrapped, "people_version": version})


def add_client_key(client_id: UUID) -> int:
    """Make the next version of the bound client's key and return it."""
    version = (ClientKey.objects.filter(client_id=client_id).order_by("-version").first() or ClientKey()).version + 1
    wrapped = queries.keyring().wrap(wrapping.new_key(), queries.context("client", client_id))
    ClientKey.objects.create(client_id=client_id, version=version, wrapped=wrapped)
    return version


def under_root() -> int:
    """Wrap the installation's keys with the current root key; return how many were wrapped by another."""
    count, keyring = 0, queries.keyring()
    for row in InstallationKey.objects.all():
        old = bytes(row.wrapped)
        if old and not keyring.is_current(old):
            bound_to = queries.context(row.purpose)
            fresh = keyring.wrap(keyring.unwrap(old, bound_to), bound_to)
            count += InstallationKey.objects.filter(id=row.id, wrapped=old).update(wrapped=fresh)
    return count


def client_keys(client_id: UUID) -> int:
    """Wrap every version of the bound client's key with the current root key; return how many were not."""
    count, keyring, bound_to = 0, queries.keyring(), queries.context("client", client_id)
    for row in ClientKey.objects.filter(client_id=client_id):
        old = bytes(row.wrapped)
        if not keyring.is_current(old):
            fresh = keyring.wrap(keyring.unwrap(old, bound_to), bound_to)
            count += ClientKey.objects.filter(client_id=client_id, id=row.id, wrapped=old).update(wrapped=fresh)
    return count


def under_people(most: int) -> int:
    """Wrap keys of people with the newest people key, at most so many; return how many were under an older one."""
    version, count = queries.installation_versions("people")[0], 0
    rows = PersonKey.objects.filter(people_version__lt=version, destroyed_at=None).order_by("person_id")
    for row in rows[:most]:
        old, bound_to = bytes(row.wrapped), queries.context("person", row.person_id)
        key = wrapping.unwrap(_people(row.people_version), old, bound_to)
        fresh = wrapping.wrap(_people(version), key, bound_to)
        same = PersonKey.objects.filter(person_id=row.person_id, wrapped=old)  # not one that was destroyed just now
        count += same.update(wrapped=fresh, people_version=version)
    return count


def blobs(client_id: UUID, version: int, most: int) -> int:
    """Wrap keys of the bound client's blobs with a version of its key; return how many were under an older one."""
    rows = Blob.objects.filter(client_id=client_id, key_version__lt=version).exclude(wrapped_key=b"")
    found = list(rows.select_for_update().order_by("key_version", "id")[:most])
    new = queries.client_key(client_id, version)
    for blob in found:
        place = client_id.bytes + blob.id.bytes
        key = wrapping.unwrap(queries.client_key(client_id, blob.key_version), bytes(blob.wrapped_key), place)
        blob.wrapped_key, blob.key_version = wrapping.wrap(new, key, place), version
    if found:
        Blob.objects.filter(client_id=client_id).bulk_update(found, ["wrapped_key", "key_version"])
    return len(found)


def _people(version: int) -> bytes:
    return wrapping.derive(queries.installation_key("people", version), "person key")

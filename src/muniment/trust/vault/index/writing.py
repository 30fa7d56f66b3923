"""Put things into the bound client's index, and take them out. Each call belongs into the act's own transaction."""

from collections.abc import Iterable
from uuid import UUID

from muniment.core import clock
from muniment.trust.vault import cards
from muniment.trust.vault.index import keys, tokens, words
from muniment.trust.vault.index.models import ClientIndex, IndexedThing
from muniment.trust.vault.index.types import CUT, RULES, WAITING, WHOLE, Thing


def put_name(client_id: UUID, thing: Thing, *, name_before: str | None = None) -> bool:
    """Let a thing be found by its name; return whether its text has to be read (again).

    After a rename (`name_before`) the words of its text are kept; of another edition they are dropped. While the index
    is switched off nothing happens.
    """
    key = keys.key_to_write(client_id)
    if key is None:
        return False
    known = IndexedThing.objects.filter(client_id=client_id, id=thing.id).first()
    if known is None or (known.edition, known.rules) != (thing.edition, RULES):
        _put(client_id, thing, tokens.of_name(key, thing.name), set(), WAITING)
        return True
    before = tokens.of_name(key, thing.name if name_before is None else name_before)
    said = (set(known.tokens) - before) | set(known.shared)
    _put(client_id, thing, tokens.of_name(key, thing.name), said, known.state)
    return known.state == WAITING


def put_text(client_id: UUID, thing: Thing, text: str, state: str) -> None:
    """Let a thing be found by the words of its name and of its text; without a text, `state` says why."""
    key = keys.key_to_write(client_id)
    if key is None:
        return
    found = words.words(cards.mask(text))  # people may let a document with card numbers go; the index has none
    if state == WHOLE and len(found) >= words.WORDS_MOST:
        state = CUT
    _put(client_id, thing, tokens.of_name(key, thing.name), tokens.of_words(key, found), state)


def put_place(client_id: UUID, thing_id: UUID, place_id: UUID | None) -> None:
    """Say that a thing lies elsewhere now."""
    IndexedThing.objects.filter(client_id=client_id, id=thing_id).update(place_id=place_id)


def take_out(client_id: UUID, thing_ids: Iterable[UUID]) -> None:
    """Delete what was indexed of some things; they are found no more."""
    IndexedThing.objects.filter(client_id=client_id, id__in=list(thing_ids)).delete()


def switch_on(client_id: UUID) -> bool:
    """Give the bound client an index again, empty and with a new key; False if it had one."""
    return keys.switch_on(client_id)


def switch_off(client_id: UUID) -> bool:
    """Delete all that was indexed of the bound client, and the key; False if it was off."""
    if not keys.switch_off(client_id):
        return False
    IndexedThing.objects.filter(client_id=client_id).delete()
    return True


def destroy(client_id: UUID) -> None:
    """Delete all that was indexed of the bound client, and the key, because the client's own key is destroyed."""
    rows = ClientIndex.objects.filter(client_id=client_id, switched_off_at=None)
    rows.update(sealed_key=None, switched_off_at=clock.now())
    IndexedThing.objects.filter(client_id=client_id).delete()


def _put(client_id: UUID, thing: Thing, names: set[int], said: set[int], state: str) -> None:
    facts = {
        "sort": thing.sort,
        "kind": thing.kind,
        "place_id": thing.place_id,
        "ranked_at": thing.ranked_at,
        "edition": thing.edition,
        "rules": RULES,
        "state": state,
        "tokens": sorted(names | said),
        "shared": sorted(names & said),
    }
    IndexedThing.objects.update_or_create(client_id=client_id, id=thing.id, defaults=facts)

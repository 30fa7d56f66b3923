"""Things are found by their words and parts of their names; nothing else can be read out of the index."""

from datetime import UTC, datetime, timedelta

import pytest

from muniment.core import ids
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.vault.index import finding, writing
from muniment.trust.vault.index.types import WHOLE, After, Thing

START = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def client(portal):
    """Give the client to which the test is bound."""
    with bound(Binding(portal.okoye)):
        yield portal.okoye


def thing(name, number=0, **more):
    """Return a thing; higher numbers are newer."""
    facts = {"sort": "document", "kind": "pdf", "place_id": None, "edition": 1, **more}
    return Thing(id=ids.new(), name=name, ranked_at=START + timedelta(minutes=number), **facts)


def put(client, name, text=None, number=0, **more):
    """Put a thing into the index and return its id."""
    one = thing(name, number, **more)
    writing.put_name(client, one)
    if text is not None:
        writing.put_text(client, one, text, WHOLE)
    return one.id


def found(client, text, most=50, **more):
    """Return what is found for a text, newest first."""
    question = finding.ask(client, text)
    return [hit.id for hit in finding.find(client, question, sort="document", most=most, **more)] if question else []


def test_a_part_of_a_name_is_found_wherever_it_stands(client):
    lease = put(client, "Lease, 14 Calder Street (scan).pdf")

    for part in ("lease", "LEA", "ald", "14 cald", "(scan)", "eet (sc"):
        assert found(client, part) == [lease], part
    for part in ("leases", "15", "zcalder"):
        assert found(client, part) == [], part


def test_words_are_found_in_the_text_together_with_those_of_the_name(client):
    minutes = put(client, "Minutes.pdf", "Resolved: to renew the lease on the roof")

    assert found(client, "roof") == found(client, "minutes roof RENEW") == [minutes]
    assert found(client, "roo") == found(client, "roof cellar") == []


def test_only_the_walk_and_the_index_together_find_everything_once_and_in_order(client):
    everything = [put(client, f"Common {number % 7}.pdf", "words", number) for number in range(450)]
    rare = [one for number, one in enumerate(everything) if number % 7 == 3]
    rare.reverse()

    pages, after = [], None
    while page := finding.find(client, finding.ask(client, "common 3.pdf"), sort="document", after=after, most=20):
        pages += [hit.id for hit in page]
        after = After(page[-1].ranked_at, page[-1].id)

    assert pages == rare == found(client, "common 3.pdf", most=1000)
    assert found(client, "common words", most=1000) == everything[::-1]
    assert found(client, "3.p", most=5) == rare[:5]

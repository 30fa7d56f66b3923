"""Things are found by their words and parts of their names; nothing else can be read out of the index."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core import ids
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.vault.index import finding, keys, tokens, words, writing
from muniment.trust.vault.index.models import ClientIndex, IndexedThing
from muniment.trust.vault.index.tokens import Question
from muniment.trust.vault.index.types import WHOLE, After, Thing, Within

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


def ask(client, text) -> Question:
    """Return the question behind a text."""
    question = finding.ask(client, text)
    assert question is not None
    return question


def found(client, text, most=50, **more):
    """Return what is found for a text, newest first."""
    return [hit.id for hit in finding.find(client, ask(client, text), sort="document", most=most, **more)]


def sealed_key(client) -> bytes:
    """Return the client's index key as it lies in the database."""
    sealed = ClientIndex.objects.get(client_id=client).sealed_key
    assert sealed is not None
    return bytes(sealed)


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
    while page := finding.find(client, ask(client, "common 3.pdf"), sort="document", after=after, most=20):
        pages += [hit.id for hit in page]
        after = After(page[-1].ranked_at, page[-1].id)

    assert pages == rare == found(client, "common 3.pdf", most=1000)
    assert found(client, "common words", most=1000) == everything[::-1]
    assert found(client, "3.p", most=5) == rare[:5]


PIECES = ("lease", "roof", "Q3", "märz", "a", "2026", "契約", "orchard")
TERMS = st.text(st.sampled_from("leasroofq3mäz 2026契約chd-"), min_size=1, max_size=9)


def brute_force(things, text):
    """Return what should be found for a text: all its terms in the name, or all its words in name and text."""
    asked = tokens.question(bytes(32), text).terms
    if not asked:
        return set()
    said = {word for term in asked for word in words.words(term)}
    fitting = set()
    for thing_id, (name, content) in things.items():
        is_sayable = all(words.words(term) for term in asked)
        known = set(words.words(name)) | set(words.words(content))
        if all(words.is_in_name(term, name) for term in asked) or (is_sayable and said <= known):
            fitting.add(thing_id)
    return fitting


def test_what_is_found_is_what_a_look_at_everything_finds(client):
    chance = random.Random(7)
    things = {}
    for number in range(300):
        name = " ".join(chance.choices(PIECES, k=3)) + ".pdf"
        content = " ".join(chance.choices(PIECES, k=2))
        things[put(client, name, content, number)] = (name, content)

    @settings(max_examples=150)
    @given(text=st.one_of(TERMS, st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(" ".join)))
    def law(text):
        question = ask(client, text)
        hits = finding.find(client, question, sort="document", most=1000) if question.is_answerable else []
        shown = {
            hit.id
            for hit in hits
            if hit.has_words or all(words.is_in_name(term, things[hit.id][0]) for term in question.terms)
        }
        assert shown == brute_force(things, text)
        assert len(hits) == len({hit.id for hit in hits})

    law()


def test_only_the_places_and_things_asked_for_are_looked_at(client):
    place = ids.new()
    inside, alone, elsewhere = put(client, "Lease a", place_id=place), put(client, "Lease b"), put(client, "Lease c")

    within = Within(frozenset({place}), frozenset({alone}))

    assert set(found(client, "lease", within=within)) == {inside, alone}
    assert found(client, "lease", within=Within(frozenset(), frozenset())) == []
    writing.put_place(client, elsewhere, place)
    assert set(found(client, "lease", within=within)) == {inside, alone, elsewhere}


@pytest.mark.control("tenant-isolation")
def test_the_same_word_has_another_token_in_every_client_and_finds_only_there(portal):
    for client_id in (portal.okoye, portal.brandt):
        with bound(Binding(client_id)):
            put(client_id, "Lease.pdf", "the roof")
    with bound(Binding(portal.okoye)):
        ours = ask(portal.okoye, "lease roof")
        (hit,) = finding.find(portal.okoye, ours, sort="document", most=9)
    with bound(Binding(portal.brandt)):
        theirs = ask(portal.brandt, "lease roof")
        assert not set(ours.word_tokens) & set(theirs.word_tokens)
        assert finding.find(portal.brandt, ours, sort="document", most=9) == []
        assert IndexedThing.objects.count() == 1
    assert hit.has_words


@pytest.mark.control("tenant-isolation")
def test_many_clients_are_searched_for_their_own_people_only(portal):
    for client_id in (portal.okoye, portal.brandt):
        with bound(Binding(client_id)):
            put(client_id, "Lease.pdf")
    questions = {}
    for client_id in (portal.okoye, portal.brandt):
        with bound(Binding(client_id)):
            questions[client_id] = ask(client_id, "lease")

    for person, clients in (("ben", {portal.okoye}), ("mallory", {portal.brandt}), ("ada", set())):
        with bound(Binding(None, portal.people[person], "muniment_desk")):
            hits = finding.find_across(questions, sort="document", most=9)
            assert {hit.client_id for hit in hits} == clients, person
    with bound(Binding(portal.okoye, portal.people["cleo"])), pytest.raises(ProgrammingError, match="denied"):
        finding.find_across(questions, sort="document", most=9)


@pytest.mark.usefixtures("client")
def test_nobody_names_the_client_to_search_in(portal):
    asked = "select * from app.match_indexed(%s, 'document', '', '{1}', '{1}', null, null, null, null, 9)"

    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(asked, [portal.brandt])


@pytest.mark.control("rest-documents")
def test_no_word_can_be_read_in_the_tables(client):
    put(client, "Zanzibar.pdf", "Zanzibar and Timbuktu")

    with connection.cursor() as cursor:
        cursor.execute("select t::text from indexed_thing t union all select i::text from client_index i")
        dump = "".join(row for (row,) in cursor.fetchall()).lower()

    assert len(dump) > 200
    for word in ("zanzibar", "timbuktu"):
        assert word not in dump
        assert word.encode().hex() not in dump


def test_sealing_the_index_key_again_leaves_every_token_as_it_is(client):
    lease = put(client, "Lease.pdf")
    before = sealed_key(client)

    keys.seal_again(client)

    assert sealed_key(client) != before
    assert found(client, "lease") == [lease]


@pytest.mark.control("gdpr-minimisation")
def test_switching_off_deletes_everything_and_the_key(client):
    put(client, "Lease.pdf")

    assert writing.switch_off(client)
    put(client, "Later.pdf")
    assert (IndexedThing.objects.count(), ClientIndex.objects.get(client_id=client).sealed_key) == (0, None)
    assert finding.ask(client, "lease") is None
    assert not writing.switch_off(client)

    assert writing.switch_on(client)
    assert found(client, "lease") == []
    later = put(client, "Later.pdf")
    assert found(client, "later") == [later]


def test_what_is_destroyed_with_the_clients_key_is_found_no_more(client):
    put(client, "Lease.pdf")

    writing.destroy(client)

    assert finding.ask(client, "lease") is None
    assert (IndexedThing.objects.count(), ClientIndex.objects.get(client_id=client).sealed_key) == (0, None)


def test_a_search_uses_the_index_of_tokens_and_reads_no_table_whole(client):
    for number in range(600):  # more than are looked at one by one
        put(client, f"Statement {number}.pdf", None, number)

    with connection.cursor() as cursor:
        cursor.execute("select seq_scan from pg_stat_xact_user_tables where relname = 'indexed_thing'")
        before = cursor.fetchone()
        assert len(found(client, "statement 17")) == 11
        cursor.execute("select seq_scan from pg_stat_xact_user_tables where relname = 'indexed_thing'")
        assert cursor.fetchone() == before

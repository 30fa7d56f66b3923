"""Lists cost the same however many documents there are, and page without gaps."""

import json
import os
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.core.errors import Invalid
from muniment.core.unit import acting_as
from muniment.portal.documents import actions, queries
from muniment.portal.documents.queries import lists as listing
from muniment.portal.documents.types import Cursor
from tests.portal.documents.uploading import add

MANY = 20_000
FILL = (
    "insert into document (client_id, id, folder_id, name, kind, label, media_type, size_bytes, version_count, "
    "created_at, created_by, changed_at, changed_by) select %s, gen_random_uuid(), %s, '', 'pdf', 'normal', "
    "'application/pdf', n %% 977, 1, now(), null, timestamptz '2026-01-01' + n %% 5000 * interval '1 minute', null "
    "from generate_series(1, %s) n"
)


def analyze():
    """Let the planner know the table, as autovacuum does after a while."""
    run = Path(os.environ["MUNIMENT_DATA"]) / "run"
    dsn = f"host={run} user=muniment_super dbname={connection.settings_dict['NAME']}"
    with psycopg.connect(dsn, autocommit=True) as server:
        server.execute("analyze app.document")


@pytest.fixture
def full(portal, cleo):
    """Give a folder of twenty thousand documents; their names are not opened by what is tried here."""
    folder = actions.create_folder(cleo, name="Archive")
    with acting_as(cleo), connection.cursor() as cursor:
        for place in (folder.id, None):
            cursor.execute(FILL, [cleo.client, place, MANY])
    analyze()
    return folder.id


def plan(sql, parameters):
    """Return the nodes of how the web role's query runs, under row security."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("muniment_app",)
        cursor.execute("explain (format json) " + sql, parameters)
        (found,) = cursor.fetchone()
    tree = json.loads(found) if isinstance(found, str) else found
    nodes, stack = [], [tree[0]["Plan"]]
    while stack:
        node = stack.pop()
        nodes.append(node)
        stack += node.get("Plans", [])
    return nodes


class _Captured(Exception):
    """The query that lists documents, not run."""


def query_of(actor, folder_id, **wanted):
    """Return the statement with which a page of a list is read."""

    def capture(execute, sql, params, many, context):
        if 'FROM "document"' in sql:
            raise _Captured(sql, params)
        return execute(sql, params, many, context)

    with pytest.raises(_Captured) as captured, connection.execute_wrapper(capture):
        queries.documents_in(actor, folder_id, **wanted)
    return captured.value.args


@pytest.mark.parametrize(("sort", "index"), [("changed", "document_by_change"), ("size", "document_by_size")])
@pytest.mark.parametrize("direction", ["", "older", "newer"])
def test_a_page_of_a_full_folder_reads_one_index_and_sorts_nothing(cleo, full, sort, index, direction):
    value = "2026-01-03T00:00:00+00:00" if sort == "changed" else "400"
    where = {direction: Cursor(value, full)} if direction else {}

    statement = query_of(cleo, full, sort=sort, **where)
    with acting_as(cleo):
        nodes = plan(*statement)

    assert [node["Index Name"] for node in nodes if "Index Name" in node] == [index]
    assert not any(node["Node Type"] in ("Sort", "Seq Scan", "Bitmap Heap Scan") for node in nodes)


def test_every_document_is_on_exactly_one_page(cleo, full, monkeypatch):
    monkeypatch.setattr(listing, "document_facts", lambda row: row.id)
    for sort in ("changed", "size"):
        seen, older = [], None
        for _page in range(MANY // 100 + 1):
            page = queries.documents_in(cleo, full, sort=sort, older=older, limit=100)
            seen += page.rows
            older = page.older
            if older is None:
                break
        assert len(seen) == len(set(seen)) == MANY


def test_a_folder_too_full_to_sort_by_name_says_so(cleo, full, monkeypatch):
    monkeypatch.setattr(listing, "document_facts", lambda row: row.id)

    page = queries.documents_in(cleo, full, sort="name")

    assert (page.is_too_full, page.is_by_name, len(page.rows)) == (True, False, 50)
    assert page.older is not None


def test_counting_a_full_folder_stops(cleo, full):
    (folder,) = queries.folders_in(cleo)

    assert folder.documents == 200


def test_names_are_sorted_whatever_their_case(cleo):
    for name in ("beta.txt", "Alpha.txt", "gamma.txt"):
        add(cleo, name, b"x")

    by_name = [row.name for row in queries.documents_in(cleo, sort="name").rows]

    assert by_name == ["Alpha.txt", "beta.txt", "gamma.txt"]


@pytest.mark.control("server-validation")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(max_size=30), sort=st.sampled_from(["changed", "size"]))
def test_a_page_that_begins_nowhere_is_refused_or_empty(cleo, value, sort):
    cursor = Cursor(value, cleo.client)

    try:
        page = queries.documents_in(cleo, sort=sort, older=cursor)
    except Invalid:
        return
    assert page.rows == []

"""However many grants somebody has, a decision asks as many questions as with one."""

import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.portal.documents.models import Document
from muniment.trust.access import queries
from muniment.trust.access.models import Grant, Role
from tests.cast import Portal

MANY = 10_000
SLOWEST_SECONDS = 5.0


def _documents(portal: Portal, number: int) -> list[Document]:
    rows = []
    for _ in range(number):
        row = Document(client_id=portal.okoye, name="A.pdf", kind="pdf", media_type="application/pdf", size_bytes=1)
        row.save(force_insert=True)
        rows.append(row)
    return rows


def _asked(actor: Actor, document_id) -> tuple[int, float]:
    """Return how many statements a decision takes, and how long."""
    begun = time.monotonic()
    with CaptureQueriesContext(connection) as asked:
        assert queries.find(actor, "document:view", Document, document_id).pk == document_id
    return len(asked), time.monotonic() - begun


def test_ten_thousand_grants_on_one_person(portal: Portal):
    dan = portal.actor("dan")
    with acting_as(Actor.system(portal.okoye)):
        first, last, other = _documents(portal, 3)
        viewer = Role.objects.get(name="viewer")

        def given(document_id) -> Grant:
            return Grant(
                client_id=portal.okoye,
                person_id=dan.person_id,
                role=viewer,
                scope_kind="document",
                scope_id=document_id,
                purpose="Tests",
            )

        given(first.pk).save()
    with acting_as(dan):
        few, _seconds = _asked(dan, first.pk)
    with acting_as(Actor.system(portal.okoye)):
        Grant.objects.bulk_create([given(ids.new()) for _ in range(MANY - 2)], batch_size=1000)
        given(last.pk).save()
    with acting_as(dan):
        many, seconds = _asked(dan, last.pk)

        assert many == few
        assert seconds < SLOWEST_SECONDS
        assert {row.pk for row in queries.visible(dan, "document:view", Document)} == {first.pk, last.pk}
        assert not queries.visible(dan, "document:view", Document).filter(pk=other.pk).exists()
        assert queries.standing(dan).verbs >= {"document:view"}

"""Everything that is kept is on the map: what it is for, how long, and how it is protected."""

import csv
import io
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.db import connection, models
from django.test.utils import isolate_apps

from muniment.core.data_map import Class, Kept, clear, content, personal, reading, secret, writing
from muniment.trust.vault.fields import PeopleText, SealedText

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.control("data-map")


def test_every_field_of_every_model_is_on_the_map():
    assert reading.problems() == []


def test_every_line_says_what_for_how_long_and_how_it_is_protected():
    assert all(line.purpose and line.until and line.protection for line in reading.lines())
    assert {line.kind for line in reading.lines()} == set(Class)


def test_every_column_of_the_database_is_on_the_map(database):
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 "
            "and not a.attisdropped where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') "
            "and not c.relispartition"
        )
        columns = set(cursor.fetchall())

    assert {column for column in columns if column not in _mapped()} == set()
    assert len(columns) > 200


def test_a_field_without_a_class_stops_the_start(monkeypatch):
    from muniment.portal.documents.models import Folder

    rest = {name: datum for name, datum in Folder.DATA.fields.items() if name != "name"}
    monkeypatch.setattr(Folder, "DATA", Kept("always", **rest))

    found = [error.msg for error in run_checks(tags=["muniment"])]

    assert found == ["documents.Folder.name has no class: personal, content, secret or clear"]


@pytest.mark.control("rest-personal")
@pytest.mark.parametrize(
    ("field", "datum", "problem"),
    [
        (models.TextField(), personal("Name"), "is classed personal but not sealed, and says no reason"),
        (models.TextField(), content("Words"), "is classed content but not sealed, and says no reason"),
        (models.BinaryField(), secret("Key"), "is classed secret but not sealed, and says no reason"),
        (models.TextField(), personal("Name", kept_as="sealed"), "is sealed before it is saved, they say"),
        (models.TextField(), clear("Words"), "is a TextField in the clear, and says no reason"),
        (models.JSONField(), clear("Facts"), "is a JSONField in the clear, and says no reason"),
        (models.BinaryField(), clear("Bytes"), "is a BinaryField in the clear, and says no reason"),
        (models.EmailField(), clear("Mail", "for a reason"), "is a EmailField, and classed clear"),
        (models.GenericIPAddressField(), clear("IP", "for a reason"), "is a GenericIPAddressField, and classed clear"),
        (SealedText(), clear("Words"), "is sealed, and classed clear"),
        (PeopleText(), personal("Name", because="it is not"), "is sealed, and says that it is not"),
        (models.IntegerField(), clear(""), "says no purpose"),
        (SealedText(), content("Words"), ""),
        (PeopleText(), personal("Name"), ""),
        (models.TextField(), content("Words", because="for a reason"), ""),
        (models.BinaryField(), secret("Key", kept_as="wrapped"), ""),
        (models.TextField(), clear("State", "one of two words"), ""),
        (models.IntegerField(), clear("Size"), ""),
    ],
)
@isolate_apps("tests")
def test_a_class_that_the_type_contradicts_stops_the_start(field, datum, problem):
    class Thing(models.Model):
        word = field
        DATA = Kept("always", word=datum)

        class Meta:
            app_label = "tests"

    found = reading.problems([Thing])

    assert [problem in one for one in found] == ([True] if problem else [])


@isolate_apps("tests")
def test_a_model_that_says_nothing_and_a_name_that_is_gone_are_found():
    class Silent(models.Model):
        class Meta:
            app_label = "tests"

    class Late(models.Model):
        DATA = Kept("", gone=clear("Nothing"))

        class Meta:
            app_label = "tests"

    assert reading.problems([Silent, Late]) == [
        "tests.Silent does not say what it keeps: give it DATA = Kept(...)",
        "tests.Late.gone is in the data map but not in the model",
        "tests.Late does not say until when its rows stay",
    ]


def test_the_page_of_the_map_is_up_to_date():
    written = (ROOT / "docs" / "data-map.md").read_text(encoding="utf-8")

    assert written == writing.markdown(), "write it anew: muniment data-map > docs/data-map.md"


def test_the_csv_has_a_line_for_every_field():
    rows = list(csv.DictReader(io.StringIO(writing.as_csv())))

    assert len([row for row in rows if row["table"] and row["field"]]) == len(reading.lines())
    assert all(row["class"] and row["purpose"] and row["kept until"] and row["protection"] for row in rows)


def _mapped():
    """Return (table, column) of everything on the map."""
    from django.apps import apps

    of_models = {
        (model._meta.db_table, field.column)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
    }
    beside = {(line.table, line.field) for line in reading.lines()}
    return of_models | beside

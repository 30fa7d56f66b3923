"""Days that people type can be counted from."""

from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

import muniment
from muniment.core.days import FIRST, LAST, DayField
from muniment.portal.documents.link_forms import LinkForm
from muniment.web.views.log.filters import LogForm


@pytest.mark.parametrize("day", ["9999-12-31", "3000-01-01", "1899-12-31", "0001-01-01"])
def test_a_day_that_nothing_can_be_counted_from_is_refused(day):
    link = LinkForm({"email": "a@b.example", "until": day, "uses": "5", "why": "Papers"}, is_folder=False)

    with pytest.raises(ValidationError, match="too far away"):
        DayField().clean(day)
    assert list(link.errors) == ["until"]
    assert list(LogForm({"until": day}).errors) == ["until"]


@pytest.mark.parametrize("day", [FIRST, date(2026, 11, 22), LAST])
def test_other_days_are_taken(day):
    assert DayField().clean(day.isoformat()) == day


def test_every_form_takes_days_this_way():
    source = Path(muniment.__file__).parent

    assert [
        path for path in source.rglob("*.py") if "forms.DateField(" in path.read_text() and path.stem != "days"
    ] == []

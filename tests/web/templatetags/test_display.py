"""Sizes, moments and names as pages print them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from muniment.core import clock
from muniment.web.templatetags import display


@pytest.fixture
def noon(monkeypatch):
    moment = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1 KB"),
        (184_400, "184 KB"),
        (3_250_000, "3.2 MB"),
        (60_000_000, "60 MB"),
        (10_300_000_000, "10.3 GB"),
        (5_000_000_000_000_000, "5000 TB"),
        (None, ""),
    ],
)
def test_a_size_has_one_decimal_only_where_it_tells_something(size_bytes, shown):
    assert display.size(size_bytes) == shown


def test_the_decimal_sign_is_the_languages_own():
    with translation.override("de"):
        assert display.size(3_250_000) == "3,2 MB"


def test_a_recent_moment_has_its_time_and_an_old_one_its_day(noon):
    assert display.when(noon - timedelta(minutes=18)) == "Today, 11:42"
    assert display.when(noon - timedelta(days=1)) == "Yesterday, 12:00"
    assert display.when(noon - timedelta(days=3)) == "18 Nov"
    assert display.when(noon - timedelta(days=400)) == "17 Oct 2025"
    assert display.when(None) == ""


def test_a_moment_is_told_in_the_readers_zone(noon):
    with timezone.override("Pacific/Auckland"):  # there it is already tomorrow, one in the morning
        assert display.when(noon) == "Today, 01:00"
        assert display.when(noon - timedelta(hours=2)) == "Yesterday, 23:00"
        assert display.day(noon) == "Today"


def test_what_is_left_names_the_end(noon):
    assert display.left(None) == "no end"
    assert display.left(noon) == "ended"
    assert display.left(noon + timedelta(hours=3)) == "until today, 15:00"
    assert display.left(noon + timedelta(days=40)) == "until 31 Dec 2026"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Ada Harcourt", "AH"), ("zoë", "Z"), ("Anna Maria von Stein", "AS"), ("  ", "?"), (None, "?")],
)
def test_initials_are_those_of_the_first_and_the_last_word(name, shown):
    assert display.initials(name) == shown


def test_a_name_always_has_the_same_colour():
    assert display.tone("Cleo Okoye") == display.tone("Cleo Okoye")
    assert {display.tone(f"Person {number}") for number in range(40)} == set(display.TONES)


@pytest.mark.parametrize(
    ("media_type", "word"),
    [
        ("application/pdf", "PDF"),
        ("TEXT/CSV; charset=utf-8", "Spreadsheet"),
        ("text/x-unheard-of", "Text"),
        ("image/heic", "Picture"),
        ("application/x-unheard-of", "File"),
        ("", "File"),
        (None, "File"),
    ],
)
def test_a_kind_is_found_by_the_type_or_by_its_first_half(media_type, word):
    assert display.kind(media_type).word == word

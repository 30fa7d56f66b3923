"""How sizes, moments, people and kinds of documents look on a page. Only looks: nothing here decides or queries."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from django import template
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as lazy

from muniment.core import clock

register = template.Library()

THOUSAND: Final = 1000
DECIMALS_BELOW: Final = 100
UNITS: Final = ("B", "KB", "MB", "GB", "TB")
TONES: Final = ("tone-brand", "tone-blue", "tone-brass", "tone-green")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a document is to a reader: an icon of the sprite, a colour, a word."""

    icon: str
    tone: str
    word: str | Promise


PDF: Final = Kind(icon="file-text", tone="tone-red", word=lazy("PDF"))
TEXT: Final = Kind(icon="file-text", tone="tone-blue", word=lazy("Text"))
WRITTEN: Final = Kind(icon="file-type", tone="tone-blue", word=lazy("Document"))
SHEET: Final = Kind(icon="file-spreadsheet", tone="tone-green", word=lazy("Spreadsheet"))
SLIDES: Final = Kind(icon="presentation", tone="tone-brass", word=lazy("Slides"))
PICTURE: Final = Kind(icon="file-image", tone="tone-brass", word=lazy("Picture"))
VIDEO: Final = Kind(icon="file-video-camera", tone="tone-brand", word=lazy("Video"))
SOUND: Final = Kind(icon="file-headphone", tone="tone-brand", word=lazy("Sound"))
ARCHIVE: Final = Kind(icon="file-archive", tone="tone-brass", word=lazy("Archive"))
MAIL: Final = Kind(icon="mail", tone="tone-blue", word=lazy("Mail"))
OTHER: Final = Kind(icon="file", tone="tone-plain", word=lazy("File"))

# A type is looked up whole, then by its first half; the office formats share one long prefix each.
KINDS: Final = {
    "application/pdf": PDF,
    "application/msword": WRITTEN,
    "application/rtf": WRITTEN,
    "application/vnd.oasis.opendocument.text": WRITTEN,
    "application/vnd.oasis.opendocument.spreadsheet": SHEET,
    "application/vnd.oasis.opendocument.presentation": SLIDES,
    "application/vnd.ms-excel": SHEET,
    "application/vnd.ms-powerpoint": SLIDES,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": WRITTEN,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": SHEET,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": SLIDES,
    "application/zip": ARCHIVE,
    "application/gzip": ARCHIVE,
    "application/x-7z-compressed": ARCHIVE,
    "application/x-tar": ARCHIVE,
    "application/json": TEXT,
    "application/xml": TEXT,
    "message/rfc822": MAIL,
    "text/csv": SHEET,
    "text": TEXT,
    "image": PICTURE,
    "video": VIDEO,
    "audio": SOUND,
}


@register.filter
def kind(media_type: str | None) -> Kind:
    """Return the kind of a media type, so that a template can print its icon, tone and word."""
    return _kind(media_type or "", get_language())


@lru_cache(maxsize=1024)
def _kind(media_type: str, _language: str | None) -> Kind:
    """Return a kind with its word already in one language: lists print it a hundred times."""
    name = media_type.partition(";")[0].strip().lower()
    found = KINDS.get(name) or KINDS.get(name.partition("/")[0]) or OTHER
    return replace(found, word=str(found.word))


@register.filter
def size(size_bytes: int | None) -> str:
    """Return a size as people read it: thousands, one decimal from megabytes on while it tells something."""
    if size_bytes is None:
        return ""
    value, step = float(size_bytes), 0
    while value >= THOUSAND and step < len(UNITS) - 1:
        value, step = value / THOUSAND, step + 1
    decimals = 1 if step > 1 and value < DECIMALS_BELOW else 0
    # Below a thousand nothing is grouped, so only the decimal sign depends on the language.
    shown = f"{value:.{decimals}f}".removesuffix(".0")
    return f"{shown} {UNITS[step]}".replace(".", formats.get_format("DECIMAL_SEPARATOR"))


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment)


def _days_ago(day: date) -> int:
    return (today() - day).days


@register.filter
def when(moment: datetime | None) -> str:
    """Return a moment in the reader's zone, as short as it can be told: with the time while it is recent."""
    return "" if moment is None else told(moment, today())


def today() -> date:
    """Return the day it is in the reader's zone."""
    return _local(clock.now()).date()


def told(moment: datetime, this_day: date) -> str:
    """Return `when(moment)` on a known day, for lists that ask for many."""
    local = _local(moment)
    shown = local.date()
    ago = (this_day - shown).days
    if ago == 0:
        return gettext("Today, %(time)s") % {"time": f"{local:%H:%M}"}
    if ago == 1:
        return gettext("Yesterday, %(time)s") % {"time": f"{local:%H:%M}"}
    return _short(shown, get_language(), with_year=shown.year != this_day.year)


@lru_cache(maxsize=1024)
def _short(day_shown: date, _language: str | None, *, with_year: bool) -> str:
    """Return a day as "18 Nov" in one language: lists print the same few days again and again."""
    return formats.date_format(day_shown, "j M Y" if with_year else "j M")


@register.filter
def whole(moment: datetime | None) -> str:
    """Return a moment in full, for titles and for places where a day's name alone is not enough."""
    return "" if moment is None else formats.date_format(_local(moment), "l j F Y, H:i")


@register.filter
def day(moment: datetime | date | None) -> str:
    """Return the day of a moment in the reader's zone: Today, Yesterday, or its name and date."""
    if moment is None:
        return ""
    local = _local(moment).date() if isinstance(moment, datetime) else moment
    named = {0: gettext("Today"), 1: gettext("Yesterday")}
    return named.get(_days_ago(local)) or formats.date_format(local, "l j F Y")


@register.filter
def left(moment: datetime | None) -> str:
    """Return how long it is until a moment: "in 3 days", "today", or that it is over."""
    if moment is None:
        return gettext("no end")
    gap = moment - clock.now()
    if gap <= timedelta(0):
        return gettext("ended")
    days = -_days_ago(_local(moment).date())
    if days == 0:
        return gettext("until today, %(time)s") % {"time": f"{_local(moment):%H:%M}"}
    return gettext("until %(day)s") % {"day": formats.date_format(_local(moment), "j M Y")}


@register.filter
def initials(name: str | None) -> str:
    """Return the first letters of a name's first and last word, for the round picture of a person."""
    words = (name or "").split()
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def tone(name: str | None) -> str:
    """Return a colour for a name: the same name always gets the same one."""
    return TONES[sum(map(ord, name or "")) % len(TONES)]

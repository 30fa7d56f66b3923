"""Answers: what was typed, made what is kept, or refused."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from muniment.portal.checklists.errors import AnswerRefused

TEXT_MOST = 20_000
REMARK_MOST = 4_000
_DIGITS_MOST = 18


def clean(kind: str, shape: str, choices: Sequence[str], raw: str) -> str:
    """Return an answer as it is kept: a text, one of the choices, a number, an ISO day, "yes" or "no".

    Raises:
        AnswerRefused: it is empty, or not of the kind that is asked for.
    """
    text = raw.strip()
    if not text or len(text) > TEXT_MOST or kind == "upload":
        raise AnswerRefused
    if kind == "read":
        return _one_of(text, ("yes",))
    if kind == "approve" or shape == "yes-no":
        return _one_of(text, ("yes", "no"))
    if shape == "choice":
        return _one_of(text, choices)
    if shape == "number":
        return _number(text)
    return _day(text) if shape == "date" else text


def _one_of(text: str, known: Sequence[str]) -> str:
    if text not in known:
        raise AnswerRefused
    return text


def _number(text: str) -> str:
    """Return a number with a point and without spaces; "1 234,50" is "1234.50"."""
    plain = "".join(text.split()).replace("\u2019", "").replace("'", "")
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".") if plain.count(",") == 1 else plain.replace(",", "")
    try:
        number = Decimal(plain.replace(",", ""))
    except InvalidOperation as error:
        raise AnswerRefused from error
    if not number.is_finite() or len(number.as_tuple().digits) > _DIGITS_MOST or abs(number.adjusted()) > _DIGITS_MOST:
        raise AnswerRefused
    return format(number, "f")


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise AnswerRefused from error

"""What the meter beside a new password says while somebody types: the rules of the form itself, and why.

The browser sends what is typed to the page it will be sent to anyway, with a header that says that it is only to be
judged: so the words and rules are those of this very form, and no other address judges passwords.
"""

from typing import Any, Final

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from muniment.trust.identity import limits, passwords, queries
from muniment.trust.identity.errors import TooManyTries
from muniment.trust.identity.strength.forms import NewPassword

HEADER: Final = "X-Judge-Only"
A_MINUTE: Final = 240  # of one source: a person who types all the time asks 120 times
FILLED_TO: Final = 1200  # the length of an answer tells whoever counts the bytes on the wire nothing
WEAKEST_FIRST = (
    lazy("Very easy to guess"),
    lazy("Easy to guess"),
    lazy("Can be guessed with patience"),
    lazy("Hard to guess"),
    lazy("Very hard to guess"),
)
_WORDS = {
    "passwords": lazy("a password that many people use"),
    "user_inputs": lazy("your own name, address or company"),
    "male_names": lazy("a first name"),
    "female_names": lazy("a first name"),
    "surnames": lazy("a family name"),
}
_PATTERNS = {
    "dictionary": lazy("a common word"),
    "spatial": lazy("keys that lie side by side"),
    "repeat": lazy("something that repeats"),
    "sequence": lazy("a row such as abc or 123"),
    "regex": lazy("a year"),
    "date": lazy("a date"),
}


def is_asked(request: HttpRequest) -> bool:
    """Return whether the password of a form is only to be judged."""
    return request.method == "POST" and request.headers.get(HEADER) == "1"


def answer(request: HttpRequest, form: NewPassword) -> JsonResponse:
    """Answer what is to be said of the password typed so far; nothing is kept, and nobody else is asked."""
    if limits.count_from("judging", queries.visitor(request).ip, window_seconds=60) > A_MINUTE:
        raise TooManyTries
    said = judged(form.typed("password1"), form.owner())
    said["fill"] = "." * max(0, FILLED_TO - len(str(said)))
    return JsonResponse(said)


def judged(password: str, owner: passwords.Owner) -> dict[str, Any]:
    """Return how hard a password is to guess (0 to 4), whether it will do, and why not, in sentences."""
    if not password:
        return {"score": 0, "good": False, "says": "", "why": []}
    problems = passwords.problems(password, owner, asking=False)
    weakest = passwords.weakest_reading(password, owner)
    score = weakest["score"] if not problems else min(weakest["score"], passwords.LOWEST_SCORE - 1)
    why = list(problems)
    if problems and (seen := _seen(weakest)):
        why.append(_("Easy to guess in it: %s.") % ", ".join(seen))
    return {"score": score, "good": not problems, "says": str(WEAKEST_FIRST[score]), "why": why}


def _seen(weakest: dict[str, Any]) -> list[str]:
    """Return what is easy to guess in a password, without repeating it."""
    found = [
        str(_WORDS.get(match.get("dictionary_name", ""), _PATTERNS.get(match["pattern"], "")))
        for match in weakest["sequence"]
    ]
    return list(dict.fromkeys(one for one in found if one))

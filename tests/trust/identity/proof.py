"""The sum that a page asks for after several failures, done as a browser does it."""

import base64
import json
import re
from typing import Any

import altcha


def asked(answer: Any) -> str:
    """Return the sum on a page; empty where it asks for none."""
    found = re.search(r'name="asked" value="([^"]+)"', answer.content.decode())
    return found[1] if found else ""


def solution(challenge: str) -> str:
    """Return the solution of a sum, as the script of the page posts it."""
    given = altcha.Challenge.from_dict(json.loads(base64.b64decode(challenge)))
    found = altcha.solve_challenge(given)
    assert found is not None
    payload = {"challenge": given.to_dict(), "solution": {"counter": found.counter, "derivedKey": found.derived_key}}
    return base64.b64encode(json.dumps(payload).encode()).decode()


def solved(answer: Any) -> dict[str, str]:
    """Return the fields that a page with a sum posts once it is done."""
    challenge = asked(answer)
    assert challenge, "the page asks for no sum"
    return {"asked": challenge, "altcha": solution(challenge)}

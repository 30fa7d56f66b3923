"""What the tests of coming and going move: the clock."""

from collections.abc import Callable
from datetime import timedelta

import pytest


@pytest.fixture
def wait(monkeypatch) -> Callable[[float], None]:
    """Give a function that lets days pass; each call counts from the real moment."""
    from django.utils import timezone

    from muniment.core import clock

    real = clock.now

    def days(number: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=number))
        monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(days=number))  # Django's: of the last sign-in

    return days

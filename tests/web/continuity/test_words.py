"""Everything that can happen has a sentence, and lengths are said as people say them."""

import re
from pathlib import Path
from typing import get_args

import pytest

from muniment.assurance.continuity.types import Kind, Trouble, What
from muniment.assurance.continuity.types.drills import CheckName, Outcome
from muniment.operations import continuity
from muniment.operations.continuity import command_restore
from muniment.web.views.continuity import words


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (get_args(Kind), words.KINDS),
        (get_args(What), words.WHAT),
        (get_args(CheckName), words.CHECKS),
        (get_args(Outcome), words.OUTCOMES),
        ([one.value for one in Trouble], words.TROUBLES),
    ],
)
def test_every_word_of_the_code_has_words_for_people(known, said):
    assert set(known) == set(said)


def test_every_step_that_the_agent_reports_has_words():
    folder = Path(continuity.__file__).parent
    told = re.compile(r'\b(?:report|told)\("([a-z-]+)"')
    steps = {step for path in folder.rglob("*.py") for step in told.findall(path.read_text())}
    of_commands = set(command_restore.STEPS)  # of a restore of everything, which runs where there are no pages

    assert {"waiting", "room", "replay"} <= steps
    assert {step for step in steps - of_commands if words.step("drill", step) == step} == set()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0.4, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (130, "2 min 10 s"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
        (86400, "1 day"),
        (180000, "2 days 2 h"),
    ],
)
def test_a_length_is_said_in_its_two_largest_units(seconds, said):
    assert words.lasted(seconds) == said

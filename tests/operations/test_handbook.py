"""Every command that the documents tell people to type is one that there is, with the options that they name."""

from typing import Any

import pytest
import typer

from muniment.operations.command import commands
from tests.operations import handbook

FIRST = {"up", "restore", "backup", "keys", "drill", "upgrade"}  # a handbook without them was not read


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """Return the command that the first words name, and the words after them."""
    command: Any = typer.main.get_command(commands)
    at = 0
    while at < len(words) and words[at] in getattr(command, "commands", {}):
        command, at = command.commands[words[at]], at + 1
    return command, words[at:]


def parse(words: list[str]) -> None:
    """Read a line as the command would, and do nothing of it; whatever is wrong with it raises."""
    command, rest = command_of(words)
    if hasattr(command, "commands") and (not command.invoke_without_command or (rest and rest[0][:1] != "-")):
        raise LookupError(f"there is no command {' '.join(words)}")
    command.make_context(command.name, list(rest))


def test_every_line_to_type_is_understood():
    found = [(page, words) for page in handbook.pages() for words in handbook.lines(page)]

    for page, words in found:
        try:
            parse(words)
        except Exception as error:
            raise AssertionError(f"{page.name}: muniment {' '.join(words)}") from error
    assert {words[0] for page, words in found if page == handbook.HANDBOOK} >= FIRST


def test_every_command_that_is_named_is_there():
    named = [(page.name, words) for page in handbook.pages() for words in handbook.named(page)]

    unknown = [
        (page, words)
        for page, words in named
        for command, rest in [command_of(words)]
        if not words or (hasattr(command, "commands") and rest)
    ]

    assert named
    assert not unknown


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("backup runn", "no command"),
        ("nothing", "no command"),
        ("restore --plann", "No such option"),
        ("keys sheet --people 5", "Missing parameter"),
        ("restore document", "Missing parameter"),
        ("upgrade now", "unexpected extra argument"),
    ],
)
def test_a_line_that_no_command_takes_is_noticed(wrong: str, said: str):
    with pytest.raises(Exception, match=said):
        parse(wrong.split())

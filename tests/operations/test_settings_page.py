"""docs/settings.md is what the settings themselves say."""

from pathlib import Path

from muniment.core.config.reading import FIELDS
from muniment.operations import settings_page
from tests.operations.conftest import ROOT


def test_the_page_of_settings_is_up_to_date() -> None:
    written = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    assert written == settings_page.render(), "write it anew: muniment settings > docs/settings.md"


def test_every_setting_is_on_the_page() -> None:
    page = settings_page.render()

    assert all(f"## `MUNIMENT_{name.upper()}`" in page for name in FIELDS)


def test_the_page_names_no_place_of_the_machine_it_was_written_on() -> None:
    assert str(Path.cwd()) not in settings_page.render()

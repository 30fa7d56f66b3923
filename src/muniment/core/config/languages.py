"""Languages that pages and mails can be in: those of the portal, and those a firm added as catalogues."""

from pathlib import Path
from typing import Final

from django.conf.locale import LANG_INFO

SHIPPED: Final = (("en-gb", "English (United Kingdom)"), ("en-us", "English (United States)"))


def languages(data: Path) -> list[tuple[str, str]]:
    """Return codes and names of every language: the shipped ones, then each with a catalogue in the data directory.

    A catalogue is `locale/<language>/LC_MESSAGES/django.mo`; one of a language that Django does not know is left out.
    """
    found = dict(SHIPPED)
    for catalogue in sorted((data / "locale").glob("*/LC_MESSAGES/django.mo")):
        code = catalogue.parent.parent.name.replace("_", "-").lower()
        if code in LANG_INFO and code not in found:
            found[code] = str(LANG_INFO[code].get("name_local", code))
    return list(found.items())

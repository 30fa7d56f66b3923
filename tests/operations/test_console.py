"""What the terminal shows is what was said."""

import io

from rich.console import Console

from muniment.operations.console import Screen


def test_a_fingerprint_is_printed_as_it_is() -> None:
    written = io.StringIO()
    fingerprint = ":".join(["CD", "AB", "VS", "OK"] * 8)  # between colons, several of these are names of pictures

    Screen(Console(file=written)).tell("certificate", fingerprint=fingerprint, authority=None)

    assert fingerprint in written.getvalue()

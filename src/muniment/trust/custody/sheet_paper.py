"""Recovery sheets on paper: a page for each person, with their words and what to do with them."""

import io
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from muniment.core import config
from muniment.trust.custody.types import NewSheet

COLUMNS = 3


def sheet_page(new: NewSheet, number: int) -> bytes:
    """Return the page of one person as PDF; `number` counts from 1."""
    return _pdf(_flow(new, number))


def sheet_pages(new: NewSheet) -> bytes:
    """Return the pages of all people as one PDF, to be printed and parted."""
    flow: list[Any] = []
    for number in range(1, len(new.shares) + 1):
        flow += [*_flow(new, number), PageBreak()]
    return _pdf(flow[:-1])


def sheet_text(new: NewSheet, number: int) -> str:
    """Return the page of one person as text."""
    words = new.shares[number - 1].split()
    numbered = [f"{place:>2} {word:<12}" for place, word in enumerate(words, 1)]
    rows = ["  ".join(numbered[start : start + COLUMNS]).rstrip() for start in range(0, len(words), COLUMNS)]
    title, *lines = _lines(new, number)
    return "\n".join([title, "", *rows, "", *lines, ""])


def _flow(new: NewSheet, number: int) -> list[Any]:
    styles = getSampleStyleSheet()
    words = [f"{place}  {word}" for place, word in enumerate(new.shares[number - 1].split(), 1)]
    height = -(-len(words) // COLUMNS)
    cells = [words[row::height] for row in range(height)]
    title, *lines = _lines(new, number)
    table = Table(cells, colWidths=[160] * COLUMNS, style=[("FONT", (0, 0), (-1, -1), "Courier", 12)])
    flow: list[Any] = [Paragraph(_plain(title), styles["Heading1"]), Spacer(1, 6), table, Spacer(1, 12)]
    for line in lines:
        flow += [Paragraph(_plain(line), styles["Normal"]), Spacer(1, 5)]
    return flow


def _lines(new: NewSheet, number: int) -> list[str]:
    """Return what stands on a page: its title, then its sentences."""
    sheet, present = new.sheet, config.current()
    told = [
        f"Recovery sheet of {new.firm or 'the firm'}: share {number} of {sheet.people}",
        f"{present.address}, made on {sheet.made_at:%Y-%m-%d}.",
        "These words help to open the key backup, without which no backup of the portal can be read."
        + (
            f" The words of any {sheet.needed} of the {sheet.people} people open it; fewer tell nothing."
            if sheet.needed > 1
            else " Nobody else's words are needed: whoever has this page and the key backup has every key."
        ),
        "Keep this page where nobody else reads it, apart from the key backup and from the other pages. Do not "
        "photograph it and do not type it anywhere but into the two places below.",
        "To test it: sign in, Backups, Recovery sheet, and type the words, once a year. That opens nothing.",
        "To recover: take the file muniment.keys from the key backup to the new machine and run: "
        "muniment keys recover --from muniment.keys",
    ]
    if present.keyring_passphrase is not None:
        told.append("The root key's file has a passphrase as well. It is not on this page, and it is needed too.")
    if present.keyring != "file":
        told.append(f"The root key lives in a key service ({present.keyring}), which is needed too.")
    told.append("Kept by: ________________________________    since: ________________")
    return told


def _pdf(flow: list[Any]) -> bytes:
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, title="Recovery sheet", author="Muniment").build(flow)
    return out.getvalue()


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

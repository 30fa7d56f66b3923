"""The demo's papers: folders and files in every client, put there by its people, and a few openings."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.operations.demo import files
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity

PIECE_BYTES = 1024 * 1024
CHECKED_SECONDS = 120.0
_LETTER = (
    "We are pleased to act for you. This letter sets out what we will do, what we need from you, and on what terms. "
    "Please read it and keep a copy with your records.",
    "We will prepare the annual accounts and the tax returns from the records that you give us. We will tell you in "
    "good time what is missing, and we will not file anything before you have approved it.",
    "Everything you share with us here is encrypted with a key of your own. Whoever of our people opens it is written "
    "down with the reason, and you can read that log at any time.",
)
_MINUTES = (
    "Present: the directors. The chair opened the meeting at nine and noted that notice had been given in time.",
    "The accounts for the third quarter were presented. Turnover was in line with the plan; repairs were higher.",
    "Resolved: to renew the lease on the terms presented; to instruct the accountants to prepare the year end.",
)


@dataclass(frozen=True)
class Paper:
    """One file: where it goes, who puts it there, and what makes its bytes."""

    name: str
    folder: str
    by: str
    make: Callable[[], bytes]


def _table(*rows: tuple[str | int, ...]) -> tuple[tuple[str | int, ...], ...]:
    return rows


_FIGURES = _table(
    ("Month", "Turnover", "Costs", "Result"),
    ("July", 81250, 60310, 20940),
    ("August", 78900, 64720, 14180),
    ("September", 90400, 61050, 29350),
)
_PAYMENTS = _table(
    ("Date", "Payee", "Cents"),
    ("2026-10-02", "Waterworks", 18420),
    ("2026-10-09", "Insurance", 96000),
    ("2026-10-30", "Power", 41277),
)
BEN, JONAS = "ben@harcourt-vane.example", "jonas@harcourt-vane.example"


def _letter(title: str) -> Callable[[], bytes]:
    return lambda: files.pdf_of_text(title, _LETTER * 2)


# Folder by folder; a name with a slash lies in a folder of a folder.
PAPERS: dict[str, tuple[Paper, ...]] = {
    "Okoye Holdings Ltd": (
        Paper("Engagement letter 2027.pdf", "Contracts", BEN, _letter("Engagement letter 2027")),
        Paper(
            "Share purchase agreement.docx",
            "Contracts",
            BEN,
            lambda: files.document_of_words("Share purchase agreement", _LETTER),
        ),
        Paper("Q3 management accounts.xlsx", "Accounts", BEN, lambda: files.workbook(_FIGURES)),
        Paper("Payments October.csv", "Accounts", "samuel@okoye.example", lambda: files.table(_PAYMENTS)),
        Paper("VAT return October.pdf", "Tax", BEN, _letter("VAT return, October 2026")),
        Paper(
            "Board minutes 12 November.pdf",
            "Corporate",
            "cleo@okoye.example",
            lambda: files.pdf_of_text("Board minutes", _MINUTES),
        ),
        Paper(
            "Receipt, roof repair.jpg", "Accounts", "cleo@okoye.example", lambda: files.photograph(4, "Receipt 2041")
        ),
        Paper("Lease, 14 Calder Street (scan).pdf", "Property", "cleo@okoye.example", lambda: files.scan(7)),
    ),
    "Brandt Orchards GmbH": (
        Paper("Engagement letter 2027.pdf", "Contracts", BEN, _letter("Engagement letter 2027")),
        Paper("Harvest figures.xlsx", "Accounts", "felix@brandt.example", lambda: files.workbook(_FIGURES)),
        Paper(
            "Delivery note 118.jpg",
            "Accounts",
            "mallory@brandt.example",
            lambda: files.photograph(9, "Delivery note 118"),
        ),
        Paper("Loan offer.pdf", "Bank", "mallory@brandt.example", lambda: files.pdf_of_text("Loan offer", _MINUTES)),
    ),
    "Lumen Dental Practice": (
        Paper(
            "Partnership minutes.pdf", "Practice", "imani@lumen.example", lambda: files.pdf_of_text("Minutes", _MINUTES)
        ),
        Paper("Payslips October.csv", "Payroll", "tom@lumen.example", lambda: files.table(_PAYMENTS)),
    ),
}
# In the space for finance, that not everybody gets into.
INVOICE = Paper("Fee invoice 2026-41.pdf", "Invoices", BEN, _letter("Fee invoice 2026-41"))
# Who was given a single thing: client, document, guest, reason, days.
SHARES = (
    (
        "Okoye Holdings Ltd",
        "Lease, 14 Calder Street (scan).pdf",
        "ruth@calder-surveyors.example",
        "Survey of the roof",
        60,
    ),
    ("Brandt Orchards GmbH", "Loan offer.pdf", "greta@bank.example", "Decision on the loan", 30),
)
# Who opened what: client, document, person.
OPENINGS = (
    ("Okoye Holdings Ltd", "Board minutes 12 November.pdf", BEN),
    ("Okoye Holdings Ltd", "Payments October.csv", BEN),
    ("Okoye Holdings Ltd", "Q3 management accounts.xlsx", JONAS),
    ("Okoye Holdings Ltd", "Engagement letter 2027.pdf", "cleo@okoye.example"),
)


def await_checked(actor: Actor, document_id: UUID) -> None:
    """Wait until the worker has vetted a paper, as a person would."""
    deadline = time.monotonic() + CHECKED_SECONDS
    while queries.not_open(actor, [document_id]) and time.monotonic() < deadline:
        time.sleep(0.2)


def lay(checked: Callable[[Actor, UUID], object] = await_checked) -> int:
    """Put every paper in its place that is not there yet; return how many were put there.

    `checked` is called before somebody opens one: it returns when the paper was vetted.
    """
    spaces = {company.name: company.id for company in identity.companies(clients.client_ids()).values()}
    made = sum(_lay_client(spaces[name], papers) for name, papers in PAPERS.items())
    if made:
        for client_name, document, email, purpose, days in SHARES:
            _share(spaces[client_name], document, email, purpose, days)
        for client_name, document, email in OPENINGS:
            actor = at_work(spaces[client_name], email)
            document_id = _named(actor)[document]
            checked(actor, document_id)
            documents.view_document(actor, document_id=document_id)
    return made


def _lay_client(client_id: UUID, papers: tuple[Paper, ...]) -> int:
    manager = at_work(client_id, next(paper.by for paper in papers if "harcourt" not in paper.by))
    folders = {folder.name: folder.id for folder in queries.folders_in(manager)}
    made = 0
    for paper in papers:
        actor = at_work(client_id, paper.by)
        if paper.folder not in folders:
            folders[paper.folder] = documents.create_folder(manager, name=paper.folder).id
        if paper.name not in _named(actor):
            put(actor, paper, folders[paper.folder])
            made += 1
    return made


def put(actor: Actor, paper: Paper, folder_id: UUID) -> None:
    """Upload a paper into a folder, as a browser does."""
    content = memoryview(paper.make())
    upload = documents.begin_upload(actor, name=paper.name, size_bytes=len(content), folder_id=folder_id)
    with documents.receive_chunk(actor, upload_id=upload.id, offset=0, size_bytes=len(content)) as receiver:
        for start in range(0, len(content), PIECE_BYTES):
            receiver.feed(bytes(content[start : start + PIECE_BYTES]))
    documents.finish_upload(actor, upload_id=upload.id)


def _share(client_id: UUID, document: str, email: str, purpose: str, days: int) -> None:
    manager = next(paper.by for papers in PAPERS.values() for paper in papers if paper.name == document)
    actor = at_work(client_id, manager)
    documents.share_document(
        actor,
        document_id=_named(actor)[document],
        person_id=id_of(email),
        role="viewer",
        purpose=purpose,
        until=clock.now() + timedelta(days=days),
    )


def _named(actor: Actor) -> dict[str, UUID]:
    return {row.name: row.id for row in queries.recent_documents(actor, 100)}


def id_of(email: str) -> UUID:
    """Return who has an address."""
    person = identity.find_person(email)
    if person is None:
        raise LookupError("the demo's people are not there")
    return person.id


def at_work(client_id: UUID, email: str) -> Actor:
    """Return an invented person at work in a client, from this machine."""
    person = identity.find_person(email)
    if person is None:
        raise LookupError("the demo's people are not there")
    is_staff = person.kind == "staff"
    return Actor(
        kind="staff" if is_staff else "contact",
        person_id=person.id,
        client_id=client_id,
        ip="127.0.0.1",
        device="the demo",
        purpose="Shows how the portal works",
        credentials_changed_at=person.credentials_changed_at,
        firm_verbs=access.firm_verbs(person.id) if is_staff else frozenset(),
    )

"""The demo's conversations: a few in each client that its people had, one about a document, one with a note."""

from dataclasses import dataclass

from muniment.core.unit import acting_as
from muniment.operations.demo import papers
from muniment.operations.demo.people import DOMAIN
from muniment.portal.conversations import actions, queries
from muniment.portal.documents import queries as documents
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity

SERVED = "Okoye Holdings Ltd"
CLEO, ADA = "cleo@okoye.example", f"ada@{DOMAIN}"
WELCOME = ("Welcome", "Dear {client},\n\nI look after your accounts. Ask me anything here.\n\nBest wishes,\n{me}")
MISSING = ("What is missing", "Dear {client},\n\nto close the quarter we still need:\n\n- \n\nThank you,\n{me}")


@dataclass(frozen=True)
class Said:
    """One message: who wrote it, and what."""

    by: str
    body: str


TALKS: tuple[tuple[str, tuple[Said, ...], str], ...] = (
    (
        "Receipts of the third quarter",
        (
            Said(CLEO, "The receipts of September are in the folder now. Is anything **missing**?"),
            Said(papers.BEN, "Thank you. Two are missing:\n\n- the roofer, 14 September\n- the insurance of the van"),
            Said(CLEO, "I ask the roofer today."),
        ),
        "They pay the roofer in cash; ask for a receipt with his tax number.",
    ),
    (
        "Lease in Calder Street",
        (Said(papers.BEN, "The new lease starts in January. Shall we book the deposit *before* the year ends?"),),
        "",
    ),
)


def lay() -> bool:
    """Let people talk unless they have; it is done by people who may, as on the pages."""
    spaces = {company.name: company.id for company in identity.companies(clients.client_ids()).values()}
    client_id = spaces[SERVED]
    ben = papers.at_work(client_id, papers.BEN)
    with acting_as(ben):
        if queries.threads(ben).rows:
            return False
    recent = documents.recent_documents(ben, 1)
    for title, said, note in TALKS:
        first, *others = said
        begun = actions.start_thread(
            papers.at_work(client_id, first.by),
            title=title,
            body=first.body,
            document_ids=[document.id for document in recent],
        )
        for one in others:
            actions.send_message(papers.at_work(client_id, one.by), thread_id=begun.id, body=one.body)
        if note:
            actions.write_note(ben, thread_id=begun.id, body=note)
    firm = papers.at_work(clients.firm_id(), ADA)
    for title, body in (WELCOME, MISSING):
        actions.set_template(firm, title=title, body=body)
    return True

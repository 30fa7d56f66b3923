"""What the demo's client asked the firm for: something new, something in work, and something that is settled."""

from muniment.operations.demo import papers
from muniment.operations.demo.talk import CLEO, SERVED
from muniment.portal.tickets import actions, queries
from muniment.portal.tickets.types import Wanted
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity

NEW = ("document", "Letter for the bank", "Our bank wants a letter that says that you keep our books.")
WORKING = ("change", "A second address for bills", "From January on, please send bills to the office in Leeds too.")
DONE = ("question", "Can we pay the roofer in two parts?", "He offers to wait for half of it until spring.")
ANSWER = "Yes: book the second half when it is paid, in April."
NOTE = "Look at the limit for cash next time."


def lay() -> bool:
    """Let Cleo ask for a few things unless she has; Ben works on them, as on the pages."""
    spaces = {company.name: company.id for company in identity.companies(clients.client_ids()).values()}
    client_id = spaces[SERVED]
    ben, cleo = papers.at_work(client_id, papers.BEN), papers.at_work(client_id, CLEO)
    if queries.tickets(ben, Wanted(state="")).rows:
        return False
    _new, working, done = (
        actions.ask_ticket(cleo, kind=kind, title=title, text=text) for kind, title, text in (NEW, WORKING, DONE)
    )
    actions.move_ticket(ben, ticket_id=working.id, version=1, state="working")
    actions.move_ticket(ben, ticket_id=done.id, version=1, state="done", word=ANSWER)
    actions.rate_ticket(cleo, ticket_id=done.id, version=2, satisfied=True, word="That helps.")
    actions.write_note(ben, ticket_id=done.id, text=NOTE)
    return True

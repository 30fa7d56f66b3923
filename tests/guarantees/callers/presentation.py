"""How the portal presents itself, its terms, and the first steps: how each of their actions is called."""

import io
from collections.abc import Callable

from PIL import Image

from muniment.trust.audit.types import Event
from muniment.trust.identity import queries as identity
from muniment.trust.presentation import actions
from muniment.trust.presentation.types import Texts
from tests.guarantees.callers.case import Call, Case, own

PRESENTATION = "muniment.trust.presentation.actions."
IDENTITY = "muniment.trust.identity.actions."
CLIENTS = "Client,Name,E-mail,Role,Purpose\nLind Joinery,Rosa Lind,rosa@lind.example,Manager,Year end\n"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "#114488").save(out, "PNG")
    return out.getvalue()


def _with_terms(case: Case) -> Call:
    actions.publish_terms(case.ada, newest=1, text="Be kind and on time", for_contacts=True, for_staff=False)
    return own(case, Event.TERMS_ACCEPTED, number=2)


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{PRESENTATION}set_presentation": lambda c: Call(
        c.ada,
        Event.PRESENTATION_SET,
        {"version": 1, "colour": "#123456", "texts": Texts(welcome="Hello"), "language": "en-gb", "zone": "UTC"},
    ),
    f"{PRESENTATION}set_logo": lambda c: Call(c.ada, Event.LOGO_SET, {"data": picture()}),
    f"{PRESENTATION}remove_logo": lambda c: Call(c.ada, Event.LOGO_REMOVED),
    f"{PRESENTATION}publish_terms": lambda c: Call(
        c.ada, Event.TERMS_PUBLISHED, {"newest": 1, "text": "Be kind", "for_contacts": True, "for_staff": False}
    ),
    f"{PRESENTATION}skip_step": lambda c: Call(c.ada, Event.STEP_SKIPPED, {"step": "mail"}),
    f"{PRESENTATION}resume_steps": lambda c: Call(c.ada, Event.STEPS_RESUMED),
    f"{IDENTITY}terms.accept_terms": _with_terms,
    f"{IDENTITY}naming.rename_firm": lambda c: Call(
        c.ada, Event.FIRM_RENAMED, {"name": "Harcourt Partners", "before": identity.firm_name()}
    ),
    f"{IDENTITY}reading.choose_reading": lambda c: own(c, Event.READING_CHOSEN, language="en-us", zone="Europe/Madrid"),
    f"{IDENTITY}mail_tries.try_mail": lambda c: Call(c.ada, Event.MAIL_TRIED),
    "muniment.trust.identity.life.actions.bringing.import_clients": lambda c: Call(
        c.ada, Event.CLIENTS_IMPORTED, {"text": CLIENTS}
    ),
}

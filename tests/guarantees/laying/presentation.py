"""A look of the firm, its logo, and terms that nobody must accept, so that pages that need one have it."""

from typing import Any

from muniment.core.unit import acting_as
from muniment.trust.presentation import actions, models, queries
from muniment.trust.presentation.lettered import written
from muniment.trust.presentation.types import Texts
from tests.cast import Portal


def lay(portal: Portal, values: dict[str, Any]) -> dict[str, object]:
    """Set the first version of each; return what addresses call it."""
    ada = portal.actor("ada")
    actions.set_presentation(ada, version=0, colour="#123456", texts=Texts(), language="en-gb", zone="UTC")
    # of words that test_texts knows as data
    actions.publish_terms(ada, newest=0, text="Rent at the end of a year", for_contacts=False, for_staff=False)
    with acting_as(ada):
        models.Logo.objects.create(client_id=ada.client, version=1, media_type="image/png", picture=written(b"pixels"))
    queries.forget()
    return {"version": 1}

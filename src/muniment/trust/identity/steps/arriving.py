"""What happens as soon as somebody is in: the device is recognised, trusted where they say so, and told of when new."""

from django.http import HttpRequest

from muniment.trust.identity import devices, models, queries
from muniment.trust.identity.steps import actions, deciding, moving, policy
from muniment.trust.identity.steps.stages import OWN
from muniment.trust.identity.types import SECOND_FACTORS


def recognise(request: HttpRequest, person: models.Person) -> bool:
    """Recognise the device somebody signed in on; return whether it is new to them.

    Who reaches enrolment only proved nothing yet: the device is recognised when they sign in with what they enrolled.
    """
    moving.settle(request)
    proved = set(queries.factors(request))
    is_strong = bool(SECOND_FACTORS & proved)
    if is_strong or (deciding.SPARED | {deciding.MAILED_CODE}) & proved or deciding.suffices(request, person):
        return devices.recognise(request, person, is_strong=is_strong)
    return False


def welcome(request: HttpRequest, person: models.Person, *, is_new: bool) -> None:
    """Trust the device where the person said that it is theirs, and mail them where they were never seen on it.

    Of the first device of all nobody is told: it is the one on which the account was made.
    """
    actor = queries.actor_for(request, None)
    device = devices.of_session(request.session)
    if request.session.pop(OWN, None) and device is not None and policy.terms_of(person.id).trusted_days:
        actions.trust_device(actor, device_id=device.id)
    if is_new and models.Device.objects.filter(person_id=person.id).count() > 1:
        actions.tell_of_new_device(actor, person)

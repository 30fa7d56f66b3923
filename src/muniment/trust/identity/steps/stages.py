"""The stages between the right password and a session, as the sign-in library runs them one after the other."""

from typing import Final

from allauth.account.stages import LoginStage
from allauth.core.internal.httpkit import headed_redirect_response
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django.http import HttpRequest, HttpResponse

from muniment.core import clock
from muniment.trust.identity import limits, models, origin, queries
from muniment.trust.identity.errors import TooManyTries
from muniment.trust.identity.steps import actions, deciding, mailed, policy
from muniment.trust.identity.steps.forms import OwnDevice

STAGES: Final = [
    "muniment.trust.identity.steps.stages.SecondStep",
    "muniment.trust.identity.steps.stages.MailedCode",
]
OWN: Final = "own device"  # where the session keeps that the person said so, until they are in


class _OfThePassword(LoginStage):  # type: ignore[misc] # published without types
    """A stage that goes with the password proved before it: what changed since then ends it, as it ends sessions."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Note when it began."""
        self.state["began_at"] = clock.now().timestamp()
        answer: tuple[HttpResponse | None, bool] = super().handle()
        return answer

    @property
    def is_stale(self) -> bool:
        """Whether a password or factor of the person changed since: by the time that this request came."""
        person = self.login.user
        changed_at = person.credentials_changed_at if isinstance(person, models.Person) else None
        return changed_at is None or changed_at.timestamp() > self.state.get("began_at", 0)

    @property
    def trusted_days(self) -> int:
        """For how many days the person may have this device trusted; 0 is not at all."""
        person = self.login.user
        return policy.terms_of(person.id).trusted_days if isinstance(person, models.Person) else 0

    def exit(self) -> HttpResponse:
        """Go on, and remember whether this is the person's own device; or begin again where anything changed."""
        if self.is_stale:
            begun_again: HttpResponse = self.abort()
            return begun_again
        _remember_own(self.request)
        response: HttpResponse = super().exit()
        return response


class SecondStep(_OfThePassword, AuthenticateStage):  # type: ignore[misc] # published without types
    """A code of the app, a recovery code, a passkey or a key: unless the device spares the person that."""

    def __init__(self, controller: object, request: HttpRequest, login: object) -> None:
        """Let the page see what it may offer."""
        super().__init__(controller, request, login)
        request.second_step = self  # type: ignore[attr-defined] # read by the templates of the step

    def _should_handle(self, request: HttpRequest) -> bool:
        person = self.login.user
        if not isinstance(person, models.Person) or did_use_passwordless_login(request, person):
            return False
        return deciding.needed(request, person) == "factor"


class MailedCode(_OfThePassword):
    """A code by mail, for people who have no factor, where all their clients allow it."""

    key = "mailed_code"
    urlname = "account_mailed_code"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Mail a code and ask for it, or go on where none is needed."""
        person = self.login.user
        if not isinstance(person, models.Person) or did_use_passwordless_login(self.request, person):
            return None, True
        if deciding.needed(self.request, person) != "mail":
            return None, True
        super().handle()
        self.send()
        return headed_redirect_response(self.urlname), True

    def send(self) -> bool:
        """Mail a new code; return whether one was mailed, because there is a limit."""
        person = self.login.user
        try:
            limits.begin(limits.MAILED_CODES, account=str(person.id), ip=origin.ip(self.request)).failed(person.id)
        except TooManyTries:
            return False
        code = mailed.make(self.state, person.id)
        actions.send_code(queries.visitor(self.request), person_id=person.id, code=code)
        return True


def _remember_own(request: HttpRequest) -> None:
    form = OwnDevice(request.POST)
    if form.is_valid() and form.cleaned_data["own_device"]:
        request.session[OWN] = True

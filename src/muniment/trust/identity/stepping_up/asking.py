"""Lead somebody who is asked to confirm to the page that asks, and back."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from muniment.trust.identity.stepping_up import kept

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def ask_to_confirm(request: HttpRequest, *, by_passkey: bool = False) -> HttpResponse | None:
    """Answer with the way to the page that asks; None where nobody waits for a page: a program, or a part of one.

    What was sent by a form is kept, and the person sends it again afterwards. What cannot be kept leads back to
    the start. `by_passkey`: nothing else would help.
    """
    if not request.user.is_authenticated or not _takes_questions(request):
        return None
    onward = request.get_full_path()
    if request.method == "POST":
        name = kept.keep(request)
        onward = f"{reverse('confirmed_again')}?{urlencode({'form': name})}" if name else reverse("web:home")
    asked = {"next": onward, **({"by": "passkey"} if by_passkey else {})}
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode(asked)}")


def _takes_questions(request: HttpRequest) -> bool:
    if request.method not in {"GET", "HEAD", "POST"} or "HX-Request" in request.headers:
        return False
    if request.method == "POST" and request.content_type not in _FORMS:
        return False
    return "json" not in request.headers.get("Accept", "") and "Tus-Resumable" not in request.headers

"""The second factor: set an authenticator app up, change it, keep recovery codes."""

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from muniment.trust.access.types import personal
from muniment.trust.identity import actions, forms, origin, queries
from muniment.trust.identity.middleware import CODES
from muniment.trust.identity.passkeys import forms as passkeys
from muniment.trust.identity.views.confirming import before_enrolling, confirmed_by_code

SECRET = "new factor"  # noqa: S105 - where the session keeps it, sealed, until it is enrolled


@personal("one's own second factor")
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """Set an authenticator app up; afterwards the recovery codes are shown."""
    actor = queries.actor_for(request, None)
    if actor.person_id and queries.has_app(actor.person_id):
        return redirect("mfa_deactivate_totp")
    is_first = not (actor.person_id and queries.has_factor(actor.person_id))
    posted = request.method == "POST" and SECRET in request.session
    if (led := before_enrolling(request, has_begun=posted)) is not None:
        return led
    if not posted:
        request.session[SECRET] = generate_totp_secret()
    secret = request.session[SECRET]
    form = forms.FirstCode(request.POST if posted else None, request=request, secret=secret)
    if not form.is_valid():
        adapter = get_adapter()
        url = adapter.build_totp_url(request.user, secret)
        picture = adapter.build_totp_svg(url).partition("?>")[2] or adapter.build_totp_svg(url)
        drawn = mark_safe(picture)  # noqa: S308 - drawn here from our own secret  # nosec B308 B703
        shown = {"form": form, "totp_url": url, "totp_svg": drawn, "is_first": is_first}
        shown["passkey"] = passkeys.FirstOne(initial={"kind": "passkey", "name": origin.device(request)})
        return render(request, "mfa/totp/activate_form.html", shown, status=422 if posted else 200)
    row, codes = actions.add_factor(actor, secret=secret, code=form.cleaned_data["code"])
    del request.session[SECRET]
    record_authentication(request, request.user, "mfa", id=row.pk, type="totp", reauthenticated=True)
    request.session[CODES] = list(codes)
    request.session.cycle_key()
    return redirect("mfa_view_recovery_codes")


@personal("one's own second factor")
@require_http_methods(["GET", "POST"])
@confirmed_by_code
def deactivate(request: HttpRequest) -> HttpResponse:
    """Take the app away, to set another one up at once, where no passkey or key is left."""
    form = forms.Nothing(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "mfa/totp/deactivate_form.html", {"form": form})
    actions.remove_factor(queries.actor_for(request, None))
    proved = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    left = [one for one in proved if one.get("type") == "webauthn" or one.get("method") != "mfa"]
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = left
    request.session.cycle_key()
    return redirect("mfa_activate_totp")


@personal("one's own recovery codes")
@require_GET
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show the codes just made, in the session that made them; of older ones, how many are left."""
    codes = request.session.get(CODES, [])
    left = queries.sign_in_facts(queries.actor_for(request, None)).recovery_codes_left
    shown = {
        "unused_codes": codes or ["****"] * left,
        "total_count": 10,
        "can_view_codes": bool(codes),
        "can_download_codes": bool(codes),
        "can_generate_codes": not codes,
    }
    return render(request, "mfa/recovery_codes/index.html", shown)


@personal("one's own recovery codes")
@require_GET
def download_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Answer with the codes just made as a text file, in the session that made them."""
    codes = request.session.get(CODES)
    if not codes:
        raise Http404
    text = "Recovery codes. Each signs you in once in place of your authenticator app.\n\n" + "\n".join(codes) + "\n"
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


@personal("one's own recovery codes")
@require_http_methods(["GET", "POST"])
@confirmed_by_code
def generate_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them."""
    actor = queries.actor_for(request, None)
    form = forms.Nothing(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        left = queries.sign_in_facts(actor).recovery_codes_left
        return render(request, "mfa/recovery_codes/generate.html", {"form": form, "unused_code_count": left})
    request.session[CODES] = list(actions.make_recovery_codes(actor))
    request.session.cycle_key()
    return redirect("mfa_view_recovery_codes")

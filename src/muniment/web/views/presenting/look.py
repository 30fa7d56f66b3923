"""How the portal looks and speaks: what every page takes from it, and where those who administer set it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core import config
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.trust.access.types import personal, public, unlogged
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions as identity_actions
from muniment.trust.identity import queries as identity
from muniment.trust.presentation import actions, queries
from muniment.trust.presentation.errors import ChangedMeanwhile, ColourUnreadable, NoPicture
from muniment.trust.presentation.types import LOGO_BYTES, Presentation, is_colour, palette
from muniment.web.views.keys import staff
from muniment.web.views.presenting import forms

FOR_GOOD = "public, max-age=31536000, immutable"  # its address has the version
PAGE = "presentation:page"


@login_not_required
@public("how the pages look, before and after signing in")
@unlogged("the firm's colour, the same for everyone")
@require_safe
def style(request: HttpRequest, version: int) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Return the style sheet of the firm's colour."""
    text = queries.stylesheet(version)
    return HttpResponse(text, content_type="text/css; charset=utf-8", headers={"Cache-Control": FOR_GOOD})


@login_not_required
@public("how the pages look, before and after signing in")
@unlogged("the firm's logo, the same for everyone")
@require_safe
def logo(request: HttpRequest, version: int) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Return the firm's logo."""
    data, media_type = queries.logo(version)
    return HttpResponse(data, content_type=media_type, headers={"Cache-Control": FOR_GOOD})


@personal("the action itself asks for presentation:set in the firm")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show how the portal looks and speaks, and change it."""
    actor = in_firm(request)
    found = queries.presentation()
    data = request.POST.copy() if request.method == "POST" else None
    mend = request.POST.get("mend", "")
    if data is not None and is_colour(mend):
        data["colour"] = mend  # the suggestion was taken
    form = forms.PresentationForm(data, initial=forms.initial(found))
    if not form.is_valid():
        return _page(request, form=form, status=422 if form.is_bound else 200)
    try:
        actions.set_presentation(actor, **form.values())
    except ColourUnreadable as refusal:
        form.add_error("colour", _(refusal.sentence))
        return _page(request, form=form, suggestion=refusal.suggestion, status=refusal.status)
    except Invalid as refusal:
        form.add_error(None, _(refusal.sentence))
        return _page(request, form=form, status=refusal.status)
    except ChangedMeanwhile as refusal:
        return _moved_on(request, form, refusal)
    messages.success(request, _("Saved. Pages and mails look so from now on."))
    return redirect(PAGE)


@personal("the action itself asks for presentation:set in the firm")
@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    """Give the firm another name."""
    actor, form = in_firm(request), forms.NameForm(request.POST)
    if not form.is_valid():
        return _page(request, name_form=form, status=422)
    try:
        identity_actions.rename_firm(actor, **form.cleaned_data)
    except Invalid as refusal:
        form.add_error("name", _(refusal.sentence))
        return _page(request, name_form=form, status=refusal.status)
    except ChangedMeanwhile as refusal:
        named = identity.firm_name()
        kept = forms.NameForm({"name": form.cleaned_data["name"], "before": named})
        kept.add_error("name", _("Somebody else saved another name meanwhile: %s") % named)
        return _page(request, name_form=kept, status=refusal.status)
    messages.success(request, _("Saved. Pages and mails say the new name from now on."))
    return redirect(PAGE)


@personal("the action itself asks for presentation:set in the firm")
@require_POST
def set_logo(request: HttpRequest) -> HttpResponse:
    """Take a picture, and make the logo from it."""
    actor, form = in_firm(request), forms.LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, logo_form=form, status=422)
    try:
        actions.set_logo(actor, data=form.cleaned_data["logo"].read())
    except NoPicture as refusal:
        form.add_error("logo", _(refusal.sentence))
        return _page(request, logo_form=form, status=refusal.status)
    messages.success(request, _("This is the logo from now on."))
    return redirect(PAGE)


@personal("the action itself asks for presentation:set in the firm")
@require_POST
def remove_logo(request: HttpRequest) -> HttpResponse:
    """Go back to the portal's own sign."""
    actions.remove_logo(in_firm(request))
    messages.success(request, _("The portal shows its own sign again."))
    return redirect(PAGE)


@personal("asks for presentation:set in the firm")
@require_safe
def domain(request: HttpRequest) -> HttpResponse:
    """Say at which addresses the portal answers, and what to do to have another."""
    in_firm(request)
    settings = config.current()
    context = {
        "hosts": settings.host,
        "address": settings.address,
        "mail_from": settings.mail_from,
        "back_url": reverse(PAGE),
    }
    return render(request, "presentation/domain.html", context)


def in_firm(request: HttpRequest, verb: str = "presentation:set") -> Actor:
    """Return who asks, within the firm's own space.

    Raises:
        NotFound: they may not.
    """
    actor = staff(request)
    if verb not in actor.firm_verbs:
        raise NotFound
    return actor.within(clients.firm_id())


def _moved_on(request: HttpRequest, form: forms.PresentationForm, refusal: ChangedMeanwhile) -> HttpResponse:
    """Show what was typed, beside what somebody else saved; the next save is meant to replace it."""
    queries.forget()
    found = queries.presentation()
    saved = forms.initial(found)
    typed = form.cleaned_data
    differing = [
        {"label": field.label, "value": _shown(name, saved[name])}
        for name, field in form.fields.items()
        if name not in {"version", "has_colour"} and (typed.get(name) or "") != (saved[name] or "")
        if not (name == "colour" and typed["colour"] == found.colour)
    ]
    kept = request.POST.copy()
    kept["version"] = str(found.version)
    again = forms.PresentationForm(kept)
    again.is_valid()
    again.add_error(None, _(refusal.sentence))
    return _page(request, form=again, differing=differing, status=refusal.status)


def _shown(name: str, value: Any) -> str:
    return "\n".join(f"{link.label} | {link.url}" for link in value) if name == "links" else str(value or _("nothing"))


def _page(request: HttpRequest, *, status: int, **more: Any) -> HttpResponse:
    found = queries.presentation()
    named = identity.firm_name()
    context = {
        "form": forms.PresentationForm(initial=forms.initial(found)),
        "name_form": forms.NameForm(initial={"name": named, "before": named}),
        "logo_form": forms.LogoForm(),
        "found": found,
        "shades": _shades(found, more.get("suggestion", "")),
        **more,
    }
    return render(request, "presentation/page.html", context, status=status)


def _shades(found: Presentation, suggestion: str) -> dict[str, Any] | None:
    colour = suggestion or found.colour
    if not colour:
        return None
    made = palette(colour)
    return {"colour": made.light.brand, "light": made.light, "dark": made.dark}


set_logo.file_bytes = LOGO_BYTES  # type: ignore[attr-defined] # read by the middleware that bounds bodies

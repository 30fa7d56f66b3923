"""The terms of the firm: read, accept, look up older ones, publish new ones."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.trust.access.types import personal
from muniment.trust.identity import actions as identity_actions
from muniment.trust.identity import queries as identity
from muniment.trust.presentation import actions, queries
from muniment.trust.presentation.errors import ChangedMeanwhile
from muniment.trust.presentation.types import TermsFacts
from muniment.web.views.presenting import forms
from muniment.web.views.presenting.look import in_firm

READ = "everybody may read the terms that they are to accept"


@personal(READ)
@require_safe
def read(request: HttpRequest) -> HttpResponse:
    """Show the newest terms; who must accept them and did not yet can do so here."""
    return _read(request, forms.AcceptForm, status=200)


@personal("one's own word")
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Accept the newest terms, and go on to where the person wanted to go."""
    form = forms.AcceptForm(request.POST)
    if not form.is_valid():
        return _read(request, lambda **_given: form, status=422)
    try:
        identity_actions.accept_terms(_actor(request), number=form.cleaned_data["number"])
    except ChangedMeanwhile as refusal:
        messages.error(request, _("Newer terms were published while you read. Please read these."))
        return _read(request, forms.AcceptForm, status=refusal.status)
    return redirect(_onward(request.POST.get("next", "")))


@personal(READ)
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """List every version of the terms, and which of them the person accepted."""
    accepted = {one.number: one.accepted_at for one in queries.accepted_by(_person_id(request))}
    rows = [{**vars(terms), "accepted_at": accepted.get(terms.number)} for terms in queries.terms_versions()]
    return render(request, "terms/versions.html", {"rows": rows})


@personal(READ)
@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """Show one version of the terms."""
    terms = queries.terms_version(number)
    accepted = {one.number: one.accepted_at for one in queries.accepted_by(_person_id(request))}
    return render(request, "terms/version.html", {"terms": terms, "accepted_at": accepted.get(number)})


@personal("the action itself asks for terms:publish in the firm")
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """Write a new version of the terms; show who accepted the newest."""
    actor = in_firm(request, "terms:publish")
    queries.forget()
    newest = queries.newest_terms()
    form = forms.TermsForm(request.POST or None, initial=_initial(newest))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            actions.publish_terms(actor, **form.cleaned_data)
        except (Invalid, ChangedMeanwhile) as refusal:
            queries.forget()
            newest = queries.newest_terms()
            kept = request.POST.copy()
            kept["newest"] = str(newest.number if newest else 0)
            form = forms.TermsForm(kept)
            form.add_error(None, _(refusal.sentence))
            status = refusal.status
        else:
            messages.success(request, _("Published. Whoever must accept them sees them first from now on."))
            return redirect("terms:publish")
    number, accepted = queries.acceptances(actor, newest.number) if newest else (0, [])
    people = identity.people({one.person_id for one in accepted})
    context = {
        "form": form,
        "newest": newest,
        "moved_on": form.is_bound and status == ChangedMeanwhile.status,
        "accepted_count": number,
        "accepted": [
            {"name": people[one.person_id].name, "at": one.accepted_at} for one in accepted if one.person_id in people
        ],
        "back_url": reverse("presentation:page"),
    }
    return render(request, "terms/publish.html", context, status=status)


def _initial(newest: TermsFacts | None) -> dict[str, Any]:
    if newest is None:
        return {"newest": 0, "for_contacts": True}
    return {
        "newest": newest.number,
        "text": newest.text,
        "for_contacts": newest.for_contacts,
        "for_staff": newest.for_staff,
    }


def _read(request: HttpRequest, make: Any, *, status: int) -> HttpResponse:
    person_id = _person_id(request)
    terms = queries.newest_terms()
    due = queries.terms_for(request.user.kind)  # type: ignore[union-attr] # a person: _person_id insists on one
    accepted = {one.number: one.accepted_at for one in queries.accepted_by(person_id)}
    is_due = due is not None and due.number not in accepted
    context = {
        "terms": terms,
        "accepted_at": accepted.get(terms.number) if terms else None,
        "form": make(initial={"number": terms.number}) if terms and is_due else None,
        "next": _onward(request.GET.get("next", request.POST.get("next", ""))),
    }
    return render(request, "terms/read.html", context, status=status)


def _onward(wanted: str) -> str:
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=True) and wanted.startswith("/")
    return wanted if safe else "/"


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    return actor


def _person_id(request: HttpRequest) -> Any:
    person_id = _actor(request).person_id
    if person_id is None:
        raise NotFound
    return person_id

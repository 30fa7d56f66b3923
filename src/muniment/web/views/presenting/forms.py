"""What is typed about how the portal looks and speaks, and about its terms."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from muniment.trust.identity import queries as identity
from muniment.trust.presentation.types import (
    LONGEST_HELP,
    LONGEST_LABEL,
    LONGEST_TERMS,
    LONGEST_WELCOME,
    MOST_LINKS,
    FooterLink,
    Presentation,
    Texts,
    is_colour,
    is_link,
)

SUGGESTED = "#0d5547"


class LinksField(forms.CharField):
    """Links for the foot of the page, one a line: words, a bar, and the address."""

    def to_python(self, value: Any) -> Any:
        """Return the links in their order."""
        found = []
        for line in (super().to_python(value) or "").splitlines():
            if not line.strip():
                continue
            label, bar, url = (part.strip() for part in line.partition("|"))
            if not bar or not 0 < len(label) <= LONGEST_LABEL or not is_link(url):
                raise forms.ValidationError(
                    _("Write each link as: Imprint | https://example.com/imprint, or mailto: This is none: %(line)s"),
                    params={"line": line[:80]},
                )
            found.append(FooterLink(label, url))
        if len(found) > MOST_LINKS:
            raise forms.ValidationError(_("At most six links."))
        return tuple(found)

    def prepare_value(self, value: Any) -> Any:
        """Return links as they are typed."""
        if isinstance(value, tuple):
            return "\n".join(f"{link.label} | {link.url}" for link in value)
        return value


class PresentationForm(forms.Form):
    """How the portal looks and speaks. `version` is what was read; it comes back with the form."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    has_colour = forms.BooleanField(label=_("Use our own colour"), required=False)
    colour = forms.CharField(
        label=_("Our colour"),
        required=False,
        max_length=7,
        widget=forms.ColorInput(attrs={"class": "h-11 w-24 p-1"}),
        help_text=_("Buttons, links and marks take it. In the dark theme a lighter shade of it is used."),
    )
    welcome = forms.CharField(
        label=_("Welcome line"),
        required=False,
        max_length=LONGEST_WELCOME,
        help_text=_("Stands under the firm's name where people sign in."),
    )
    help = forms.CharField(
        label=_("Help"),
        required=False,
        max_length=LONGEST_HELP,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whom to ask, and when. It can be opened at the foot of every page."),
    )
    links = LinksField(
        label=_("Links at the foot"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One a line, with a bar between: Imprint | https://example.com/imprint"),
    )
    sender_name = forms.CharField(
        label=_("Name of the sender of mails"),
        required=False,
        max_length=LONGEST_LABEL,
        help_text=_("Empty: the address alone."),
    )
    reply_to = forms.EmailField(
        label=_("Answers to mails go to"),
        required=False,
        max_length=254,
        help_text=_("Empty: to the address that the portal sends from."),
    )
    language = forms.ChoiceField(label=_("Language of who chose none"))
    zone = forms.ChoiceField(label=_("Time zone of who chose none"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the languages there are, and every time zone."""
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined] # a choice field's
        self.fields["zone"].choices = identity.zones()  # type: ignore[attr-defined] # the same

    def clean_colour(self) -> str:
        """Return the colour as it is kept; empty where the portal's own is wanted."""
        text = str(self.cleaned_data.get("colour") or "").strip().lower()
        if not self.cleaned_data.get("has_colour"):
            return ""
        if not is_colour(text):
            raise forms.ValidationError(_("A colour is written as #0d5547."))
        return text

    def clean_sender_name(self) -> str:
        """Refuse what would break the line of a mail that names its sender."""
        name = str(self.cleaned_data["sender_name"])
        if not name.isprintable() or '"' in name:
            raise forms.ValidationError(_("This cannot be the name of a sender: no quotation marks, in one line."))
        return name

    def values(self) -> dict[str, Any]:
        """Return what the action takes; call it after the form was found valid."""
        given = self.cleaned_data
        words = {name: given[name].strip() for name in ("welcome", "help", "sender_name", "reply_to")}
        texts = Texts(links=given["links"] or (), **words)
        return {name: given[name] for name in ("version", "colour", "language", "zone")} | {"texts": texts}


def initial(found: Presentation) -> dict[str, Any]:
    """Return what the form begins with."""
    return {
        "version": found.version,
        "has_colour": bool(found.colour),
        "colour": found.colour or SUGGESTED,
        "welcome": found.texts.welcome,
        "help": found.texts.help,
        "links": found.texts.links,
        "sender_name": found.texts.sender_name,
        "reply_to": found.texts.reply_to,
        "language": found.language,
        "zone": found.zone,
    }


class NameForm(forms.Form):
    """The firm's name, and what it was when the form was shown."""

    before = forms.CharField(widget=forms.HiddenInput, strip=False)
    name = forms.CharField(label=_("Name of the firm"), max_length=120)


class LogoForm(forms.Form):
    """A picture to make the logo from."""

    logo = forms.FileField(
        label=_("A picture"),
        help_text=_("PNG, JPEG or WebP, at most 2 MB. It is made anew from its pixels, 384 pixels wide or high."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp", "class": "control py-2"}),
    )


class TermsForm(forms.Form):
    """A new version of the terms; `newest` is the number of the last one when the form was shown."""

    newest = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("The terms"), max_length=LONGEST_TERMS, widget=forms.Textarea(attrs={"rows": 16}), strip=True
    )
    for_contacts = forms.BooleanField(label=_("People of clients must accept them"), required=False)
    for_staff = forms.BooleanField(label=_("People of the firm must accept them"), required=False)


class AcceptForm(forms.Form):
    """Which version is accepted; the box is ticked by hand."""

    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    accepted = forms.BooleanField(
        label=_("I have read these terms and accept them."), error_messages={"required": _("Tick the box to accept.")}
    )

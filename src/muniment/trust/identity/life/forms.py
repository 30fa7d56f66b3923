"""What people type about coming and going."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LIST_BYTES = 512 * 1024


class NewAddress(forms.Form):
    """The address somebody wants to sign in with."""

    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )


class PeopleList(forms.Form):
    """A list of people, as a file or typed."""

    sheet = forms.FileField(
        label=_("A file"),
        required=False,
        help_text=_("CSV, as spreadsheets save it: comma, semicolon or tab; with a first line that names the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain", "class": "control py-2"}),
    )
    text = forms.CharField(
        label=_("Or paste the lines here"),
        required=False,
        strip=False,
        max_length=LIST_BYTES,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """Insist on one of the two."""
        cleaned = super().clean() or {}
        if not cleaned.get("sheet") and not (cleaned.get("text") or "").strip():
            raise forms.ValidationError(_("Choose a file, or paste the lines."))
        return cleaned

    def content(self) -> bytes | str:
        """Return what came, as it came; call it after the form was found valid."""
        sheet = self.cleaned_data["sheet"]
        return sheet.read() if sheet else str(self.cleaned_data["text"])

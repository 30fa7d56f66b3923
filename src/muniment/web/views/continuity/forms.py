"""What is typed and chosen to bring something back, and for recovery sheets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from muniment.assurance.continuity.types import BackupFacts
from muniment.core import ids
from muniment.portal.documents.types import VersionChoice
from muniment.web.forms import PublicIdField
from muniment.web.templatetags.display import whole
from muniment.web.views.continuity import words

NEWEST, OTHER = "newest", "other"


class BringBackForm(forms.Form):
    """Which version, and from which backup; `moment` is None for the newest."""

    version = PublicIdField(required=False)
    backup = forms.ChoiceField(label=lazy("From which backup"), initial=NEWEST)
    moment = forms.DateTimeField(
        label=lazy("Day and time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    agreed = forms.BooleanField(
        label=lazy("Bring back every document that is not there now as it was then"), required=False
    )

    def __init__(
        self, *args: Any, backups: Sequence[BackupFacts], versions: Sequence[VersionChoice], is_client: bool
    ) -> None:
        """Take what there is to choose from."""
        super().__init__(*args)
        self.backups = {ids.public(row.id): row for row in backups}
        self.versions = {row.id: row for row in versions}
        self.is_client = is_client
        choices = [(NEWEST, _("The newest: everything that was saved so far"))]
        choices += [(key, f"{whole(row.moment)} · {words.KINDS[row.kind]}") for key, row in self.backups.items()]
        if is_client and any(row.kind != "bundle" for row in backups):
            choices.append((OTHER, _("A moment in between")))
        self.fields["backup"].choices = choices  # type: ignore[attr-defined] # a choice field's own

    def clean_version(self) -> UUID | None:
        """Refuse what is no version of the document."""
        version: UUID | None = self.cleaned_data["version"]
        if not self.is_client and version not in self.versions:
            raise ValidationError(_("Choose one of the versions."))
        return version

    def clean_agreed(self) -> bool:
        """Insist that somebody who brings a whole client back says so."""
        agreed: bool = self.cleaned_data["agreed"]
        if self.is_client and not agreed:
            raise ValidationError(_("Tick this to go on."))
        return agreed

    def clean(self) -> dict[str, Any]:
        """Find the moment that was chosen, which a backup must reach."""
        given = super().clean() or {}
        chosen = given.get("backup")
        if chosen == OTHER:
            self._insist_within(given.get("moment"))
        else:
            given["moment"] = self.backups[chosen].moment if chosen in self.backups else None
        version = self.versions.get(given.get("version"))  # type: ignore[arg-type] # None is no version
        if version and given["moment"] and given["moment"] < version.added_at:
            self.add_error("backup", _("This version came later than that backup. Choose a newer one."))
        return given

    def _insist_within(self, moment: datetime | None) -> None:
        oldest = min((row.moment for row in self.backups.values() if row.moment), default=None)
        if moment is None:
            self.add_error("moment", _("Say which moment."))
        elif oldest is None or moment < oldest:
            self.add_error("moment", _("No backup that is kept reaches back so far."))


class SheetForm(forms.Form):
    """Among how many people the key is divided, and how many of them open it together."""

    people = forms.IntegerField(label=lazy("Among how many people"), min_value=1, max_value=16, initial=5)
    needed = forms.IntegerField(
        label=lazy("How many of them open it together"),
        min_value=1,
        max_value=16,
        initial=3,
        help_text=lazy("Fewer learn nothing at all. More people than are needed may lose their page."),
    )


class ShareForm(forms.Form):
    """The words of one page of a sheet; by its name nothing keeps the field when somebody has to confirm first."""

    password_words = forms.CharField(
        label=lazy("The words of one page"),
        max_length=2000,
        widget=forms.Textarea(
            attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )

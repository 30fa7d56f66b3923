"""What is typed to send a link to somebody without an account."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from muniment.core import clock
from muniment.core.days import DayField

USUAL_DAYS = 7
USUAL_USES = 5


def _in_a_week() -> Any:
    return (clock.now() + timedelta(days=USUAL_DAYS)).date()


class LinkForm(forms.Form):
    """For whom, for which task, until when, how often, and why."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The link goes there, and each time it is opened a code as well. Nobody else can use it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    task = forms.ChoiceField(
        label=_("What they can do"),
        choices=[("view", _("Look at it")), ("upload", _("Send files into it"))],
        initial="view",
        widget=forms.RadioSelect,
    )
    until = DayField(
        label=_("Until"),
        initial=_in_a_week,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day, in UTC; within three months."),
    )
    uses = forms.IntegerField(label=_("How often it can be opened"), min_value=1, max_value=100, initial=USUAL_USES)
    why = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("The client sees this reason beside every access."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, is_folder: bool, **options: Any) -> None:
        """Offer the tasks that go with a folder, or the one of a document."""
        super().__init__(*args, **options)
        if not is_folder:
            del self.fields["task"]

    def clean_until(self) -> datetime:
        """Return the end, exclusive: the midnight after the last day."""
        return datetime.combine(self.cleaned_data["until"] + timedelta(days=1), time.min, tzinfo=UTC)

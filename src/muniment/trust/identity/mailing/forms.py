"""What those say who look after mails: which they want to see, and why one is dropped."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as lazy

from muniment.core.ids import PUBLIC_LENGTH, private
from muniment.trust.identity.mailing.types import LetterState

STATE_WORDS: Final[dict[LetterState, Any]] = {
    "waiting": lazy("Waiting"),
    "failed": lazy("Failed"),
    "sent": lazy("Sent"),
    "dropped": lazy("Dropped"),
}


class QueueForm(forms.Form):
    """Which part of the queue is wanted."""

    state = forms.ChoiceField(choices=STATE_WORDS.items(), required=False)
    older = forms.CharField(required=False, min_length=PUBLIC_LENGTH, max_length=PUBLIC_LENGTH)

    def clean_older(self) -> Any:
        """Return the id before which the list goes on."""
        text = self.cleaned_data["older"]
        try:
            return private(text) if text else None
        except ValueError as error:
            raise forms.ValidationError("This is not an id of this portal.") from error


class DropForm(forms.Form):
    """Why a mail is not to be sent any more."""

    reason = forms.CharField(label=lazy("Why"), max_length=300)

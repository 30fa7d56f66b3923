"""What people type about a directory."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from muniment.trust.federation.scim.actions.tokens import NAME_MOST
from muniment.trust.federation.scim.types import TOKEN_DAYS_MOST


class MakeToken(forms.Form):
    """What the directory is called, what people get whom it brings, and how long its token works."""

    name = forms.CharField(
        label=_("Name of the directory"), max_length=NAME_MOST, help_text=_("For the log, such as Entra ID or Okta.")
    )
    role = forms.ChoiceField(
        label=_("Role of people whom it brings"),
        help_text=_("More they get by groups: the directory fills them, you say what each may."),
    )
    days = forms.IntegerField(label=_("The token works for days"), min_value=1, max_value=TOKEN_DAYS_MOST)

    def __init__(self, *args: Any, roles: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        """Take the roles to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = list(roles)  # type: ignore[attr-defined] # of a ChoiceField

"""What a profile says of second steps, own devices and lost phones, as fields."""

from django import forms
from django.utils.translation import gettext_lazy as lazy

from muniment.web.views.conditions.words import EMAIL_CODE_WORDS, MFA_WORDS


class SecondSteps(forms.Form):
    """When somebody passes a second step, and what stands in for one they cannot pass."""

    mfa_mode = forms.ChoiceField(
        label=lazy("When people of the client pass a second step"),
        choices=MFA_WORDS.items(),
        help_text=lazy("Staff of the firm pass one always. Of a person's clients the strictest counts."),
    )
    email_code = forms.ChoiceField(
        label=lazy("Codes by e-mail"),
        choices=EMAIL_CODE_WORDS.items(),
        help_text=lazy("Weak: whoever reads the mailbox has the code. Only for people who have nothing better."),
    )
    trusted_days = forms.IntegerField(
        label=lazy("Trust somebody's own device for days"),
        min_value=0,
        max_value=30,
        help_text=lazy("On it no second step is asked for so long. 0 means never. Administrators are always asked."),
    )
    recovery_hours = forms.IntegerField(
        label=lazy("Hours to wait after a colleague confirmed a lost phone"),
        min_value=1,
        max_value=24 * 14,
        help_text=lazy("Time in which the person, who is told by mail, can stop it."),
    )

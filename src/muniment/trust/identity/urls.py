"""Addresses of sign-in, account, people and the demo's mails.

Names with an underscore are those that the sign-in library itself goes to; none of its other pages exist.
"""

from django.urls import include, path

from muniment.trust.identity.views import account, entrance, factors, joining, letters, passwords, people, purpose

_account = (
    [
        path("", account.index, name="index"),
        path("sessions/others/end/", account.end_others, name="end_others"),
        path("sessions/<id:session_id>/end/", account.end_session, name="end_session"),
    ],
    "account",
)
_people = (
    [
        path("", people.listing, name="list"),
        path("invite/", people.invite, name="invite"),
        path("assign/", people.assign, name="assign"),
        path("invitations/<id:invitation_id>/withdraw/", people.withdraw, name="withdraw"),
        path("<id:person_id>/end/", people.end, name="end"),
        path("<id:person_id>/new-password/", people.flag_password, name="flag_password"),
    ],
    "people",
)
_mail = ([path("", letters.listing, name="list"), path("<id:letter_id>/", letters.listing, name="letter")], "mail")

urlpatterns = [
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-in/code/", entrance.code, name="mfa_authenticate"),
    path("sign-out/", entrance.sign_out, name="account_logout"),
    path("account/confirm/", entrance.confirm, name="account_reauthenticate"),
    path("account/confirm/code/", entrance.confirm_code, name="mfa_reauthenticate"),
    path("account/password/", passwords.change, name="account_change_password"),
    path("account/password/reset/", passwords.ask_reset, name="account_reset_password"),
    path("account/password/reset/sent/", passwords.reset_asked, name="account_reset_password_done"),
    path("account/password/reset/done/", passwords.reset_done, name="account_reset_password_from_key_done"),
    path("account/password/reset/<id:person_id>/<str:token>/", passwords.reset, name="account_reset_password_from_key"),
    path("account/factor/", factors.activate, name="mfa_activate_totp"),
    path("account/factor/change/", factors.deactivate, name="mfa_deactivate_totp"),
    path("account/recovery-codes/", factors.recovery_codes, name="mfa_view_recovery_codes"),
    path("account/recovery-codes/new/", factors.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/recovery-codes.txt", factors.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("account/", include(_account)),
    path("set-up/<str:secret>/", joining.set_up, name="set_up"),
    path("invitations/<id:inviting_id>/<str:secret>/", joining.invitation, name="invitation"),
    path("mail/", include(_mail)),
    path("<id:client_id>/purpose/", purpose.purpose, name="purpose"),
    path("<id:client_id>/people/", include(_people)),
]

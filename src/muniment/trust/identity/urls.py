"""Addresses of sign-in, account, people and the demo's mails.

Names with an underscore are those that the sign-in library itself goes to; none of its other pages exist.
"""

from django.urls import include, path

from muniment.trust.identity.life.views import everybody, importing, own
from muniment.trust.identity.passkeys import views as passkeys
from muniment.trust.identity.recovery import views as recovery
from muniment.trust.identity.stepping_up import views as stepping_up
from muniment.trust.identity.steps import views as steps
from muniment.trust.identity.views import (
    account,
    entrance,
    factors,
    guests,
    joining,
    letters,
    looking,
    passwords,
    people,
    purpose,
    way_in,
)

_account = (
    [
        path("", account.index, name="index"),
        path("address/", own.address, name="address"),
        path("address/stop/", own.stop_address, name="stop_address"),
        path("address/<id:change_id>/<secret:secret>/", own.confirm_address, name="confirm_address"),
        path("data/", own.data, name="data"),
        path("recovery/stop/", recovery.stop, name="stop_recovery"),
        path("sessions/stay/", steps.stay, name="stay"),
        path("devices/forget/", steps.forget_devices, name="forget_devices"),
        path("devices/<id:device_id>/forget/", steps.forget_device, name="forget_device"),
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
        path("import/", importing.import_list, name="import"),
        path("export/", importing.export_list, name="export"),
        path("invitations/<id:invitation_id>/withdraw/", people.withdraw, name="withdraw"),
        path("<id:person_id>/end/", people.end, name="end"),
        path("<id:person_id>/recovery/", recovery.confirm, name="recovery"),
        path("<id:person_id>/new-password/", people.flag_password, name="flag_password"),
        path("<id:person_id>/let-in/", people.lift_delays, name="lift_delays"),
    ],
    "people",
)
_everybody = (
    [
        path("", everybody.listing, name="list"),
        path("<id:person_id>/", everybody.somebody, name="one"),
        path("<id:person_id>/disable/", everybody.disable, name="disable"),
        path("<id:person_id>/enable/", everybody.enable, name="enable"),
        path("<id:person_id>/emergencies/", everybody.break_glass, name="break_glass"),
    ],
    "everybody",
)
_mail = ([path("", letters.listing, name="list"), path("<id:letter_id>/", letters.listing, name="letter")], "mail")

urlpatterns = [
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-in/code/", entrance.code, name="mfa_authenticate"),
    path("sign-in/mailed-code/", steps.mailed_code, name="account_mailed_code"),
    path("sign-in/lost/", recovery.lost, name="account_lost"),
    path("recovery/stop/<secret:secret>/", recovery.stop_by_link, name="stop_recovery_by_link"),
    path("not-me/<secret:secret>/", steps.not_me, name="not_me"),
    path("sign-in/let-in/<secret:secret>/", way_in.let_in, name="account_let_in"),
    path("sign-out/", entrance.sign_out, name="account_logout"),
    path("sign-in/passkey/", passkeys.sign_in, name="mfa_login_webauthn"),
    path("sign-in/key/", passkeys.second_step, name="mfa_authenticate_webauthn"),
    path("account/confirm/", stepping_up.confirm, name="account_reauthenticate"),
    path("account/confirm/code/", stepping_up.confirm, name="mfa_reauthenticate"),
    path("account/confirm/passkey/", passkeys.confirm, name="mfa_reauthenticate_webauthn"),
    path("account/confirm/again/", stepping_up.again, name="confirmed_again"),
    path("account/passkeys/add/", passkeys.add, name="mfa_add_webauthn"),
    path("account/passkeys/<id:passkey_id>/rename/", passkeys.rename, name="mfa_edit_webauthn"),
    path("account/passkeys/<id:passkey_id>/remove/", passkeys.remove, name="mfa_remove_webauthn"),
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
    path("g/<id:client_id>/", guests.guest, name="guest"),
    path("g/<id:client_id>/code/", guests.code, name="guest_code"),
    path("g/<id:client_id>/leave/", guests.leave, name="guest_leave"),
    path("g/<id:client_id>/<secret:secret>/", guests.open_link, name="guest_link"),
    path("people/", include(_everybody)),
    path("<id:client_id>/leave/", own.leave, name="leave"),
    path("mail/", include(_mail)),
    path("looking/end/", looking.end_look, name="end_look"),
    path("<id:client_id>/look/", looking.look, name="look"),
    path("<id:client_id>/purpose/", purpose.purpose, name="purpose"),
    path("<id:client_id>/people/", include(_people)),
]

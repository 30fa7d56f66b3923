"""Every address of the portal, by app. The client is always in the address, never in the session."""

from django.urls import include, path

from muniment.web import converters
from muniment.web.views import (
    clients,
    data_map,
    destructions,
    errors,
    health,
    home,
    keys,
    log,
    receipts,
    retention,
    small,
    verify,
)

converters.register()

_web = (
    [
        path("", home.home, name="home"),
        path("theme/", small.theme, name="theme"),
    ],
    "web",
)
_clients = (
    [
        path("clients/", clients.listing, name="list"),
        path("clients/new/", clients.open_client, name="open"),
        path("<id:client_id>/", clients.client, name="client"),
    ],
    "clients",
)
_log = (
    [
        path("log/", log.everywhere, name="everywhere"),
        path("<id:client_id>/log/", log.entries, name="list"),
        path("<id:client_id>/log/export/", log.export, name="export"),
        path("<id:client_id>/log/verify/", log.verify, name="verify"),
    ],
    "log",
)
_retention = ([path("<id:client_id>/log/retention/", retention.log_retention, name="log")], "retention")
_receipts = (
    [
        path("<id:client_id>/log/<id:entry_id>/", receipts.entry, name="entry"),
        path("<id:client_id>/log/<id:entry_id>/receipt/", receipts.take, name="take"),
        path("<id:client_id>/log/<id:entry_id>/mail/", receipts.mail, name="mail"),
        path("<id:client_id>/receipts/", receipts.listing, name="list"),
        path("<id:client_id>/receipts/month/", receipts.pack, name="pack"),
        path("<id:client_id>/receipts/letters/", receipts.letters, name="letters"),
    ],
    "receipts",
)
_health = ([path("health/", health.health, name="health")], "health")
_data_map = (
    [
        path("data-map/", data_map.data_map, name="map"),
        path("data-map/download/", data_map.download, name="download"),
    ],
    "data-map",
)

_keys = (
    [
        path("keys/", keys.inventory, name="inventory"),
        path("keys/turn/", keys.turn, name="turn"),
        path("destruction/", destructions.destructions, name="destructions"),
        path("destruction/new/", destructions.ask, name="ask_destruction"),
        path("destruction/<id:destruction_id>/approve/", destructions.approve, name="approve"),
        path("destruction/<id:destruction_id>/decline/", destructions.decline, name="decline"),
        path("destruction/<id:destruction_id>/take-back/", destructions.take_back, name="take_back"),
        path(
            "destruction/<id:destruction_id>/certificate.json", destructions.certificate_json, name="certificate_json"
        ),
        path("destruction/<id:destruction_id>/certificate.pdf", destructions.certificate_pdf, name="certificate_pdf"),
        path("<id:client_id>/holds/", keys.holds, name="holds"),
        path("<id:client_id>/holds/<id:hold_id>/lift/", keys.lift_hold, name="lift_hold"),
    ],
    "keys",
)

_verify = (
    [
        path("verify/", verify.page, name="page"),
        path("verify/muniment-verify.html", verify.offline, name="offline"),
        path("verify/muniment-verify.pyz", verify.command, name="command"),
    ],
    "verify",
)

urlpatterns = [
    path("", include(_verify)),
    path("", include(_web)),
    path("", include(_clients)),
    path("", include(_log)),
    path("", include(_retention)),
    path("", include(_receipts)),
    path("", include(_health)),
    path("", include(_data_map)),
    path("", include(_keys)),
    path("", include("muniment.trust.identity.urls")),
    path("", include("muniment.portal.documents.urls")),
    path(".well-known/security.txt", small.security_txt, name="security-txt"),
    path("robots.txt", small.robots_txt, name="robots-txt"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

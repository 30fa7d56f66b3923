"""Every address of the portal, by app. The client is always in the address, never in the session."""

from django.urls import include, path

from muniment.web import converters
from muniment.web.views import (
    access_requests,
    clients,
    data_map,
    destructions,
    errors,
    groups,
    health,
    home,
    keys,
    log,
    receipts,
    retention,
    reviews,
    roles,
    small,
    verify,
)
from muniment.web.views.conditions import networks, overview, profile, rules

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
_requests = (
    [
        path("access-requests/", access_requests.listing, name="list"),
        path("access-requests/new/", access_requests.ask_by_name, name="ask_by_name"),
        path("<id:client_id>/access/ask/", access_requests.ask, name="ask"),
        path("<id:client_id>/access-requests/", access_requests.here, name="here"),
        path("<id:client_id>/access-requests/<id:request_id>/give/", access_requests.give, name="give"),
        path("<id:client_id>/access-requests/<id:request_id>/decline/", access_requests.decline, name="decline"),
        path("<id:client_id>/access-requests/<id:request_id>/end/", access_requests.end, name="end"),
    ],
    "requests",
)
_reviews = (
    [
        path("reviews/", reviews.overview, name="overview"),
        path("<id:client_id>/reviews/", reviews.listing, name="list"),
        path("<id:client_id>/reviews/start/", reviews.start, name="start"),
        path("<id:client_id>/reviews/<id:review_id>/", reviews.review, name="review"),
        path("<id:client_id>/reviews/<id:review_id>/decide/", reviews.decide, name="decide"),
        path("<id:client_id>/reviews/<id:review_id>/export/", reviews.export, name="export"),
    ],
    "reviews",
)

_roles = (
    [
        path("roles/", roles.listing, name="list"),
        path("roles/new/", roles.new, name="new"),
        path("roles/<slug:role_name>/", roles.role, name="role"),
        path("roles/<slug:role_name>/retire/", roles.retire, name="retire"),
    ],
    "roles",
)
_groups = (
    [
        path("groups/", groups.of_the_firm, name="of_the_firm"),
        path("<id:client_id>/groups/", groups.listing, name="list"),
        path("<id:client_id>/groups/give/", groups.give, name="give"),
        path("<id:client_id>/groups/<id:group_id>/", groups.group, name="group"),
        path("<id:client_id>/groups/<id:group_id>/add/", groups.add, name="add"),
        path("<id:client_id>/groups/<id:group_id>/remove/", groups.remove, name="remove"),
        path("<id:client_id>/groups/<id:group_id>/people/<id:person_id>/out/", groups.take_out, name="take_out"),
        path("<id:client_id>/groups/<id:group_id>/given/<id:grant_id>/end/", groups.end_given, name="end_given"),
        path("<id:client_id>/people/roles/", groups.manager_roles, name="manager_roles"),
    ],
    "groups",
)

_conditions = (
    [
        path("conditions/", overview.overview, name="overview"),
        path("conditions/new-clients/", profile.new_clients, name="new_clients"),
        path("conditions/new-clients/labels/<slug:label>/", profile.new_clients_label, name="new_clients_label"),
        path("networks/", networks.networks, name="networks"),
        path("networks/remove/", networks.remove, name="remove_network"),
        path("<id:client_id>/conditions/", profile.profile, name="profile"),
        path("<id:client_id>/conditions/labels/<slug:label>/", profile.label, name="label"),
        path("<id:client_id>/conditions/rules/", rules.rules, name="rules"),
        path("<id:client_id>/conditions/rules/new/", rules.new_rule, name="new_rule"),
        path("<id:client_id>/conditions/rules/<id:rule_id>/", rules.rule, name="rule"),
        path("<id:client_id>/conditions/rules/<id:rule_id>/change/", rules.change_rule, name="change_rule"),
        path("<id:client_id>/conditions/rules/<id:version_id>/approve/", rules.approve, name="approve_rule"),
        path("<id:client_id>/conditions/rules/<id:version_id>/decline/", rules.decline, name="decline_rule"),
        path("<id:client_id>/conditions/rules/<id:version_id>/take-back/", rules.take_back, name="take_back_rule"),
        path("<id:client_id>/conditions/rules/<id:version_id>/end/", rules.end, name="end_rule"),
    ],
    "conditions",
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
    path("", include(_roles)),
    path("", include(_groups)),
    path("", include(_requests)),
    path("", include(_reviews)),
    path("", include(_conditions)),
    path("", include("muniment.web.views.explaining.urls")),
    path("", include("muniment.trust.identity.urls")),
    path("", include("muniment.trust.federation.urls")),
    path("", include("muniment.portal.documents.urls")),
    path(".well-known/security.txt", small.security_txt, name="security-txt"),
    path("robots.txt", small.robots_txt, name="robots-txt"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

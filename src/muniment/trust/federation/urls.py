"""Addresses of single sign-on and of directories."""

from django.urls import include, path

from muniment.trust.federation.views import confirming, entering, providers, renewing, trying

_single_sign_on = (
    [
        path("sign-in/organisation/", entering.organisation, name="organisation"),
        path("sign-in/with/<id:place_id>/<id:provider_id>/", entering.start, name="start"),
        path("sign-in/with/<id:place_id>/<id:provider_id>/answer/", entering.answer, name="answer"),
        path("sign-in/with/<id:place_id>/<id:provider_id>/acs/", entering.take, name="take"),
        path("sign-in/with/<id:place_id>/<id:provider_id>/taken/", entering.taken, name="taken"),
        path("sign-in/with/<id:place_id>/<id:provider_id>/metadata/", entering.metadata, name="metadata"),
        path("sign-in/with/<id:place_id>/<id:provider_id>/ended/", entering.ended, name="ended"),
        path("account/confirm/organisation/", confirming.confirm, name="confirm"),
        path("<id:client_id>/providers/", providers.listing, name="list"),
        path("<id:client_id>/providers/new/", providers.choose, name="choose"),
        path("<id:client_id>/providers/new/saml/", providers.new_saml, name="new_saml"),
        path("<id:client_id>/providers/new/<slug:preset>/", providers.new_openid, name="new_openid"),
        path("<id:client_id>/providers/<id:provider_id>/", providers.provider, name="provider"),
        path("<id:client_id>/providers/<id:provider_id>/try/", trying.begin, name="try"),
        path("<id:client_id>/providers/<id:provider_id>/switch/", providers.switch, name="switch"),
        path("<id:client_id>/providers/<id:provider_id>/admitting/", providers.admitting, name="admitting"),
        path("<id:client_id>/providers/<id:provider_id>/renew/", renewing.renew, name="renew"),
        path("<id:client_id>/providers/<id:provider_id>/groups/", providers.map_group, name="map_group"),
        path("<id:client_id>/providers/<id:provider_id>/remove/", providers.remove, name="remove"),
        path("<id:client_id>/providers/<id:provider_id>/domains/", providers.add_domain, name="add_domain"),
        path("<id:client_id>/domains/<id:domain_id>/prove/", providers.prove_domain, name="prove_domain"),
        path("<id:client_id>/domains/<id:domain_id>/remove/", providers.remove_domain, name="remove_domain"),
        path(
            "<id:client_id>/providers/<id:provider_id>/people/<id:person_id>/unlink/", providers.unlink, name="unlink"
        ),
    ],
    "federation",
)

urlpatterns = [path("", include(_single_sign_on)), path("", include("muniment.trust.federation.scim.urls"))]

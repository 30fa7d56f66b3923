"""Addresses of directories: what they speak to, and their page."""

from django.urls import include, path

from muniment.trust.federation.scim.views import directory, endpoint

_directory = (
    [
        path("", directory.directory, name="directory"),
        path("token/", directory.make, name="make"),
        path("token/end/", directory.revoke, name="revoke"),
    ],
    "directory",
)

urlpatterns = [
    path("scim/<id:client_id>/v2", endpoint.endpoint, name="scim_root"),
    path("scim/<id:client_id>/v2/<path:path>", endpoint.endpoint, name="scim"),
    path("<id:client_id>/directory/", include(_directory)),
]

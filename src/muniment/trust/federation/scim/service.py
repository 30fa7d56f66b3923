"""What the portal's SCIM service is: users and groups of RFC 7643, filters, sorting, ETags, PATCH; no bulk."""

from typing import Final

from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ETag,
    Filter,
    Patch,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
)
from scim2_server.service import ScimService
from scim2_server.utils import load_default_resource_types, load_default_schemas

from muniment.trust.federation.scim.types import RESULTS_MOST

_CONFIG: Final = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=RESULTS_MOST),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=True),
    etag=ETag(supported=True),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="Bearer token",
            description="The token from the page of the directory, in the header Authorization.",
            primary=True,
        )
    ],
)
PROVIDER: Final = ScimProvider.from_discovery(
    load_default_schemas().values(), load_default_resource_types().values(), config=_CONFIG
)
SERVICE: Final = ScimService(PROVIDER)

"""The verb about single sign-on."""

from muniment.trust.access.types import declare_permission

declare_permission(
    "provider:set", "Decide by which services people of a client or of the firm sign in", administers=True
)

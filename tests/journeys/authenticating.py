"""A phone or a key in software, as Chromium has them for tests."""

from typing import Any

from playwright.sync_api import Page


class Device:
    """An authenticator of one page: a phone that asks who holds it, or a key that is only touched."""

    def __init__(self, page: Page, *, key: bool = False) -> None:
        self._cdp = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable", {"enableUI": False})
        options: dict[str, Any] = {
            "protocol": "ctap2",
            "transport": "usb" if key else "internal",
            "hasResidentKey": not key,
            "hasUserVerification": not key,
            "isUserVerified": not key,
            "automaticPresenceSimulation": True,
        }
        added = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = added["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        """Return what it keeps."""
        found = self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        return list(found["credentials"])

    def refuse(self) -> None:
        """Let whoever holds it be somebody else from now on."""
        self._cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": False})

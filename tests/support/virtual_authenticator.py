"""The virtual authenticator of Chromium: a device that a test plugs in, unlocks, copies from."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Page

_BUILT_IN = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass(frozen=True)
class VirtualAuthenticator:
    """One device, plugged into one window."""

    devtools: CDPSession
    id: str

    def keys(self) -> list[dict[str, Any]]:
        """What it holds: credentialId, rpId, userHandle, privateKey, signCount."""
        return list(self.devtools.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"])

    def add(self, key: dict[str, Any]) -> None:
        """Put a key in, as whoever copied it would."""
        self.devtools.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": key})

    def unlocked(self, yes: bool) -> None:
        """Whether its person can show that it is them."""
        self.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})

    def at_hand(self, yes: bool) -> None:
        """Whether somebody touches it when it asks."""
        self.devtools.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": self.id, "enabled": yes})


def plug_in(page: Page, **options: Any) -> VirtualAuthenticator:
    """Give the window a device that unlocks itself; `options` as in WebAuthn.addVirtualAuthenticator."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable", {"enableUI": False})
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**_BUILT_IN, **options}})
    return VirtualAuthenticator(devtools, added["authenticatorId"])

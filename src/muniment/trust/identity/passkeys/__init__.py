"""Passkeys and security keys (WebAuthn): made, proved, listed, renamed and removed."""

"""The settings of upgrades and of the notice about new versions, and what they may not be."""

from collections.abc import Iterator
from dataclasses import dataclass

from muniment.core.config.addresses import is_loopback, split
from muniment.core.config.setting import setting


@dataclass(frozen=True, kw_only=True)
class Updates:
    """The settings of the way from one version to the next."""

    upgrade_keep_days: int = setting(
        14, "For how many days the copy of the database from before an upgrade is kept, to go back to.", unit="days"
    )
    updates_url: str | None = setting(
        None,
        "An `https://` address of the signed notice about the newest version, asked once a day. Without it nobody is "
        "asked. Whoever runs that server learns this machine's address and nothing else.",
    )


RANGES = {"upgrade_keep_days": (1, 365)}


def problems(config: Updates) -> Iterator[str]:
    """Yield a sentence for each unsafe or impossible value."""
    if config.updates_url is None:
        return
    url = split(config.updates_url)
    safe = url is not None and bool(url.hostname) and not (url.username or url.password or url.fragment)
    if url is None or not safe or not (url.scheme == "https" or is_loopback(url.hostname or "")):
        yield "updates_url must be an https:// address without a password; plain http:// leads to this machine alone."

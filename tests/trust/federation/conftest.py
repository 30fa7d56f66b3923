"""Providers on this machine, and clients that use them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from muniment.core import config
from tests.trust.federation.names import answering

if TYPE_CHECKING:
    from tests.cast import Portal
    from tests.trust.federation.acting import Records, Single
    from tests.trust.federation.openid import OpenIdProvider


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Give a function that sets settings of the portal for this test."""

    def put(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"MUNIMENT_{name.upper()}", value)
        config.current.cache_clear()

    yield put
    monkeypatch.undo()
    config.current.cache_clear()
    _forget()


@pytest.fixture
def records(settings: Callable[..., None]) -> "Iterator[Records]":
    """Give the records of the DNS that the portal asks."""
    known: dict[str, list[str]] = {}
    with answering(known) as port:
        settings(domain_resolver=f"127.0.0.1:{port}")
        yield known


@pytest.fixture
def service(settings: Callable[..., None], records: "Records", tmp_path: Path) -> "Iterator[OpenIdProvider]":
    """Give an OpenID provider that the operator lets the portal go to."""
    from tests.trust.federation.openid import serving

    with serving(tmp_path) as (provider, authority):
        settings(provider_hosts="localhost", provider_authority=str(authority))
        _forget()
        yield provider


@pytest.fixture
def single(portal: "Portal", service: "OpenIdProvider", records: "Records") -> "Single":
    """Give what sets providers up."""
    from tests.trust.federation.acting import Single

    return Single(portal, service, records)


def _forget() -> None:
    from muniment.trust.federation import oidc

    oidc.forget()

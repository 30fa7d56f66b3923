"""Lay the keys of bindings into the database, where the functions that check and seal them find them."""

import secrets

from django.db import connection

from muniment.core import config
from muniment.core.config.database import binding_key

_BLOCK_BYTES = 64  # of SHA-256
_INNER, _OUTER = b"\x36", b"\x5c"
_LAY = """
insert into binding_key (proof_inner, proof_outer, seal_inner, seal_outer) values (%s, %s, %s, %s)
on conflict (one) do update set proof_inner = excluded.proof_inner, proof_outer = excluded.proof_outer
"""


def lay_keys() -> None:
    """Tell the database by which key bindings are proved, and make its own secret where there is none.

    Run as the owner after every migration, so that another server key counts from then on. The secret stays:
    transactions that run now are sealed with it.
    """
    proof, seal = binding_key(config.current().server_key), secrets.token_bytes(32)
    with connection.cursor() as cursor:
        cursor.execute(_LAY, [*_pads(proof), *_pads(seal)])


def _pads(key: bytes) -> tuple[bytes, bytes]:
    """Return both 64-byte blocks that HMAC puts before a text and before its first hash; PostgreSQL has no HMAC.

    Source: RFC 2104, section 2.
    """
    block = key.ljust(_BLOCK_BYTES, b"\0")
    inner, outer = (bytes(byte ^ pad[0] for byte in block) for pad in (_INNER, _OUTER))
    return inner, outer

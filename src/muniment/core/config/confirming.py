"""What the settings of those who confirm the log may not be."""

from collections.abc import Iterator
from urllib.parse import SplitResult

from muniment.core.config.addresses import is_loopback, split
from muniment.core.config.fields import Config
from muniment_verify.errors import VerifyError
from muniment_verify.notes import WITNESS_KEY, parse_vkey

CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


def problems(config: Config) -> Iterator[str]:
    """Yield a sentence for each unsafe or impossible value."""
    names = []
    for written in config.witnesses or ():
        key, _, address = written.partition(" ")
        yield from _witness(key, address.strip())
        names.append(key)
    if len(set(names)) != len(names):
        yield "witnesses names the same key twice; one witness counts once."
    yield from _time_stamps(config)


def _witness(written: str, address: str) -> Iterator[str]:
    try:
        if parse_vkey(written).kind != WITNESS_KEY:
            yield "witnesses must hold keys of witnesses; one of them is the key of a log."
    except VerifyError:
        yield "witnesses must hold keys as `muniment witness init` prints them: name+id+key, a space, an address."
        return
    if not is_private(split(address)):
        yield f"The witness {written.partition('+')[0]} needs an https:// address; plain http:// leads here alone."


def _time_stamps(config: Config) -> Iterator[str]:
    if (config.time_stamp_url is None) != (config.time_stamp_authority is None):
        yield "time_stamp_url and time_stamp_authority belong together: give both or neither."
    if config.time_stamp_url is not None and not is_private(split(config.time_stamp_url)):
        yield "time_stamp_url must be an https:// address; plain http:// leads to this machine alone."
    path = config.time_stamp_authority
    if path is not None and not path.is_file():
        yield f"time_stamp_authority: there is no file {path}."
    elif path is not None and CERTIFICATE not in path.read_bytes():
        yield f"time_stamp_authority: {path} holds no certificate in PEM."


def is_private(url: SplitResult | None) -> bool:
    """Tell whether an address, which may have a path, keeps what is sent from others, and holds no password."""
    if url is None or not url.hostname or url.username or url.password or url.query or url.fragment:
        return False
    return url.scheme == "https" or (url.scheme == "http" and is_loopback(url.hostname))

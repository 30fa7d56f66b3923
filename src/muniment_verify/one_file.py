"""Make the one file that holds this package and that Python runs: the same bytes wherever and whenever it is made."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP knows
_READABLE = 0o644 << 16
_START = "import sys\n\nfrom muniment_verify.command import main\n\nsys.exit(main())\n"


def one_file() -> bytes:
    """Return the package as a ZIP with a line in front that says that Python runs it."""
    sources = {f"muniment_verify/{path.name}": path.read_text("utf-8") for path in Path(__file__).parent.glob("*.py")}
    whole = io.BytesIO()
    whole.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:  # stored: compressors differ between machines
        for name, text in sorted({**sources, "__main__.py": _START}.items()):
            info = zipfile.ZipInfo(name, _FIRST_DAY)
            info.external_attr = _READABLE
            info.create_system = 3
            archive.writestr(info, text.replace("\r\n", "\n"))
    return whole.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(one_file())

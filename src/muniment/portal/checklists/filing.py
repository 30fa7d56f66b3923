"""How a file that came in is called: after what was asked for, with the ending it came with."""

import re
import unicodedata

NAME_MOST = 200
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,10}$")
_REFUSED = re.compile(r'[/\\:*?"<>|\s]+')


def file_name(wanted: str, sent_as: str, number: int) -> str:
    """Return the name of a file: `wanted` as a file can be called, numbered from the second on, with its own ending."""
    kept = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in wanted)
    stem = _REFUSED.sub(" ", kept).strip(" .")[:NAME_MOST].strip(" .") or "File"
    ending = _ENDING.search(sent_as.strip())
    return f"{stem}{f' ({number})' if number > 1 else ''}{ending.group().lower() if ending else ''}"


def folder_names(path: str) -> list[str]:
    """Return the names of the folders on a path such as "Accounts/2026"; none for the top."""
    return [name for name in (" ".join(part.split()) for part in path.replace("\\", "/").split("/")) if name]

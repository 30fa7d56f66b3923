"""Every text that people read, as a template for translators, and catalogues made from it.

    python -m tools.texts            writes src/muniment/locale/muniment.pot

What is found: calls of Django's gettext functions, tags of templates, sentences of refusals (`sentence = "..."`) and
meanings of permissions. A text that is put together while running is not found, and so is a mistake.
"""

import ast
import re
import struct
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "muniment"
POT = SOURCE / "locale" / "muniment.pot"
PLURAL = "\0"  # between the two forms of one message, as in a catalogue
_SINGULAR = {"gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}
# the place of the argument that people read
_MEANINGS = {"declare_permission": 1, "HealthLine": 0, "declare_health": 1, "declare_alarm": 1}
_ATTRIBUTES = {"sentence"}
_TRANSLATE = re.compile(r"""\{%\s*translate\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_INLINE = re.compile(r"""_\((?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\)""")
_BLOCK = re.compile(r"\{%\s*blocktranslate\b([^%]*)%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)
_PLURAL_TAG = re.compile(r"\{%\s*plural\s*%\}")
_VARIABLE = re.compile(r"\{\{\s*([\w.]+)[^}]*\}\}")


def messages() -> dict[str, list[str]]:
    """Return every message with the files it stands in; both forms of a plural are one message."""
    found: dict[str, list[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            for message in in_code(path.read_text()):
                found.setdefault(message, []).append(str(path.relative_to(SOURCE)))
    for path in sorted((SOURCE / "web" / "templates").rglob("*.html")):
        for message in in_template(path.read_text()):
            found.setdefault(message, []).append(str(path.relative_to(SOURCE)))
    return found


def in_code(text: str) -> Iterator[str]:
    """Return the messages of a Python file."""
    tree = ast.parse(text)
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _called(node, names)
        elif isinstance(node, ast.ClassDef):
            yield from _of_class(node)


def in_template(text: str) -> Iterator[str]:
    """Return the messages of a template."""
    for pattern in (_TRANSLATE, _INLINE):
        for match in pattern.finditer(text):
            yield re.sub(r"\\(.)", r"\1", match[1] if match[1] is not None else match[2])
    for options, body in _BLOCK.findall(text):
        forms = [_VARIABLE.sub(r"%(\1)s", part.replace("%", "%%")) for part in _PLURAL_TAG.split(body)]
        if "trimmed" in options:
            forms = [" ".join(line.strip() for line in form.splitlines() if line.strip()) for form in forms]
        yield PLURAL.join(forms)


def catalogue(translated: dict[str, str]) -> bytes:
    """Return messages and their translations as a catalogue (.mo); two forms of a plural are joined by a zero byte.

    Source: GNU gettext manual, "The Format of GNU MO Files".
    """
    head = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
    pairs = sorted((key.encode(), value.encode()) for key, value in {"": head, **translated}.items())
    start = 28 + 16 * len(pairs)
    keys, values, places = b"", b"", []
    for key, value in pairs:
        places.append((len(key), len(keys), len(value), len(values)))
        keys, values = keys + key + b"\0", values + value + b"\0"
    first = b"".join(struct.pack("<II", size, start + place) for size, place, _s, _p in places)
    second = b"".join(struct.pack("<II", size, start + len(keys) + place) for _s, _p, size, place in places)
    return struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0) + first + second + keys + values


def template() -> str:
    """Return the template for translators (.pot), the messages in their order."""
    lines = ['msgid ""', 'msgstr ""', '"Content-Type: text/plain; charset=UTF-8\\n"', ""]
    for message, files in sorted(messages().items()):
        lines.append("#: " + " ".join(dict.fromkeys(files)))
        if "%(" in message or "%s" in message:
            lines.append("#, python-format")
        singular, _, plural = message.partition(PLURAL)
        lines.append(f"msgid {_quoted(singular)}")
        lines += [f"msgid_plural {_quoted(plural)}", 'msgstr[0] ""', 'msgstr[1] ""'] if plural else ['msgstr ""']
        lines.append("")
    return "\n".join(lines)


def _called(node: ast.Call, names: dict[str, str]) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    meant = names.get(name, "")
    if meant in _SINGULAR and node.args and (text := _constant(node.args[0])):
        yield text
    elif meant in _PLURAL and len(node.args) > 1:
        singular, plural = _constant(node.args[0]), _constant(node.args[1])
        if singular and plural:
            yield singular + PLURAL + plural
    elif name in _MEANINGS and len(node.args) > _MEANINGS[name] and (text := _constant(node.args[_MEANINGS[name]])):
        yield text


def _of_class(node: ast.ClassDef) -> Iterator[str]:
    for line in node.body:
        names = line.targets if isinstance(line, ast.Assign) else []
        said = [name for name in names if isinstance(name, ast.Name) and name.id in _ATTRIBUTES]
        if isinstance(line, ast.Assign) and said and (text := _constant(line.value)):
            yield text


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


if __name__ == "__main__":
    POT.parent.mkdir(exist_ok=True)
    POT.write_text(template())
    print(f"{len(messages())} messages in {POT}")

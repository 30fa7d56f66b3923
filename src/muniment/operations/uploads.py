"""Looks at what vets uploads on this machine: the sandbox, and the virus scanner if the settings name one."""

from muniment.core import config

SHOULD_HOLD = ("own network", "no new privileges", "no files", "limits", "system calls")
_WITHOUT = {
    "own network": "a task has no network of its own (user namespaces are not allowed here)",
    "no files": "files are not hidden from a task by Landlock (Linux 5.13 or newer has it)",
}


def problems() -> list[str]:
    """Return a sentence for everything about vetting that is wrong, though uploads are merely held because of it."""
    from muniment.trust.vault import actions as vault
    from muniment.trust.vault.errors import TaskFailed

    try:
        found = vault.confinement(str(config.current().root_key))
    except TaskFailed:
        return []  # a note says so: nothing is looked into, so nothing that has an inside is let in
    return [f"Sandbox: a task could {what} in spite of it." for what in found.reached]


def notes() -> list[str]:
    """Return a sentence for everything an operator should know about vetting."""
    return [*_sandbox(), *_scanner()]


def _sandbox() -> list[str]:
    from muniment.trust.vault import actions as vault
    from muniment.trust.vault.errors import TaskFailed

    try:
        held = vault.confinement().held
    except TaskFailed:
        return [
            "Note: this machine cannot confine a task (seccomp is missing), so the portal looks into no archive, "
            "office document, mail or PDF: such uploads are held, and pictures are not shown."
        ]
    missing = [layer for layer in SHOULD_HOLD if layer not in held]
    lacking = [f"Note: in the sandbox {_WITHOUT.get(layer, layer)}; the other layers hold." for layer in missing]
    return [f"Note: the sandbox holds by {', '.join(held)}.", *lacking]


def _scanner() -> list[str]:
    from muniment.trust.vault import actions as vault

    scanner = vault.scanner()
    if scanner is None:
        return ["Note: no virus scanner is set (MUNIMENT_SCANNER); uploads pass the portal's own checks alone."]
    try:
        version, found = scanner.version(), scanner.finds_test_file()
    except vault.ScannerDown:
        return ["Note: the virus scanner does not answer. Until it does, uploads are held and nothing is lost."]
    if not found:
        return [f"Note: the virus scanner ({version}) does not find the EICAR test file: its signatures are missing."]
    return [f"Note: the virus scanner is {version}, and finds the EICAR test file."]

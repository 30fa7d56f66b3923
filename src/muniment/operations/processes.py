"""Starts programs that never outlive whoever started them, as another account if wanted."""

import ctypes
import os
import resource
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Account:
    """An account of the operating system that programs run under."""

    name: str
    uid: int
    gid: int


def start(
    command: Sequence[str | Path],
    *,
    environ: Mapping[str, str],
    directory: Path,
    parting_signal: signal.Signals = signal.SIGTERM,
    account: Account | None = None,
    output: IO[bytes] | int | None = None,
    inherited: Sequence[int] = (),
) -> "subprocess.Popen[bytes]":
    """Start `command` in a session of its own, as `account` if one is given.

    The terminal's Ctrl-C reaches the supervisor alone, which then stops its children in order. When
    the supervisor's starting thread dies, even by kill -9, the kernel sends `parting_signal`. Of the open
    descriptors it has those in `inherited` alone.
    """
    return subprocess.Popen(
        [str(part) for part in command],
        env=dict(environ),
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        pass_fds=tuple(inherited),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        umask=0o077,
        preexec_fn=_tied_to(os.getpid(), parting_signal),  # noqa: PLW1509 (set after the account changed, which clears it)
    )


def die_with_parent(parting_signal: signal.Signals = signal.SIGTERM, parent: int | None = None) -> None:
    """Have the kernel send `parting_signal` to this process when its parent dies.

    `parent` is the expected parent: were it gone already, nothing would ever be sent, so this process ends.
    """
    _libc.prctl(PR_SET_PDEATHSIG, int(parting_signal))
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def keep_memory_private() -> None:
    """Write no core dump, here and in every child: memory holds open documents and keys."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def stop(process: "subprocess.Popen[bytes]", steps: Sequence[tuple[signal.Signals, float]]) -> int:
    """Send each signal in turn until the process is gone, waiting the given seconds after each; return its code.

    Raises:
        subprocess.TimeoutExpired: it outlived the last signal.
    """
    for number, wait_seconds in steps:
        if process.poll() is not None:
            break
        process.send_signal(number)
        try:
            process.wait(wait_seconds)
        except subprocess.TimeoutExpired:
            if (number, wait_seconds) == steps[-1]:
                raise
    code = process.poll()
    return 0 if code is None else code


def _tied_to(parent: int, parting_signal: signal.Signals) -> Callable[[], None]:
    """Return what the child does between fork and exec."""

    def tie() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])  # the supervisor waits with its signals blocked
        die_with_parent(parting_signal, parent)

    return tie

"""Give up everything but memory and three pipes, for good: what a task about strangers' bytes runs within.

Every layer is the kernel's. A call that is not on the short list below fails, whatever the task's libraries try:
no file is opened, no socket made, no program started. The other layers (no account of its own, no network
to reach, no file system to see) hold even if one of them were to have a hole.

Source: prctl(2), seccomp(2), landlock(7), user_namespaces(7), capabilities(7), setrlimit(2).
"""

import ctypes
import os
import platform
import resource
import signal
import struct
from pathlib import Path

NOBODY = 65534
REQUIRED = frozenset({"no new privileges", "system calls", "limits"})
"""Layers without which no task runs."""

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
_MODE_FILTER = 2
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_ALL_FILES = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}  # by version of the interface
_CAPSET = {"x86_64": 126, "aarch64": 91}

# What is left: memory, the open pipes, time, randomness, the process's own signals and end.
_ALLOWED = {
    # read write close fstat lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn sched_yield mremap
    # madvise getpid exit gettimeofday getrusage sigaltstack restart_syscall futex clock_gettime clock_nanosleep
    # exit_group getrandom rseq
    "x86_64": "0 1 3 5 8 9 10 11 12 13 14 15 24 25 28 39 60 96 98 131 219 202 228 230 231 318 334",
    "aarch64": "63 64 57 80 62 222 226 215 214 134 135 139 124 216 233 172 93 169 165 132 128 98 113 115 94 278 293",
}
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_KILL, _REFUSE, _ALLOW = 0x80000000, 0x00050001, 0x7FFF0000  # SECCOMP_RET_KILL_PROCESS, _ERRNO | EPERM, _ALLOW

_libc = ctypes.CDLL(None, use_errno=True)


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends; end now if that has happened already."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def confine(parent: int, *, seconds: int, memory_bytes: int) -> list[str]:
    """Give everything up and return the names of the layers that hold; it cannot be taken back.

    `memory_bytes` may be used on top of what is used now.
    """
    used_bytes = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0]) * resource.getpagesize()
    held = []
    if _leave_network():
        held.append("own network")
    if _leave_account():
        held.append("no account")
    die_with(parent)  # a change of account forgets it
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        held.append("no new privileges")
    if _leave_files():
        held.append("no files")
    _limit(seconds, used_bytes + memory_bytes)
    held.append("limits")
    if _leave_calls():
        held.append("system calls")
    return held


def _leave_network() -> bool:
    """Move into a network of this process's own, with nothing in it."""
    if os.geteuid() == 0:
        return bool(_libc.unshare(_CLONE_NEWNET | _CLONE_NEWIPC) == 0)
    return bool(_libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC) == 0)


def _leave_account() -> bool:
    """Become nobody where that is allowed, and drop every capability."""
    was_root = os.geteuid() == 0
    if was_root:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    number = _CAPSET.get(platform.machine())
    if number is not None:
        header, nothing = struct.pack("=Ii", 0x20080522, 0), bytes(24)
        _libc.syscall(number, header, nothing)
    return was_root


def _limit(seconds: int, memory_bytes: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),  # the three pipes: no number is left for anything else
    ):
        hard = resource.getrlimit(what)[1]
        most_allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most_allowed, most_allowed))


def _leave_files() -> bool:
    """See no file any more, whatever its rights, and connect nowhere."""
    version = _libc.syscall(_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return False
    files = _LANDLOCK_ALL_FILES[min(version, max(_LANDLOCK_ALL_FILES))]
    attributes = struct.pack("=QQQ", files, 0x3 if version >= 4 else 0, 0x3 if version >= 6 else 0)  # noqa: PLR2004 - versions of the interface
    size = 8 if version < 4 else 16 if version < 6 else 24  # noqa: PLR2004 - the same
    rules = _libc.syscall(_LANDLOCK_CREATE, attributes, size, 0)
    if rules < 0:
        return False
    held = bool(_libc.syscall(_LANDLOCK_RESTRICT, rules, 0) == 0)
    os.close(rules)
    return held


def _leave_calls() -> bool:
    """Have the kernel refuse every system call that is not on the list."""
    machine = platform.machine()
    if machine not in _ALLOWED:
        return False
    load, equal, give = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K
    calls = [int(number) for number in _ALLOWED[machine].split()]
    steps = [(load, 0, 0, 4), (equal, 1, 0, _ARCHITECTURE[machine]), (give, 0, 0, _KILL), (load, 0, 0, 0)]
    steps += [(equal, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    steps += [(give, 0, 0, _REFUSE), (give, 0, 0, _ALLOW)]
    program = b"".join(struct.pack("=HBBI", *step) for step in steps)
    kept = ctypes.create_string_buffer(program, len(program))
    described = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(kept)))
    return bool(_libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, described, 0, 0) == 0)

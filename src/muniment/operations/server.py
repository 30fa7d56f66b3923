"""The web server: granian over TLS, every request on a thread of its own."""

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from muniment.core import config
from muniment.core.config import Config
from muniment.operations import certificates, logs, processes
from muniment.operations.limits import Application

TARGET = "muniment.operations.wsgi:application"
HEADER_SECONDS = 15
STOP_SECONDS = 20
BACKLOG = 1024
CONNECTIONS = 512  # of one process: many more than threads, or silent ones would keep everybody else out
HARMLESS = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ")


def serve(present: Config, application: Application) -> None:
    """Serve `application` until SIGINT or SIGTERM, which let running requests end within 20 seconds.

    It has been loaded once, and the processes that run it are forks of this one, sharing its memory. One that
    dies is started again.

    What limits slow clients: headers must arrive within 15 seconds, and bodies are read under the limits of
    `wsgi`. A full backlog waits in the kernel.

    HTTP/1.1 only: when somebody breaks off a body sent over HTTP/2 (a closed tab is enough), granian 2.8 reads
    on for ever: a thread, a core and the lock of that upload are gone until the process is started again. Who
    wants HTTP/2 has it from the proxy in front, which speaks HTTP/1.1 to the portal.
    """
    if multiprocessing.get_start_method(allow_none=True) != "fork":
        multiprocessing.set_start_method("fork", force=True)  # Python 3.14 has another default
    threads = present.web_threads
    certificate, key = certificates.served(present)
    Server(
        TARGET,
        address=present.bind,
        port=present.https_port,
        interface=Interfaces.WSGI,
        workers=present.web_workers,
        blocking_threads=threads,
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        websockets=False,
        log_level=LogLevels(present.log_level),
        log_dictconfig=logs.configuration("web", present),
        ssl_cert=certificate,
        ssl_key=key,
        ssl_protocol_min=SSLProtocols.tls12,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    ).serve(target_loader=_loader(application), wrap_loader=False)


def _loader(application: Application) -> Callable[[], Application]:
    """Return what each web process calls first."""
    parent = os.getpid()

    def load() -> Application:
        processes.die_with_parent(signal.SIGTERM, parent)
        # granian hands the environment on as if it were part of every request: a variable HTTP_X would
        # pass for a header, and a page about an error would show passwords of settings
        for name in set(os.environ) - set(HARMLESS):
            del os.environ[name]
        return application

    return load


def main() -> None:
    """Serve with the present settings; the supervisor calls this as a program."""
    present = config.current()
    processes.keep_memory_private()
    logs.configure("web", present)
    from muniment.operations.wsgi import application

    gc.collect()
    gc.freeze()  # what is loaded by now is never garbage: looking at it would copy memory that the forks share
    serve(present, application)


if __name__ == "__main__":
    main()

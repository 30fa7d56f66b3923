"""The monitor: looks at everything all the time and has people told of alarms, in the database's job role."""

import signal
import threading

import django

from muniment.core import config
from muniment.operations import logs, processes


def main() -> None:
    """Watch with the present settings until SIGINT or SIGTERM; the supervisor calls this as a program."""
    processes.keep_memory_private()
    logs.configure("monitor", config.current())
    django.setup()
    from muniment.assurance.monitoring import actions as monitoring

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    monitoring.watch(stop)


if __name__ == "__main__":
    main()

"""The monitor: looks at everything all the time and has people told of alarms, in the database's job role.

It reads what the lines of Health read (queues, mails, heads of logs, backups, drills, sheets, settings of the firm) and
the addresses of administrators, and writes alarms alone. The worker's role is wider than that. A role of its own would
need a grant for each thing that any app declares to be looked at, and a look that lacks one would be a false alarm. It
takes no request and no input of anybody, so it keeps the worker's.
"""

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

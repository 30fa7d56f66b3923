"""The files that tell the built-in PostgreSQL who may come in and how to behave, written at every start."""

import os
from collections.abc import Mapping
from pathlib import Path

from muniment.operations import accounts
from muniment.operations.processes import Account

ACCESS = "# Written at every start.\nlocal all all peer map=muniment\n"
ROLES = ("muniment_owner", "muniment_app", "muniment_job")
SUPER = "muniment_super"

BEHAVIOUR = {
    # Only a socket in a directory that nobody else can enter
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # Small while idle: a portal's pages read few rows, and the system caches files as well
    "jit": "off",
    "io_method": "sync",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "1",
    "max_logical_replication_workers": "0",
    "autovacuum_max_workers": "2",
    "max_wal_senders": "4",
    "wal_buffers": "1MB",
    "max_wal_size": "512MB",
    # Nothing waits for ever; the roles have tighter limits of their own
    "idle_in_transaction_session_timeout": "60s",
    "client_connection_check_interval": "10s",
    "authentication_timeout": "10s",
    # What is committed is on disk
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "replica",
    # Logs hold no statement, no parameter and no value: an error's text may quote one, so errors go to
    # the session that caused them and not into the file
    "logging_collector": "on",
    "log_destination": "jsonlog",
    "log_filename": "%d.log",
    "log_file_mode": "0600",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
    # The same everywhere
    "timezone": "UTC",
    "datestyle": "iso, ymd",
    "default_text_search_config": "pg_catalog.simple",
}


def write_access_files(cluster: Path, account: Account | None) -> None:
    """Let in whoever the kernel says is there: this process's account and `account`, the server's own.

    Where they differ, only this process's account, which is root, may become the superuser.
    """
    own = accounts.own().name
    lines = [f"muniment {own} {role}" for role in (SUPER, *ROLES)]
    if account is not None and account.name != own:
        lines += [f"muniment {account.name} {role}" for role in ROLES]
    _write(cluster / "pg_hba.conf", ACCESS)
    _write(cluster / "pg_ident.conf", "# Written at every start.\n" + "\n".join(lines) + "\n")


def write_settings(cluster: Path, *, run: Path, logs: Path, settings: Mapping[str, str]) -> None:
    """Write the server's settings; what an operator sets with ALTER SYSTEM still goes over them."""
    places = {"unix_socket_directories": str(run), "log_directory": str(logs)}
    lines = [f"{name} = {_quoted(value)}" for name, value in {**BEHAVIOUR, **places, **settings}.items()]
    _write(cluster / "postgresql.conf", "# Written at every start.\n" + "\n".join(lines) + "\n")


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _write(path: Path, text: str) -> None:
    """Replace a file whole, so that a crash leaves the old or the new one."""
    new = path.with_name(path.name + ".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)

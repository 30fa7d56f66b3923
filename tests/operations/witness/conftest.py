"""A witness with its state in SQLite or PostgreSQL."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from muniment.operations.witness import place
from muniment.operations.witness.place import Place
from muniment.operations.witness.rules import Witness

NAME = "witness.example.com"


@pytest.fixture
def database_url() -> Iterator[str]:
    """Give an empty database of the witness's own."""
    name = f"witness_{uuid.uuid4().hex[:12]}"
    server = f"host={Path(os.environ['MUNIMENT_DATA']) / 'run'} user=muniment_super"
    with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    yield f"{server} dbname={name}"
    with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def ours(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Give a new witness that knows no log, once over each sort of state."""
    url = request.getfixturevalue("database_url") if request.param == "postgresql" else None
    return place.make(tmp_path / "witness", NAME, url)


@pytest.fixture
def witness(ours: Place) -> Witness:
    return Witness(ours.key, ours.state)

"""Settings: safe when nobody sets any, refused with a sentence when one is unknown, malformed or unsafe."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import config
from muniment.core.config import Config, SettingRefused
from muniment.core.config.reading import FIELDS
from muniment.core.config.safety import RANGES

SECRET = "correct-horse"


def refused(**environ: str) -> tuple[str, ...]:
    """Return why these settings stop the start."""
    with pytest.raises(SettingRefused) as caught:
        config.load({f"MUNIMENT_{name.upper()}": value for name, value in environ.items()})
    return caught.value.problems


def problems_of(environ: dict[str, str]) -> tuple[str, ...]:
    """Return why these variables stop the start; nothing when they do not."""
    try:
        config.load(environ)
    except SettingRefused as refusal:
        return refusal.problems
    return ()


def loaded(**environ: str) -> Config:
    return config.load({f"MUNIMENT_{name.upper()}": value for name, value in environ.items()})


def test_without_a_setting_the_portal_listens_to_this_machine_alone() -> None:
    present = config.load({})

    assert present.bind == "127.0.0.1"
    assert present.trusted_proxies == 0
    assert not present.demo
    assert present.data == Path("var").absolute()


def test_an_unknown_setting_stops_the_start() -> None:
    assert refused(sesion_hours="3") == ("MUNIMENT_SESION_HOURS is not a setting of Muniment.",)


def test_all_problems_are_named_at_once() -> None:
    problems = refused(https_port="many", demo="perhaps", colour="blue", log_level="loud", mail_from="me")

    assert len(problems) == 5


def test_variables_of_other_programs_are_left_alone() -> None:
    assert config.load({"HOME": "/", "_MUNIMENT_DATABASE_ROLE": "job", "PATH": ""}) == config.load({})


@pytest.mark.control("db-hardening")
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:correct-horse@db.example.com/muniment",
        "postgresql://u:correct-horse@db.example.com/muniment?sslmode=require",
        "postgresql://u:correct-horse@db.example.com/muniment?sslmode=verify-full&sslmode=disable",
        "postgresql://u:correct-horse@/muniment?host=db.example.com",
        "postgresql://u:correct-horse@10.0.0.1/muniment?sslmode=prefer",
        "postgresql://u:correct-horse@one.example.com,two.example.com/muniment?sslmode=verify-full",
        "postgresql://u:correct-horse@localhost/muniment?options=-crow_security=off",
        "postgresql://u:correct-horse@localhost:port/muniment",
        "mysql://u:correct-horse@localhost/muniment",
        "correct-horse",
    ],
)
def test_a_database_that_cannot_be_trusted_is_refused_without_repeating_its_password(url: str) -> None:
    (problem,) = refused(database_url=url)

    assert problem.startswith("database_url")
    assert SECRET not in problem


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:correct-horse@db.example.com/muniment?sslmode=verify-full",
        "postgresql://u@127.0.0.1:5433/muniment",
        "postgresql://u@localhost",
        "postgresql://u@/muniment?host=/run/postgresql",
    ],
)
def test_a_database_that_can_be_trusted_is_used_and_its_password_never_shown(url: str) -> None:
    present = loaded(database_url=url)

    assert present.database_url == url
    assert SECRET not in repr(present)


@pytest.mark.parametrize(
    "url",
    [
        "smtp://u:correct-horse@mail.example.com:25?starttls=no",
        "smtp://u:correct-horse@mail.example.com?starttls=maybe",
        "smtps://u:correct-horse@localhost?starttls=no",
        "http://u:correct-horse@mail.example.com",
        "smtp://",
    ],
)
def test_mail_without_encryption_is_refused(url: str) -> None:
    (problem,) = refused(smtp_url=url)

    assert problem.startswith("smtp_url")
    assert SECRET not in problem


@pytest.mark.parametrize(
    "url", ["smtps://u:p@mail.example.com:465", "smtp://u:p@mail.example.com:587", "smtp://localhost?starttls=no"]
)
def test_mail_with_encryption_or_to_this_machine_is_sent(url: str) -> None:
    assert loaded(smtp_url=url).smtp_url == url


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "192.0.2.7"])  # noqa: S104 (to be refused)
def test_a_demo_is_not_opened_to_the_network(bind: str) -> None:
    assert loaded(bind=bind).bind == bind

    (problem,) = refused(bind=bind, demo="true")

    assert "demo" in problem


@pytest.mark.parametrize(
    "host", ["https://portal.example.com", "*", ".example.com", "portal.example.com:443", "a b", "-"]
)
def test_a_host_is_a_plain_name(host: str) -> None:
    (problem,) = refused(host=host)

    assert problem.startswith("host")


def test_a_certificate_needs_its_key_and_a_key_that_others_cannot_read(tmp_path: Path) -> None:
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    certificate.touch()
    key.touch()
    key.chmod(0o644)

    assert len(refused(tls_certificate=str(certificate))) == 1
    assert "chmod 600" in refused(tls_certificate=str(certificate), tls_key=str(key))[0]

    key.chmod(0o600)
    assert loaded(tls_certificate=str(certificate), tls_key=str(key)).tls_key == key


@pytest.mark.parametrize("name", RANGES)
def test_every_number_has_a_smallest_and_a_largest_value(name: str) -> None:
    smallest, largest = RANGES[name]

    assert name in refused(**{name: str(largest + 1)})[0]
    if smallest > 0:
        assert name in refused(**{name: str(smallest - 1)})[0]


def test_every_number_of_the_settings_is_bounded() -> None:
    numbers = {name for name, field in FIELDS.items() if field.metadata["unit"]}

    assert numbers == set(RANGES)


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_says_what_it_does(name: str) -> None:
    sentence = FIELDS[name].metadata["sentence"]

    assert sentence.endswith(".")
    assert len(sentence.split()) > 3


# -- the file ---------------------------------------------------------------------------------------------------------


def file_with(folder: Path, text: str) -> Path:
    path = folder / "muniment.toml"
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_a_file_is_found_by_name_or_in_the_data_directory_and_the_environment_wins(tmp_path: Path) -> None:
    path = file_with(tmp_path, 'host = ["portal.example.com", "portal.example.org"]\nhttps_port = 9000\n')

    by_name = config.load({"MUNIMENT_CONFIG": str(path), "MUNIMENT_HTTPS_PORT": "9001"})
    beside = config.load({"MUNIMENT_DATA": str(tmp_path)})

    assert by_name.host == beside.host == ("portal.example.com", "portal.example.org")
    assert (by_name.https_port, beside.https_port) == (9001, 9000)


@pytest.mark.parametrize(
    "text",
    [
        "colour = 1",
        "https_port = '8443'",
        "https_port = true",
        "demo = 1",
        "host = []",
        "host = [1]",
        "this is not",
        "\x00",
    ],
)
def test_a_file_with_something_unknown_or_malformed_is_refused(tmp_path: Path, text: str) -> None:
    path = file_with(tmp_path, text)

    with pytest.raises(SettingRefused) as caught:
        config.load({"MUNIMENT_CONFIG": str(path)})

    assert len(caught.value.problems) == 1


def test_a_file_named_but_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingRefused):
        config.load({"MUNIMENT_CONFIG": str(tmp_path / "none.toml")})


def test_a_file_with_a_password_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = file_with(tmp_path, 'smtp_url = "smtps://u:correct-horse@mail.example.com"')
    path.chmod(0o644)

    with pytest.raises(SettingRefused, match="chmod o-r") as caught:
        config.load({"MUNIMENT_CONFIG": str(path)})

    assert SECRET not in str(caught.value)


def test_a_file_that_anybody_may_change_is_refused(tmp_path: Path) -> None:
    path = file_with(tmp_path, "https_port = 9000")
    path.chmod(0o606)

    with pytest.raises(SettingRefused, match="chmod o-w"):
        config.load({"MUNIMENT_CONFIG": str(path)})


# -- laws -------------------------------------------------------------------------------------------------------------

NAMES = st.lists(st.from_regex(r"\A[a-z]{1,8}(\.[a-z]{2,5}){1,2}\Z"), min_size=1, max_size=3).map(tuple)
SETTINGS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "host": NAMES,
        "bind": st.ip_addresses().map(str),
        "https_port": st.integers(1, 4000),
        "http_port": st.integers(4001, 65535) | st.just(0),
        "public_port": st.none() | st.integers(1, 65535),
        "max_upload_bytes": st.integers(2**20, 2**40),
        "hsts_preload": st.booleans(),
        "log_level": st.sampled_from(["debug", "info", "warning", "error"]),
        "smtp_url": st.none() | st.just("smtps://u:p@mail.example.com"),
    },
)


@given(settings=SETTINGS)
def test_settings_handed_to_another_process_arrive_as_they_were(settings: dict[str, Any]) -> None:
    present = dataclasses.replace(config.load({}), **settings)

    assert config.load(config.environment(present)) == present


@given(key=st.text(max_size=30), value=st.text(max_size=60))
def test_whatever_is_set_is_either_understood_or_refused_with_a_sentence(key: str, value: str) -> None:
    for name in ("MUNIMENT_" + key, *(f"MUNIMENT_{known.upper()}" for known in FIELDS)):
        assert all(problem.endswith(".") for problem in problems_of({name: value}))


@given(number=st.integers(1, 500), unit=st.sampled_from(["KiB", "MiB", "GiB"]))
def test_a_size_with_a_unit_is_that_many_bytes(number: int, unit: str) -> None:
    factor = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}[unit]
    smallest, largest = RANGES["max_upload_bytes"]
    written = {"MUNIMENT_MAX_UPLOAD_BYTES": f"{number} {unit}"}

    if smallest <= number * factor <= largest:
        assert config.load(written).max_upload_bytes == number * factor
    else:
        with pytest.raises(SettingRefused):
            config.load(written)

"""What a password may be."""

import pytest

from muniment.trust.identity.passwords import Owner, is_known, problems

CLEO = Owner("Cleo Okoye", "cleo@okoye.example", ("Okoye Holdings Ltd", "Harcourt & Vane"))


@pytest.mark.control("pw-min-length")
def test_eleven_characters_are_too_short_and_twelve_are_enough():
    assert any("12" in problem for problem in problems("kelp7Otter#"))
    assert problems("kelp7Otter#q") == ()


@pytest.mark.parametrize("length", [64, 72, 73, 128, 256])
def test_long_passphrases_are_taken_whole(length):
    from django.contrib.auth.hashers import check_password, make_password

    phrase = ("otters juggle violet anvils beyond quiet harbours while ") * 5
    password = phrase[:length]

    assert problems(password) == ()
    assert not check_password(password[:-1], make_password(password)), "the last character counts"


@pytest.mark.parametrize(
    "password", ["seven otters under", "plumsandgravelroads", "KELPANDOTTERSDRIFT", "9482 3018 7730 11"]
)
def test_nothing_special_is_needed(password):
    assert problems(password) == ()


@pytest.mark.parametrize(
    "password",
    ["password1234", "PASSWORD1234", "qwertyuiop123", "1q2w3e4r5t6y", "iloveyou1234", "charlotte123", "123456789012"],
)
def test_passwords_known_from_breaches_are_refused(password):
    assert is_known(password)
    assert problems(password)


def test_unknown_passwords_are_hardly_ever_taken_for_known():
    import hashlib

    wrong = sum(is_known(hashlib.sha256(str(number).encode()).hexdigest()[:20]) for number in range(5000))

    assert wrong <= 15, "one in a thousand is expected"


@pytest.mark.parametrize(
    "password", ["aaaaaaaaaaaaaaaa", "abcabcabcabcabc", "qwertyuiopasdf", "password password", "letmein, letmein!"]
)
def test_easy_ones_are_refused(password):
    assert problems(password)


@pytest.mark.parametrize(
    "password", ["CleoOkoyeCleo1", "cleo@okoye.example", "okoyeholdings1", "harcourtvane12", "Muniment Portal"]
)
def test_ones_own_name_address_and_company_are_refused(password):
    assert problems(password, CLEO)


def test_what_is_said_repeats_nothing_of_the_password():
    assert not any("charlotte" in problem for problem in problems("charlotte123"))


@pytest.mark.control("five-controls")
def test_passwords_are_hashed_with_argon2id(portal):
    from muniment.trust.identity.models import Person

    assert Person.objects.get(id=portal.people["cleo"]).password.startswith("argon2$argon2id$")


@pytest.mark.control("pw-no-rotation")
def test_no_password_ever_expires(portal):
    from datetime import timedelta

    from muniment.core import clock
    from muniment.trust.identity.models import Person
    from tests.trust.identity.browsers import Visitor

    long_ago = clock.now() - timedelta(days=3650)
    Person.objects.filter(id=portal.people["cleo"]).update(credentials_changed_at=long_ago, created_at=long_ago)

    assert Visitor().sign_in("cleo").is_signed_in()

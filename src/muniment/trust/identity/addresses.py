"""Names and addresses of people as they are kept."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from muniment.core.errors import Invalid

LONGEST_NAME = 200
LONGEST_ADDRESS = 254


def clean_email(text: str) -> str:
    """Return an address as it is kept.

    Raises:
        Invalid: it is none.
    """
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid from error
    if len(email) > LONGEST_ADDRESS:
        raise Invalid
    return email


def clean_name(text: str) -> str:
    """Return a name as it is kept: one line, no control characters.

    Raises:
        Invalid: it is empty or too long.
    """
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid
    return name

"""What can be wrong with how the portal presents itself."""

from muniment.core.errors import PortalError


class ColourUnreadable(PortalError):
    """The firm's colour is too light for words on the pages' light surfaces."""

    code = "colour-unreadable"
    status = 422
    sentence = "This colour is too light to be read on the pages. Take the one that is suggested, or a darker one."

    def __init__(self, suggestion: str) -> None:
        """Take the nearest colour that can be read."""
        super().__init__()
        self.suggestion = suggestion


class NoPicture(PortalError):
    """What was sent as the logo is no picture, or one that cannot be made into a logo."""

    code = "no-picture"
    status = 422
    sentence = "This is no picture that the portal can show. Send a PNG, JPEG or WebP of at most 2 MB."


class ChangedMeanwhile(PortalError):
    """Somebody else saved after this was opened."""

    code = "changed-meanwhile"
    status = 409
    sentence = "Somebody else changed this after you opened it. Nothing was overwritten. Look at both, then save again."

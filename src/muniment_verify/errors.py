"""Why a check failed: a sentence for people, and whether it was the proof or only the file."""


class VerifyError(Exception):
    """A failed check. Its text is one sentence that may be shown to anybody."""

    exit_code = 2


class NotValid(VerifyError):
    """What was given can be read, and it proves nothing: a signature, a hash, a rule or a time is wrong."""

    exit_code = 1


class Unreadable(VerifyError):
    """What was given is not in the format, or a key or an option is missing: nothing could be checked."""

    exit_code = 2

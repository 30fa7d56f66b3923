"""What became of the mail that tries the mail server."""

from muniment.core import config
from muniment.core.actor import Actor
from muniment.trust.identity import models
from muniment.trust.identity.types import MailTry
from muniment.trust.presentation import queries as presentation


def mail_try(actor: Actor) -> MailTry:
    """Return what became of the newest mail that tries the mail server.

    Raises:
        NotFound: `actor` may not set how the portal presents itself.
    """
    steps = presentation.first_steps(actor)
    if steps.mail_letter_id is None:
        return MailTry("none")
    if config.current().smtp_url is None:
        return MailTry("kept")
    letter = models.Letter.objects.filter(id=steps.mail_letter_id).first()
    if letter is None or letter.sent_at is not None:  # letters that were sent are forgotten after a while
        return MailTry("taken")
    if letter.dropped_at is not None:
        return MailTry("none")
    return MailTry("refused" if letter.tries and letter.trouble else "waiting", letter.trouble)

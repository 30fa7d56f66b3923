"""Refusals of single sign-on. None of them tells whether an address has an account."""

from muniment.core.errors import PortalError


class ProviderUnreachable(PortalError):
    """The provider, or its metadata, did not answer as it must."""

    code = "provider-unreachable"
    status = 502
    sentence = (
        "The organisation's sign-in service did not answer as it should, so nobody was signed in. Try again; if it "
        "goes on, tell whoever looks after it."
    )


class AddressForbidden(PortalError):
    """An address that the portal does not go to: not https, not public, or somewhere else than it says."""

    code = "address-forbidden"
    status = 422
    sentence = (
        "The portal does not go to this address: it must begin with https:// and lead to a public server. A server in "
        "the firm's own network has to be named in the portal's settings first. Nothing was changed."
    )


class MetadataUnusable(PortalError):
    """What the provider says of itself is not what it must be."""

    code = "metadata-unusable"
    status = 422
    sentence = (
        "What this service says of itself cannot be used: something is missing, or names another service. Check the "
        "address or the file. Nothing was changed."
    )


class AnswerForged(PortalError):
    """An answer of a provider that does not prove what it must; `why` says in a word what, for the log alone."""

    code = "provider-answer-refused"
    status = 403
    sentence = (
        "The answer of your organisation's sign-in service could not be believed, so you were not signed in. Begin "
        "again from the sign-in page."
    )

    def __init__(self, why: str) -> None:
        """Take the word for the log: a part of `code`, never content."""
        super().__init__(why)
        self.code = f"provider-answer-refused:{why}"


class SignInBegunElsewhere(PortalError):
    """An answer to a sign-in that this browser did not begin, or began too long ago, or finished already."""

    code = "sign-in-not-begun"
    status = 403
    sentence = "This sign-in was not begun in this browser, or too long ago. Begin again from the sign-in page."


class AddressNotTheirs(PortalError):
    """A provider that says who owns an address outside of its client's proved domains."""

    code = "address-not-theirs"
    status = 403
    sentence = (
        "Your organisation's sign-in service named an address that it may not speak for, so you were not signed in. "
        "Ask whoever looks after it."
    )


class SubjectChanged(PortalError):
    """A provider that says another subject has an address which it had linked with somebody."""

    code = "subject-changed"
    status = 403
    sentence = (
        "Your organisation's sign-in service knows you as somebody else than before, so you were not signed in. Ask "
        "whoever manages people here to unlink your account first."
    )


class NotAdmitted(PortalError):
    """Somebody whom the provider knows, and the portal does not let in."""

    code = "not-admitted"
    status = 403
    sentence = (
        "Your organisation knows you, but you have no access here. Ask whoever manages people here to invite you."
    )


class ProviderOff(PortalError):
    """A provider that is not there, or not switched on."""

    code = "provider-off"
    status = 404
    sentence = "Signing in this way is not possible any more. Begin again from the sign-in page."


class DomainUnproved(PortalError):
    """No proof of a domain was found."""

    code = "domain-unproved"
    status = 422
    sentence = (
        "The proof was not found yet. A new DNS record can take some hours to be seen everywhere; nothing is lost by "
        "trying again."
    )


class DomainTaken(PortalError):
    """A domain that is proved already, here or by another client."""

    code = "domain-taken"
    status = 409
    sentence = "This domain is in use already. Nothing was changed."


class RoleAdministers(PortalError):
    """A role that administers the firm, to be given by what a service says."""

    code = "role-administers"
    status = 422
    sentence = (
        "A role that administers the firm is given by a person, never by what a service says: whoever looks after the "
        "service could give it to themselves. Nothing was changed."
    )


class NotTested(PortalError):
    """Switching a provider on, or enforcing it, before somebody signed in through it."""

    code = "provider-not-tested"
    status = 409
    sentence = (
        "Prove a domain and try it first, so that nobody is shut out: what is tried here is what people will do. "
        "Nothing was changed."
    )


class NobodyLeft(PortalError):
    """Enforcing the firm's provider with nobody who could still come in without it."""

    code = "nobody-left"
    status = 409
    sentence = (
        "Choose first who may still sign in with a password when the service is down: one administrator of the firm. "
        "Nothing was changed."
    )

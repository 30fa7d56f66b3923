"""SAML 2.0: ask a provider who somebody is, and believe one signed assertion that answers this very question.

Before the signature is looked at, the document must be of the plainest shape: one response with one assertion that is
its child and carries its own signature, every id once, nothing encrypted, no comments. Whatever wraps, doubles or
splits an assertion is refused for its shape alone.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.core.cache import cache
from lxml import etree
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Words
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from muniment.core import clock
from muniment.trust.federation import fetching
from muniment.trust.federation.errors import AnswerForged, MetadataUnusable
from muniment.trust.federation.types import LEEWAY, MFA_CLASSES, Asserted, Settings

LONGEST_ANSWER: Final = 256 * 1024
LONGEST_SUBJECT: Final = 255
MOST_GROUPS: Final = 500
LONGEST_LIFE: Final = timedelta(hours=1)
METADATA_LASTS: Final = timedelta(days=365)
_SMALLEST_RSA_BITS: Final = 2048
_NAMES: Final = {
    "p": "urn:oasis:names:tc:SAML:2.0:protocol",
    "a": "urn:oasis:names:tc:SAML:2.0:assertion",
    "d": "http://www.w3.org/2000/09/xmldsig#",
}
_SIGNATURES: Final = frozenset(
    f"http://www.w3.org/2001/04/xmldsig-more#{kind}-sha{bits}" for kind in ("rsa", "ecdsa") for bits in (256, 384, 512)
)
_DIGESTS: Final = frozenset(
    f"http://www.w3.org/2001/04/{kind}" for kind in ("xmlenc#sha256", "xmldsig-more#sha384", "xmlenc#sha512")
)
_PLAIN: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_CANONICAL: Final = frozenset({_PLAIN, f"{_PLAIN}WithComments"})
_TRANSFORMS: Final = _CANONICAL | {f"{_NAMES['d']}enveloped-signature"}
"""What a signature may have done to the text before: others are programs, run before anything is proved."""

_TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
_CLAIMS: Final = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_EMAILS: Final = ("email", "mail", "emailAddress", f"{_CLAIMS}emailaddress", "urn:oid:0.9.2342.19200300.100.1.3")
_FULL_NAMES: Final = (
    "displayName",
    "name",
    "http://schemas.microsoft.com/identity/claims/displayname",
    "urn:oid:2.16.840.1.113730.3.1.241",
)
_FIRST_NAMES: Final = ("givenName", "firstName", f"{_CLAIMS}givenname", "urn:oid:2.5.4.42")
_LAST_NAMES: Final = ("sn", "surname", "lastName", f"{_CLAIMS}surname", "urn:oid:2.5.4.4")
_GROUPS: Final = ("groups", "memberOf", "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups")
_METHODS: Final = "http://schemas.microsoft.com/claims/authnmethodsreferences"


@dataclass(frozen=True)
class Here:
    """What the portal is for one provider: its name, and the address at which it takes answers."""

    audience: str
    acs: str


def read_metadata(document: bytes) -> Settings:
    """Return what a provider's metadata says: issuer, where to sign in, and the certificates of its signatures.

    Raises:
        MetadataUnusable: it is none, or lacks something, or a certificate is too weak.
        AddressForbidden: people would be sent to another address than an https one.
    """
    if len(document) > LONGEST_ANSWER or b"<!DOCTYPE" in document or b"<!ENTITY" in document:
        raise MetadataUnusable
    try:
        parsed = OneLogin_Saml2_IdPMetadataParser.parse(document, required_sso_binding=Words.BINDING_HTTP_REDIRECT).get(
            "idp", {}
        )
        keys = parsed.get("x509certMulti", {}).get("signing") or [parsed["x509cert"]]
        settings = {
            "issuer": parsed["entityId"],
            "sso_url": parsed["singleSignOnService"]["url"],
            "certificates": ["".join(key.split()) for key in keys],
            "vouches": True,
        }
    except (KeyError, TypeError, ValueError, AttributeError, etree.XMLSyntaxError, OneLogin_Saml2_Error) as error:
        raise MetadataUnusable from error
    fetching.checked(settings["sso_url"])
    ends_at(settings)
    return settings


def ends_at(settings: Settings) -> datetime:
    """Return when the newest certificate of a provider ends.

    Raises:
        MetadataUnusable: one of them is none, or too weak.
    """
    found = []
    for text in settings["certificates"]:
        try:
            certificate = x509.load_der_x509_certificate(base64.b64decode(text, validate=True))
        except (ValueError, binascii.Error) as error:
            raise MetadataUnusable from error
        key = certificate.public_key()
        if isinstance(key, RSAPublicKey) and key.key_size < _SMALLEST_RSA_BITS:
            raise MetadataUnusable
        found.append(certificate.not_valid_after_utc)
    if not found:
        raise MetadataUnusable
    return max(found)


def request(settings: Settings, here: Here, *, fresh: bool) -> tuple[str, str]:
    """Return the id of a new question, and the question as it goes into the address."""
    made = OneLogin_Saml2_Authn_Request(_settings(settings, here), force_authn=fresh, set_nameid_policy=False)
    return made.get_id(), made.get_request()


def question(settings: Settings, asked: str, state: str) -> str:
    """Return the address that the browser is sent to."""
    address = settings["sso_url"]
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'SAMLRequest': asked, 'RelayState': state})}"


def metadata(here: Here, settings: Settings) -> bytes:
    """Return what the portal says of itself to a provider."""
    found: Any = _settings(settings, here).get_sp_metadata()
    return found if isinstance(found, bytes) else str(found).encode()


def answered(
    settings: Settings, here: Here, answer: str, *, request_id: str, fresh: bool, begun_at: datetime
) -> Asserted:
    """Return who somebody is, by the answer to one question.

    Raises:
        AnswerForged: something does not prove what it must.
    """
    assertion = _plain(answer)
    configured = _settings(settings, here)
    host, _, path = here.acs.removeprefix("https://").partition("/")
    asked = {"https": "on", "http_host": host, "script_name": f"/{path}", "get_data": {}, "post_data": {}}
    try:
        response = OneLogin_Saml2_Response(configured, answer)
        response.is_valid(asked, request_id=request_id, raise_exceptions=True)
    except (OneLogin_Saml2_ValidationError, OneLogin_Saml2_Error, etree.LxmlError, ValueError, TypeError) as error:
        raise AnswerForged(_word(error)) from error
    _check(settings, here, assertion, request_id)
    found = _asserted(settings, assertion)
    if fresh and not found.was_proved_since(begun_at):
        raise AnswerForged("auth_time")
    return found


def insist_signed(settings: Settings, answer: str) -> None:
    """Insist that an answer is the provider's: what a stranger sends is not even kept until the browser comes for it.

    Raises:
        AnswerForged: it is not of the plain shape, or not signed with a key of the provider.
    """
    _plain(answer)
    document = base64.b64decode("".join(answer.split()))
    where = OneLogin_Saml2_Utils.ASSERTION_SIGNATURE_XPATH
    keys = [OneLogin_Saml2_Utils.format_cert(text) for text in settings["certificates"]]
    try:
        is_theirs = OneLogin_Saml2_Utils.validate_sign(document, xpath=where, multicerts=keys)
    except (OneLogin_Saml2_ValidationError, OneLogin_Saml2_Error, etree.LxmlError, ValueError, TypeError) as error:
        raise AnswerForged(_word(error)) from error
    if not is_theirs:
        raise AnswerForged("saml")


def _plain(answer: str) -> etree._Element:
    """Return the one assertion of an answer of the plainest shape."""
    if not answer or len(answer) > LONGEST_ANSWER:
        raise AnswerForged("size")
    try:
        document = base64.b64decode("".join(answer.split()), validate=True)
        if b"<!" in document:
            raise AnswerForged("shape")  # a DTD, a comment, or a section that hides text: no provider needs one
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(document, parser)
        if root.getroottree().docinfo.internalDTD is not None:
            raise AnswerForged("shape")  # in another encoding, `<!` is other bytes
    except (ValueError, binascii.Error, etree.XMLSyntaxError) as error:
        raise AnswerForged("shape") from error
    return _one_assertion(root)


def _one_assertion(root: etree._Element) -> etree._Element:
    assertions = root.xpath("//*[local-name() = 'Assertion' or local-name() = 'EncryptedAssertion']")
    direct = root.findall("a:Assertion", _NAMES)
    names = [element.get("ID") for element in root.iter() if element.get("ID") is not None]
    shaped = (
        root.tag == f"{{{_NAMES['p']}}}Response"
        and len(assertions) == len(direct) == 1
        and len(names) == len(set(names))
        and not any(not isinstance(element.tag, str) for element in root.iter())
        and not root.xpath("//@*[local-name() = 'id' or local-name() = 'Id']")
        and len(root.xpath("//*[local-name() = 'Response']")) == 1
    )
    if not shaped:
        raise AnswerForged("shape")
    assertion = direct[0]
    signatures = root.xpath("//*[local-name() = 'Signature']")
    own = assertion.findall("d:Signature", _NAMES)
    of_response = root.findall("d:Signature", _NAMES)
    if len(own) != 1 or len(of_response) > 1 or len(signatures) != len(own) + len(of_response):
        raise AnswerForged("signature")
    for signature, signed in [(own[0], assertion), *((one, root) for one in of_response)]:
        _plainly_signed(signature, f"#{signed.get('ID')}")
    return assertion


def _plainly_signed(signature: etree._Element, what: str) -> None:
    """Insist that a signature is over one thing, by methods that are known, as the standard of SAML has it."""
    references = signature.findall("d:SignedInfo/d:Reference", _NAMES)
    if [one.get("URI") for one in references] != [what]:
        raise AnswerForged("signature")

    def used(path: str) -> list[str | None]:
        return [one.get("Algorithm") for one in signature.findall(f"d:SignedInfo/{path}", _NAMES)]

    methods, digests = used("d:SignatureMethod"), used("d:Reference/d:DigestMethod")
    canonical, transforms = used("d:CanonicalizationMethod"), used("d:Reference/d:Transforms/d:Transform")
    if not len(methods) == len(digests) == len(canonical) == 1:
        raise AnswerForged("signature")
    known = methods[0] in _SIGNATURES and digests[0] in _DIGESTS and canonical[0] in _CANONICAL
    others = signature.xpath(".//*[local-name() = 'Object' or local-name() = 'RetrievalMethod']")
    if not known or not set(transforms) <= _TRANSFORMS or others:
        raise AnswerForged("alg")


def _check(settings: Settings, here: Here, assertion: etree._Element, request_id: str) -> None:
    """Check what the library leaves open: each of these must be there, be signed, and answer this very question."""
    if [(one.text or "").strip() for one in assertion.findall("a:Issuer", _NAMES)] != [settings["issuer"]]:
        raise AnswerForged("iss")
    said = assertion.findall("a:Conditions/a:AudienceRestriction/a:Audience", _NAMES)
    if here.audience not in {(one.text or "").strip() for one in said}:
        raise AnswerForged("aud")
    now = clock.now()
    confirmed = assertion.findall("a:Subject/a:SubjectConfirmation/a:SubjectConfirmationData", _NAMES)
    if len(confirmed) != 1 or confirmed[0].get("InResponseTo") != request_id:
        raise AnswerForged("in-response-to")
    if confirmed[0].get("Recipient") != here.acs:
        raise AnswerForged("recipient")
    ends = _moment(confirmed[0].get("NotOnOrAfter"))
    if ends is None or ends <= now - LEEWAY or ends > now + LONGEST_LIFE:
        raise AnswerForged("exp")
    for conditions in assertion.findall("a:Conditions", _NAMES):
        starts, over = _moment(conditions.get("NotBefore")), _moment(conditions.get("NotOnOrAfter"))
        if (starts and starts > now + LEEWAY) or over is None or over <= now - LEEWAY:
            raise AnswerForged("exp")
    kept_seconds = int((ends - now + LEEWAY * 2).total_seconds())
    if not cache.add(f"saml:{settings['issuer']}:{assertion.get('ID')}", 1, kept_seconds):
        raise AnswerForged("replay")


def _asserted(settings: Settings, assertion: etree._Element) -> Asserted:
    names = assertion.findall("a:Subject/a:NameID", _NAMES)
    if len(names) != 1 or len(names[0]):
        raise AnswerForged("sub")
    subject, form = (names[0].text or "").strip(), names[0].get("Format", "")
    if not 0 < len(subject) <= LONGEST_SUBJECT or form == _TRANSIENT:
        raise AnswerForged("sub")  # a name that is another one each time is nobody's
    attributes = dict(_attributes(assertion))
    email = _first(attributes, _EMAILS).lower() or (subject.lower() if "@" in subject else "")
    name = _first(attributes, _FULL_NAMES) or " ".join(
        part for part in (_first(attributes, _FIRST_NAMES), _first(attributes, _LAST_NAMES)) if part
    )
    contexts = assertion.findall("a:AuthnStatement/a:AuthnContext/a:AuthnContextClassRef", _NAMES)
    said = {(one.text or "").strip() for one in contexts} | set(attributes.get(_METHODS, []))
    statements = assertion.findall("a:AuthnStatement", _NAMES)
    return Asserted(
        issuer=settings["issuer"],
        subject=subject,
        email=email if email.count("@") == 1 else "",
        name=name,
        has_mfa=bool(said & MFA_CLASSES),
        authenticated_at=_moment(statements[0].get("AuthnInstant")) if len(statements) == 1 else None,
        groups=tuple(one for known in _named(settings) for one in attributes.get(known, []))[:MOST_GROUPS],
        session=(statements[0].get("SessionIndex") or "") if len(statements) == 1 else "",
    )


def _named(settings: Settings) -> tuple[str, ...]:
    """Return the names of attributes in which groups may stand."""
    claim = settings.get("groups_claim")
    return (claim,) if claim else _GROUPS


def _attributes(assertion: etree._Element) -> Iterator[tuple[str, list[str]]]:
    for attribute in assertion.findall("a:AttributeStatement/a:Attribute", _NAMES):
        values = [(one.text or "").strip() for one in attribute.findall("a:AttributeValue", _NAMES)]
        yield attribute.get("Name", ""), [value for value in values if value and value.isprintable()]


def _first(attributes: dict[str, list[str]], names: tuple[str, ...]) -> str:
    return next((attributes[name][0] for name in names if attributes.get(name)), "")


def _settings(settings: Settings, here: Here) -> OneLogin_Saml2_Settings:
    given = {
        "strict": True,
        "sp": {
            "entityId": here.audience,
            "assertionConsumerService": {"url": here.acs, "binding": Words.BINDING_HTTP_POST},
            "NameIDFormat": Words.NAMEID_UNSPECIFIED,
        },
        "idp": {
            "entityId": settings["issuer"],
            "singleSignOnService": {"url": settings["sso_url"], "binding": Words.BINDING_HTTP_REDIRECT},
            "x509certMulti": {"signing": settings["certificates"]},
        },
        "security": {
            "wantAssertionsSigned": True,
            "wantNameId": True,
            "wantAttributeStatement": False,
            "rejectDeprecatedAlgorithm": True,
            "rejectUnsolicitedResponsesWithInResponseTo": True,
            "failOnAuthnContextMismatch": False,
            "requestedAuthnContext": False,
            "allowRepeatAttributeName": False,
            "metadataValidUntil": f"{clock.now() + METADATA_LASTS:%Y-%m-%dT%H:%M:%SZ}",
        },
    }
    return OneLogin_Saml2_Settings(given)


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _word(error: Exception) -> str:
    """Return for the log what kind of mistake the library found: its number, never its text, which repeats content."""
    code = getattr(error, "code", "")
    return f"saml-{code}" if isinstance(code, int) else "saml"

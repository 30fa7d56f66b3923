"""A SAML provider on this machine: it signs assertions with xmlsec, and wraps, strips and changes them on demand."""

import base64
import copy
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from muniment.core import clock

ISSUER, SSO = "https://idp.okoye.example/saml", "https://idp.okoye.example/sso"
A, P, D = (
    "urn:oasis:names:tc:SAML:2.0:assertion",
    "urn:oasis:names:tc:SAML:2.0:protocol",
    "http://www.w3.org/2000/09/xmldsig#",
)
MFA = "https://refeds.org/profile/mfa"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"


def key_pair(days: int = 300) -> tuple[str, str]:
    """Return a private key and its certificate, in PEM."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()
    return pem, made.public_bytes(serialization.Encoding.PEM).decode()


@dataclass
class SamlProvider:
    """Its keys, and what it says."""

    pair: tuple[str, str] = field(default_factory=key_pair)

    @property
    def certificate(self) -> str:
        return "".join(self.pair[1].splitlines()[1:-1])

    def metadata(self) -> bytes:
        return (
            f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{ISSUER}"><IDPSSODescriptor '
            f'protocolSupportEnumeration="{P}"><KeyDescriptor use="signing"><KeyInfo xmlns="{D}"><X509Data>'
            f"<X509Certificate>{self.certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
            '<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
            f'Location="{SSO}"/></IDPSSODescriptor></EntityDescriptor>'
        ).encode()

    def asked(self, address: str) -> dict[str, Any]:
        """Return what the portal asked: its id, where the answer goes, whether anew, and what to repeat."""
        given = parse_qs(urlsplit(address).query)
        request = etree.fromstring(zlib.decompress(base64.b64decode(given["SAMLRequest"][0]), -15))
        issuer = request.find(f"{{{A}}}Issuer")
        return {
            "id": request.get("ID"),
            "acs": request.get("AssertionConsumerServiceURL"),
            "audience": issuer.text,
            "anew": request.get("ForceAuthn") == "true",
            "state": given["RelayState"][0],
        }

    def response(self, asked: dict[str, Any], **said: Any) -> Any:
        """Return the answer as an honest provider gives it, unless told otherwise, as a tree."""
        assertion = self.sign(self.assertion(asked, **said), said.get("pair", self.pair))
        now = clock.now()
        text = (
            f'<samlp:Response xmlns:samlp="{P}" xmlns:saml="{A}" ID="_{uuid4().hex}" Version="2.0" '
            f'IssueInstant="{moment(now)}" Destination="{said.get("destination", asked["acs"])}" '
            f'InResponseTo="{said.get("in_response_to", asked["id"])}"><saml:Issuer>{said.get("issuer", ISSUER)}'
            "</saml:Issuer><samlp:Status><samlp:StatusCode "
            f'Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{assertion}</samlp:Response>'
        )
        return etree.fromstring(text)

    def assertion(self, asked: dict[str, Any], **said: Any) -> str:
        at = clock.now() + timedelta(seconds=said.get("seconds", 0))
        ends = moment(at + timedelta(minutes=5))
        who = {"email": "new@okoye.example", "displayName": "New Okoye", **said.get("attributes", {})}
        attributes = "".join(
            f'<saml:Attribute Name="{name}"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'
            for name, value in who.items()
        )
        in_response_to = said.get("confirms", asked["id"])
        answered = f' InResponseTo="{in_response_to}"' if in_response_to else ""
        form = said.get("form", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent")
        return (
            f'<saml:Assertion xmlns:saml="{A}" ID="_{uuid4().hex}" Version="2.0" IssueInstant="{moment(at)}">'
            f"<saml:Issuer>{said.get('issuer', ISSUER)}</saml:Issuer>"
            f'<saml:Subject><saml:NameID Format="{form}">{said.get("subject", "nid-1")}</saml:NameID>'
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData NotOnOrAfter="{ends}" Recipient="{said.get("recipient", asked["acs"])}"'
            f"{answered}/></saml:SubjectConfirmation></saml:Subject>"
            f'<saml:Conditions NotBefore="{moment(at - timedelta(minutes=1))}" NotOnOrAfter="{ends}">'
            f"<saml:AudienceRestriction><saml:Audience>{said.get('audience', asked['audience'])}</saml:Audience>"
            f'</saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="{moment(at)}" '
            f'SessionIndex="s-1"><saml:AuthnContext><saml:AuthnContextClassRef>{said.get("context", MFA)}'
            "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
            f"<saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"
        )

    @staticmethod
    def sign(assertion: str, pair: tuple[str, str]) -> str:
        signed = OneLogin_Saml2_Utils.add_sign(assertion, *pair, sign_algorithm=RSA_SHA256, digest_algorithm=SHA256)
        return signed.decode() if isinstance(signed, bytes) else str(signed)


def posted(tree: Any) -> str:
    """Return an answer as a form carries it."""
    return base64.b64encode(etree.tostring(tree)).decode()


def moment(at: Any) -> str:
    return str(at.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _evil(tree: Any) -> Any:
    """Return the assertion of an answer, unsigned and about somebody else."""
    made = copy.deepcopy(tree.find(f"{{{A}}}Assertion"))
    made.remove(made.find(f"{{{D}}}Signature"))
    made.set("ID", "_evil")
    for value in made.iter(f"{{{A}}}AttributeValue"):
        value.text = "cleo@okoye.example" if "@" in value.text else value.text
    return made


def _whole(tree: Any, *, inside: bool) -> Any:
    """Wrap the whole response: an evil one around the honest one, which lies in its extensions or its signature."""
    honest = copy.deepcopy(tree)
    outer = copy.deepcopy(tree)
    outer.replace(outer.find(f"{{{A}}}Assertion"), _evil(tree))
    outer.set("ID", "_evil_response")
    holder = etree.SubElement(outer, f"{{{P}}}Extensions")
    if inside:
        signature = copy.deepcopy(honest.find(f"{{{A}}}Assertion").find(f"{{{D}}}Signature"))
        etree.SubElement(signature, f"{{{D}}}Object").append(honest)
        outer.insert(1, signature)
        outer.remove(holder)
    else:
        holder.append(honest)
    return outer


def _before(tree: Any) -> Any:
    tree.insert(2, _evil(tree))
    return tree


def _after(tree: Any) -> Any:
    tree.append(_evil(tree))
    return tree


def _around(tree: Any) -> Any:
    honest = tree.find(f"{{{A}}}Assertion")
    evil = _evil(tree)
    tree.replace(honest, evil)
    evil.append(honest)
    return tree


def _signature_moved(tree: Any) -> Any:
    honest = tree.find(f"{{{A}}}Assertion")
    evil = _evil(tree)
    evil.insert(1, honest.find(f"{{{D}}}Signature"))
    tree.replace(honest, evil)
    tree.append(honest)
    return tree


def _in_extensions(tree: Any) -> Any:
    holder = etree.Element(f"{{{P}}}Extensions")
    holder.append(_evil(tree))
    tree.insert(1, holder)
    return tree


def _in_object(tree: Any) -> Any:
    honest = tree.find(f"{{{A}}}Assertion")
    evil = _evil(tree)
    signature = honest.find(f"{{{D}}}Signature")
    honest.remove(signature)
    tree.replace(honest, evil)
    evil.insert(1, signature)
    etree.SubElement(signature, f"{{{D}}}Object").append(honest)
    return tree


WRAPPED: dict[str, Callable[[Any], Any]] = {
    "the response, in extensions": lambda tree: _whole(tree, inside=False),
    "the response, in its signature": lambda tree: _whole(tree, inside=True),
    "another assertion before": _before,
    "another assertion after": _after,
    "another assertion around": _around,
    "the signature moved to another": _signature_moved,
    "another assertion in extensions": _in_extensions,
    "the signed one in an object of the signature": _in_object,
}

"""Providers, the domains they may speak for, and whom they know."""

from django.db import models
from django.db.models import Q

from muniment.core import clock
from muniment.core.data_map import Kept, clear, content, personal, secret
from muniment.trust.clients.types import ClientReference, ClientRow
from muniment.trust.federation.scim.models import DirectoryRecord, DirectoryToken  # noqa: F401 - tables of this app
from muniment.trust.federation.types import KINDS, PROOFS, STATES
from muniment.trust.vault.fields import PeopleEmail, SealedJSON, SealedText


class Provider(ClientRow):
    """A service by which people of this client (or of the firm) sign in.

    `settings` holds what is not secret: whom the portal asks, and how. While it is enforced, its people have no other
    way in; the administrators for emergencies alone keep their passwords.
    """

    kind = models.TextField()
    name = SealedText()
    settings = SealedJSON()
    shared_secret = SealedText(default="")
    state = models.TextField(default="new")
    admits = models.BooleanField(default=False)
    role = models.TextField(default="")
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField(default=clock.now)
    tested_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until the client's space is destroyed; settings and secret until the provider is removed",
        kind=clear("How it speaks", "one of two words"),
        name=content("What the button says"),
        settings=content("Whom the portal asks: issuer, addresses, public keys, names of groups"),
        shared_secret=secret("Proves the portal to the provider"),
        state=clear("Whether people sign in through it", "one of four words"),
        admits=clear("Whether people it knows come in without an invitation"),
        role=clear("What they are then allowed", "the name of a role"),
        made_by=clear("Who added it"),
        made_at=clear("When"),
        tested_at=clear("When somebody first signed in through it"),
        expires_at=clear("When its certificate ends"),
        removed_at=clear("When it was removed"),
    )

    class Meta:
        db_table = "provider"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="provider_kind"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="provider_state"),
            models.CheckConstraint(
                condition=~Q(state="enforced") | Q(tested_at__isnull=False, removed_at=None),
                name="provider_enforced_was_tested",
            ),
        )


class Domain(ClientRow):
    """A domain of mail addresses; once proved, the client's provider may speak for addresses in it.

    A proof that is not found any more was missed; after some days it lapsed, and the domain counts for nobody new.
    """

    provider = ClientReference("federation.Provider")
    name = PeopleEmail()
    proof = models.TextField()
    made_at = models.DateTimeField(default=clock.now)
    proved_at = models.DateTimeField(null=True)
    proved_by = models.TextField(default="")
    missed_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until it is removed",
        provider=clear("Which provider speaks for it"),
        name=personal("What stands behind the @ of its people's addresses"),
        proof=clear("What its DNS or its website must say; public by then", "random letters"),
        made_at=clear("Since when it is here"),
        proved_at=clear("When the proof was found"),
        proved_by=clear("Where", "one of two words, or none"),
        missed_at=clear("Since when the proof is not there any more"),
        lapsed_at=clear("Since when it counts for nobody new, because of that"),
    )

    class Meta:
        db_table = "provider_domain"
        constraints = (
            models.CheckConstraint(condition=Q(proved_by__in=("", *PROOFS)), name="provider_domain_proof"),
            models.UniqueConstraint(fields=["client", "name"], name="provider_domain_once_a_client"),
        )


class Known(ClientRow):
    """Somebody whom a provider knows: who they are here is issuer and subject, never an address.

    `granted` are the grants that groups of the provider gave them, `sessions` hashes of what the provider calls its
    newest sessions with them.
    """

    provider = ClientReference("federation.Provider")
    subject = PeopleEmail()
    person_id = models.UUIDField()
    granted = models.JSONField(default=list)
    sessions = models.JSONField(default=list)
    linked_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "until they are unlinked or the provider is removed",
        provider=clear("Which provider"),
        subject=personal("What the provider calls them, as a hash"),
        person_id=clear("Who they are here"),
        granted=clear("Which grants they have by groups of the provider: those end with the group", "ids of grants"),
        sessions=clear("By which names the provider can sign them out", "SHA-256 of the provider's own"),
        linked_at=clear("Since when"),
        used_at=clear("When they last came that way"),
    )

    class Meta:
        db_table = "provider_known"
        constraints = (
            models.UniqueConstraint(fields=["client", "provider", "subject"], name="provider_known_subject"),
            models.UniqueConstraint(fields=["client", "provider", "person_id"], name="provider_known_person"),
        )

"""`muniment keys`: lists them, begins a rotation, says how far it is; what is refused is said in a sentence."""

import pytest

from muniment.core import ids
from muniment.operations import key_tasks
from muniment.trust.vault.errors import NeverTurns, TurningAlready
from tests.cast import Portal
from tests.trust.vault.turned import finish


@pytest.mark.control("buyer-encryption")
def test_keys_are_listed_turned_and_watched_from_the_host(portal: Portal):
    from muniment.trust.vault.models import Turning

    before = key_tasks.run({"task": "status"})
    key_tasks.run({"task": "rotate", "what": "client", "client": ids.public(portal.okoye), "reencrypts": False})
    with pytest.raises(TurningAlready):
        key_tasks.run({"task": "rotate", "what": "root", "client": "", "reencrypts": False})
    during = key_tasks.run({"task": "status"})
    finish(Turning.objects.get())
    after = key_tasks.run({"task": "status"})
    listed = "\n".join(key_tasks.run({"task": "list"}))

    assert before == ["No key was ever turned."]
    assert "client: at work (keys); 0 of 1 clients" in during[0]
    assert "client: ended" in after[0]
    assert "1 of 1 clients" in after[0]
    for words in (
        "root        root key, AES-256-GCM",
        "clients     keys of clients",
        "0 days old, turns after 730",
        "never turns",
    ):
        assert words in listed


def test_what_is_no_key_or_no_client_is_refused(portal: Portal):
    with pytest.raises(NeverTurns):
        key_tasks.run({"task": "rotate", "what": "public-ids", "client": "", "reencrypts": False})
    with pytest.raises(SystemExit, match="not the reference"):
        key_tasks.run({"task": "rotate", "what": "client", "client": "x", "reencrypts": False})

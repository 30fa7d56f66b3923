"""The installation's own keys are there whatever a process does when it first needs them."""

import pytest

from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.vault import queries as vault


@pytest.mark.parametrize("purpose", vault.PURPOSES)
def test_a_list_over_all_clients_may_be_the_first_to_need_a_key(portal, purpose):
    known = vault.installation_key(purpose)
    vault.forget_keys()

    with bound(Binding(None, portal.people["ben"], "muniment_desk")):
        assert vault.installation_key(purpose) == known

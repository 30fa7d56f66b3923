"""Where somebody confirms that it is them, codes are no cheaper to guess than at sign-in."""

import pytest

from tests.cast import Portal
from tests.trust.identity.browsers import Visitor, app_code, forget_used_codes
from tests.trust.identity.proof import asked, solved

SUM = "so your browser does a short sum first"


@pytest.mark.control("captcha")
@pytest.mark.parametrize("page", ["/account/confirm/", "/account/confirm/code/"])
def test_after_three_wrong_codes_the_right_one_costs_a_sum(portal: Portal, page: str):
    cleo = Visitor().sign_in("cleo")
    answers = [cleo.post(page, {"code": "000000", "next": "/account/"}) for _ in range(3)]
    assert asked(answers[-1]), "the page has it before it is needed"
    forget_used_codes(portal.people["cleo"])
    right = {"code": app_code("cleo"), "next": "/account/"}

    refused = cleo.post(page, right)

    assert SUM in refused.content.decode()
    assert cleo.post(page, {**right, **solved(refused)}).status_code == 302

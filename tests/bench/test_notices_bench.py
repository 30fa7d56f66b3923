"""The part of the bench that follows a log, on sizes that take no time."""

from bench import notices_run
from tests.cast import Portal
from tests.trust.audit.numbered import number


def test_every_notice_is_made_and_the_same_rows_go_in_with_plain_sql(portal: Portal):
    rates = notices_run.rates(portal.people["ben"], 3, lambda _client_id, _size: number(), notices=12)

    assert set(rates) == {"followed", "inserted"}
    assert all(rate > 0 for rate in rates.values())

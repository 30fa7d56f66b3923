"""Laws of one range out of a request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.portal.documents import ranges
from muniment.portal.documents.errors import RangeNotThere


@given(st.integers(0, 500), st.integers(0, 600), st.integers(0, 600))
def test_a_range_is_what_is_inside_of_it(size, first, last):
    inside = [index for index in range(size) if first <= index <= last]

    if first > last:
        assert ranges.parse(f"bytes={first}-{last}", size) is None  # malformed, so ignored
    elif not inside:
        with pytest.raises(RangeNotThere):
            ranges.parse(f"bytes={first}-{last}", size)
    else:
        assert ranges.parse(f"bytes={first}-{last}", size) == (inside[0], inside[-1] + 1)


@given(st.integers(1, 500), st.integers(1, 600))
def test_a_suffix_is_the_end(size, length):
    assert ranges.parse(f"bytes=-{length}", size) == (max(0, size - length), size)


@given(st.text(max_size=40), st.integers(0, 1000))
def test_whatever_is_sent_is_answered_inside_or_refused(header, size):
    try:
        found = ranges.parse(f"bytes={header}", size)
    except RangeNotThere:
        return

    assert found is None or 0 <= found[0] < found[1] <= size

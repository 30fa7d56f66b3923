"""Numbers: counted across processes, shown as Prometheus reads them, with labels whose values are known beforehand."""

import os
import re

import pytest

from muniment.core import config, metrics
from muniment.core.counting import Counts

pytestmark = pytest.mark.control("continuous-monitoring")
LINE = re.compile(r'[a-z_]+(\{[a-z_]+="(?:[^"\\]|\\.)*"(,[a-z_]+="(?:[^"\\]|\\.)*")*\})? (-?[0-9.e+-]+|NaN|[+-]Inf)')


@pytest.fixture
def own(monkeypatch, tmp_path):
    """Give metrics of the test's own, counted in a folder of its own."""
    from dataclasses import replace

    changed = replace(config.current(), data=tmp_path)
    monkeypatch.setattr(config, "current", lambda: changed)
    monkeypatch.setattr(metrics, "METRICS", {})
    monkeypatch.setattr(metrics, "_counts", Counts())
    monkeypatch.setattr(metrics, "_layouts", [])
    monkeypatch.setattr(metrics, "_has_database", lambda: False)
    return tmp_path


@pytest.mark.usefixtures("own")
def test_processes_count_together_and_a_killed_one_keeps_nobody_waiting():
    metrics.declare_metric("muniment_seen_total", "counter", "Seen.", labels={"how": ("well", "badly")})
    children = []
    for _number in range(2):
        child = os.fork()
        if child == 0:
            for _time in range(500):
                metrics.count("muniment_seen_total", how="well")
            os.kill(os.getpid(), 9)
        children.append(child)
    metrics.count("muniment_seen_total", how="badly")
    for child in children:
        os.waitpid(child, 0)

    metrics.count("muniment_seen_total", how="well")

    assert 'muniment_seen_total{how="well"} 1001' in metrics.text()
    assert 'muniment_seen_total{how="badly"} 1' in metrics.text()


@pytest.mark.usefixtures("own")
def test_a_histogram_is_shown_as_its_buckets_its_sum_and_its_count():
    metrics.declare_metric("muniment_took_seconds", "histogram", "Took.", bounds=(1.0, 2.0))
    for value in (0.5, 1.5, 1.5, 9.0):
        metrics.observe("muniment_took_seconds", value)

    lines = metrics.text().splitlines()

    assert lines[1] == "# TYPE muniment_took_seconds histogram"
    assert lines[2:] == [
        'muniment_took_seconds_bucket{le="1"} 1',
        'muniment_took_seconds_bucket{le="2"} 3',
        'muniment_took_seconds_bucket{le="+Inf"} 4',
        "muniment_took_seconds_sum 12.5",
        "muniment_took_seconds_count 4",
    ]


@pytest.mark.usefixtures("own")
def test_a_label_takes_no_value_that_was_not_declared():
    metrics.declare_metric("muniment_seen_total", "counter", "Seen.", labels={"how": ("well",)})

    with pytest.raises(ValueError, match="not in"):
        metrics.count("muniment_seen_total", how="Okoye & Sons")

    assert "Okoye" not in metrics.text()


@pytest.mark.usefixtures("own")
def test_a_look_that_fails_hides_no_other_number():
    def broken() -> float:
        raise OSError

    metrics.declare_metric("muniment_aa", "gauge", "A.", look=broken, needs_database=False)
    metrics.declare_metric("muniment_bb", "gauge", "B.", look=lambda: 2.5, needs_database=False)
    metrics.declare_metric("muniment_cc", "gauge", "C.", look=lambda: None, needs_database=False)

    assert metrics.text() == "# HELP muniment_bb B.\n# TYPE muniment_bb gauge\nmuniment_bb 2.5\n"


def test_counting_goes_on_where_no_file_can_be_made(own):
    (own / "watch").write_text("in the way")
    metrics.declare_metric("muniment_seen_total", "counter", "Seen.")

    metrics.count("muniment_seen_total")

    assert "muniment_seen_total 1" in metrics.text()


@pytest.mark.usefixtures("portal")
def test_every_number_of_the_portal_can_be_had_and_read():
    text = metrics.text()

    assert [line for line in text.splitlines() if not line.startswith("# ") and not LINE.fullmatch(line)] == []
    shown = {line.split(" ")[2] for line in text.splitlines() if line.startswith("# TYPE ")}
    assert {"muniment_requests_total", "muniment_jobs_due", "muniment_log_lag_seconds", "muniment_disk_bytes"} <= shown

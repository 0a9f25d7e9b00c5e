from datetime import timedelta

import pytest

from chalicelib.automation.definition import durations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00:02:00", timedelta(minutes=2)),
        ("0.00:01:00", timedelta(minutes=1)),
        ("1.6:30:15", timedelta(days=1, hours=6, minutes=30, seconds=15)),
        ("1.00:00:00", timedelta(days=1)),
        ("2", timedelta(days=2)),
        (1, timedelta(days=1)),
        ("365.00:00:00", timedelta(days=365)),
        ("00:00:01.5000000", timedelta(seconds=1)),
    ],
)
def test_durations_read_as_dotnet_writes_them(text, expected):
    assert durations.parse(text) == expected


@pytest.mark.parametrize("text", ["", "soon", "1:60:00", "24:00:00", "-1", "1.5", None, True, {}, "1.2.3"])
def test_anything_else_is_not_a_duration(text):
    with pytest.raises(durations.NotADuration):
        durations.parse(text)


def test_a_written_duration_reads_back():
    length = timedelta(days=3, hours=4, minutes=5, seconds=6)
    assert durations.parse(durations.written(length)) == length

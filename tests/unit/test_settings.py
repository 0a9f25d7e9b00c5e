"""The environment is read in one place and checked there."""

import pytest
from pydantic import ValidationError

from chalicelib.settings import Settings


def test_settings_come_from_prefixed_variables_and_the_rest_is_ignored() -> None:
    found = Settings.of(
        {"PARLEY_STAGE": "dev", "PARLEY_GRAPH_READ_TIMEOUT_SECONDS": "7", "PARLEY_PORT_BASE": "1", "PATH": "x"}
    )
    assert (found.stage, found.graph_read_timeout_seconds, found.main_table) == ("dev", 7.0, "")


def test_the_emulators_address_has_awss_own_name() -> None:
    assert Settings.of({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}).aws_endpoint_url == "http://127.0.0.1:1"


def test_a_wrong_value_is_named() -> None:
    with pytest.raises(ValidationError, match="graph_read_timeout_seconds"):
        Settings.of({"PARLEY_GRAPH_READ_TIMEOUT_SECONDS": "-1"})

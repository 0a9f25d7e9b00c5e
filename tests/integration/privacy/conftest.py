"""The same conversation that the tests of conversations begin with."""

from tests.integration.conversations.conftest import scene  # noqa: F401 - a fixture

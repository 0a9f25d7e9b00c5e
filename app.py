"""The table of contents: everything that can be invoked, and where it lives."""

from chalice import Chalice

app = Chalice(app_name="parley")

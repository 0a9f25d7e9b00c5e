"""Workflow definitions: the document, its import, its checks and its export."""

"""Recipients: from a file as people have them to validated, deduplicated rows."""

"""The message of a campaign: a template's slots, what fills them, and how it looks filled in."""

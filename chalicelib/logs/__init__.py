"""What went to and came from all numbers: the message log, its exports, what it cost."""

"""Running workflows: their state, their waits, and the step handler's work."""

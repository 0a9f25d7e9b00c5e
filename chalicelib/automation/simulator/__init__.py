"""The same definitions in memory with a virtual clock: the portal's test run, and the tests a definition carries."""

"""Message templates as Meta defines them: read a definition, check it, fill it, show it.

No names here: a definition alone is needed without the models of messages, which are a tenth of a cold start.
"""

"""A WhatsApp to talk to when there is no Meta account: the Cloud API, its webhooks, a phone page.

It knows nothing of the platform (it never imports `chalicelib`): it is the platform's independent judge.
"""

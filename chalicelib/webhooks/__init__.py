"""Webhooks out: what happened here, told to the customer's own systems. (Meta's webhooks come in through `inbound`.)"""

"""What runs in Lambda. Each room says in its own package what it is for."""

import gc

# A cold start makes some 300,000 objects that stay for good. Python looks through them for garbage after every 700: a tenth of
# the import's CPU. Every 10,000 finds the same garbage.
gc.set_threshold(10_000, 20, 50)

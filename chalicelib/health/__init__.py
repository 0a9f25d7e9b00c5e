"""How the platform itself is: its SQS queues and dead letters, its functions, and what is left to set up."""

"""What carries events: RabbitMQ in production, memory in the local run and in tests; one contract suite for both.

Owns: exchanges, queues, confirms, acknowledgements, reconnecting. Offers: publishers and consumers. Refuses to know:
what events mean, and how they are stored before and after.
"""

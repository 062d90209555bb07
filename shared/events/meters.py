"""What an operator watches: flow, waste and faults of events, without people."""

from prometheus_client import Counter

SENT = Counter("gatehouse_events_sent", "Events handed to the transport, repetitions included.", ["service"])
TAKEN = Counter("gatehouse_events_taken", "Events taken in, by what became of them.", ["service", "result"])
RETRIED = Counter("gatehouse_events_retried", "Handlers that failed and were given another try.", ["service"])

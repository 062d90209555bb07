"""The gate: the answer itself, kept in memory and looked up in a microsecond.

Owns: the board (compiled schedule, cut by its revision), `/gate/check`, the announcement of openings and closings.
Offers: `Board`, `announce`. Refuses to know: who asks; being closed is not being forbidden.
"""

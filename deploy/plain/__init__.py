"""Requests and answers of the plain shape, for the worker that answers where it listens (decision 0044).

Owns: reading a whole request that can be read in one way only, and writing an answer in one piece. Offers:
`asked.read`, `answer.Whole`. Refuses to know: what is not entirely plain. gunicorn reads that, from its first byte.
"""

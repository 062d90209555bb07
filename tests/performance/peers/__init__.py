"""The references: the smallest program that does the same work, under the same server. Nothing here is of the suite."""

"""Vetting: how the support desk makes sure before it seats the first access manager.

Owns: cases, their due date in business days, the call log, the desk's pages under `/desk`. Offers:
open a case, close one for a withdrawn application, the desk's acts. Refuses to know: how a person
applies, and what becomes of the organization after it is seated (access-manager).
"""

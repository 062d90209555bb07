"""Vetting: how the support desk makes sure before it seats the first access manager.

Owns: cases with their clock, call log, alerts, and the proposals that two agents decide. Offers: `service`, every act
of the desk; open a case, close or hand one on with its application. Refuses to know: how a person applies, how evidence
is checked, and what becomes of the organization after it is seated (access-manager).
"""

"""Requests to join that managers decide. Owns: the approval from its opening to its one decision. Offers: open, close,
decide, the inbox. Refuses to know: how the applicant proved who they are.
"""

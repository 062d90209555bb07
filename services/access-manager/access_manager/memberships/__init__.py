"""Who belongs where. Owns: memberships, their functions and the manager role, and the rules of changing them. Offers:
use cases to seat, grant, change, end and promote. Refuses to know: how somebody asked to join, and opening hours.
"""

"""Where people and programs meet proposals. Owns: the pages about managers and about one proposal, the API, the command
line, and what each takes and gives. Offers: blueprints and command groups. Refuses to know: what a proposal does.
"""

"""Where people and programs meet connections. Owns: the pages of both sides and of a company's own people, the API, the
command line, and what each takes and gives. Offers: blueprints and a command group. Refuses to know: whose word counts.
"""

"""Where people and programs meet emergency access. Owns: the pages of members and of managers, the API, the command
line, and what each takes and gives. Offers: blueprints and a command group. Refuses to know: how long it lasts.
"""

"""Where people and programs meet lists. Owns: the pages with their forms, the API and the command line. Offers:
blueprints and commands. Refuses to know: what a row would do.
"""

"""Where people and programs meet reviews. Owns: the pages with their answers, the API and the command line. Offers:
blueprints and a command group. Refuses to know: what an answer ends, and what proves it.
"""

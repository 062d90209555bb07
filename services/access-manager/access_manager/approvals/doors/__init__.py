"""Where people, programs and registration meet requests to join. Owns: the page with its forms, the API, the handlers
of registration's events. Offers: blueprints, handlers, the forms of a decision. Refuses to know: whose decision counts.
"""

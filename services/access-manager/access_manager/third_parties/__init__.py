"""Companies that work for organizations: connections agreed by both sides. Owns: links, connection codes, who was sent
through which link. Offers: propose, answer, narrow, end, assign. Refuses to know: what a decision answers; it reads the
membership row alone, so everything a link gives stands there.
"""

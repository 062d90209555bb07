"""What one manager cannot do alone (G16, G17): a change of managers, and sensitive functions where it is wanted so.

Owns: the proposal from its making to its one end, the policy of four eyes. Offers: propose, accept, approve, decline,
withdraw; its `doors` by page, API and command line. Refuses to know: how a seat is counted.
"""

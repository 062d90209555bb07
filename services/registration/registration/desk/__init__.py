"""The support desk's workbench: pages, JSON API and commands for every act of vetting.

Owns: what staff see and send. Offers: `pages`, `routes`, `mount` of each. Refuses to know: the rules, which are
`vetting`'s.
"""

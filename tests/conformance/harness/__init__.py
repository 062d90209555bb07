"""What every module needs.

Owns: the app of the suite, the steps of an exchange, and what every answer must look like; `issuers` are under test.
Offers: `Exchange`, `FapiExchange`, `Guest`. Refuses to know: what a module is about.
"""

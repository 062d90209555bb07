"""The pages of docs/ that are read off the code, so that they cannot grow old.

Owns: docs/events.md, configuration.md, errors.md, commands.md and openapi.md. Offers: `python -m deploy.docs` to write
them, `--check` to compare. Refuses to know: anything that is not in the code; words of explanation live in the code's
own descriptions and docstrings.
"""

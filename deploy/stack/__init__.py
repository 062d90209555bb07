"""The production shape as local processes (`make stack`): the programs of docker-compose.yml without Docker.

Owns the table of programs that both shapes run, and their life as child processes. Offers `house.Stack` to the command
line and to the tests. Refuses to know what the programs do.
"""

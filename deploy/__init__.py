"""The only room that knows every service: runs the suite in one process, as local processes, or in containers."""

"""What PostgreSQL needs before the services come: a database and a role for each, and nothing in common."""

"""The history of the floor's tables; `shared.db.migrate` runs it before the service's own."""

"""Why access is removed."""

# What a manager chooses from when removing access; kept in the organization's history.
REMOVAL_REASONS: dict[str, str] = {
    "left": "No longer works here",
    "no_need": "Their work no longer needs access",
    "by_mistake": "The access was given by mistake",
    "concern": "Something about this access looks wrong",
    "other": "Another reason",
}

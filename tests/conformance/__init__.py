"""Independent judges: software that was not written here and knows the protocol better than our own tests do."""

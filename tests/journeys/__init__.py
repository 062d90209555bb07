"""Stories told through the front door, the same words in every shape of the suite."""

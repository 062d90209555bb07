"""What only a real browser can tell of the suite's pages: how they look, what axe finds, what the policy blocks."""

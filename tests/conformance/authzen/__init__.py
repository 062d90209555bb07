"""AuthZEN Authorization API 1.0: the certification scenario of the working group, level by level."""

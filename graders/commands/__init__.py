"""One module a command of `graders`."""

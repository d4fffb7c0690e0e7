"""Marks out of the gradebook, into the file that a learning management system takes."""

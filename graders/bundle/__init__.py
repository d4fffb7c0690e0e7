"""What goes into the students' bundle as it stands: the starter and the words to begin with."""

"""Submissions as a learning management system hands them out, into the course folder.

`archives` opens what was downloaded, `layouts` knows whose file is which, `graders.roster`
finds the student, `placing` writes what was handed in to where nbgrader looks for it. Nothing
is dropped without a word: what is not taken is a `NotTaken` with the reason.
"""

"""What a student has besides the checks: where one stands, and the file to hand in.

Nothing but the standard library, on any system: `pack` runs before anything is installed.
"""

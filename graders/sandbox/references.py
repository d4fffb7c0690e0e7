"""Tags for what crosses by reference instead of by value; see `wire` for values."""

from graders.sandbox.wire import FIRST_REFERENCE

# From guest to judge: an object that stays with the student, by number.
HANDLE = FIRST_REFERENCE
# From judge to guest: that object again.
OBJECT = FIRST_REFERENCE + 1
# A function of the judge's, by number: it is called there, and answers with values.
CALLBACK = FIRST_REFERENCE + 2
# An iterator of the judge's, likewise.
ITERATOR = FIRST_REFERENCE + 3
# What both sides have: a module, or a function or class of one.
MODULE = FIRST_REFERENCE + 4
LIBRARY = FIRST_REFERENCE + 5
# A function or class of the notebook's given cells, by name.
MAIN = FIRST_REFERENCE + 6
# A judge's object of a class of the given cells: the class's name and the attributes.
INSTANCE = FIRST_REFERENCE + 7
# A class that both sides have, from guest to judge.
CLASS = FIRST_REFERENCE + 8
# Tables of pandas, by copy; see `tables`.
SERIES = FIRST_REFERENCE + 9
FRAME = FIRST_REFERENCE + 10
INDEX = FIRST_REFERENCE + 11
# A tensor of minigrad, by number, values and whether it requires a gradient; see `tensors`.
TENSOR = FIRST_REFERENCE + 12

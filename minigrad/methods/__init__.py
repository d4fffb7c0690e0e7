"""The methods of a tensor beyond those in `tensor.py`, a class a family.

They are the functions of `minigrad.functions` under the same names, and their in-place forms.
"""

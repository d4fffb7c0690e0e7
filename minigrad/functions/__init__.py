"""The operations under the names PyTorch gives them.

Arguments checked and brought into one form, then one rule applied.
"""

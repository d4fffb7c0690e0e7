"""How fast minigrad is, as ratios to hand-written NumPy and to PyTorch in the same run."""

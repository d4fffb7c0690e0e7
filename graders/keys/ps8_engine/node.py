"""The class that the notebook gives: a number, and the inputs that it was computed from."""


class Node:
    def __init__(self, data, inputs=()):
        self.data, self.inputs, self.grad = data, inputs, 0.0

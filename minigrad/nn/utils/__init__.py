"""Helpers for parameters taken together, and for sequences of different lengths."""

from minigrad.nn.utils import rnn as rnn
from minigrad.nn.utils.parameters import clip_grad_norm_ as clip_grad_norm_
from minigrad.nn.utils.parameters import clip_grad_value_ as clip_grad_value_
from minigrad.nn.utils.parameters import clip_grads_with_norm_ as clip_grads_with_norm_
from minigrad.nn.utils.parameters import get_total_norm as get_total_norm
from minigrad.nn.utils.parameters import parameters_to_vector as parameters_to_vector
from minigrad.nn.utils.parameters import vector_to_parameters as vector_to_parameters

"""The derivative table, a file for each family of operations. How to add an operation:

1. The entry. Write it in the family's file, in plain NumPy:

       sin = elementwise(
           "sin",
           np.sin,
           lambda g, x: g * np.cos(x),
           promotion="float",
           formula=("cos x",),
       )

   First the name: the graph shows it as `SinBackward0` (or as `node_name`, if PyTorch says
   otherwise). Then the forward: `forward(*inputs, *params)` on arrays or NumPy scalars. Then a
   derivative for each input, None where there is none. The argument names of a derivative say
   what it needs, and so what is kept for it:

       g (always first)      the cotangent of the result; forward, the tangent of the input
       x, y, z ...           an input (other names with `inputs=`)
       out                   the result (a tuple, if there are several)
       x_shape, y_shape ...  the shape of an input; costs no memory
       dim, keepdim ...      a parameter (as named in `params=`)
       position, shapes      for a variadic entry: which input this is; the shapes of all

   Ask for as little as you can: `g * out` for exp keeps the result, which is there anyway.

2. The kind says how forward mode follows.

       elementwise(name, forward, *derivatives)  diagonal Jacobian: each serves both ways
       linear(name, forward, adjoint)            tangents take forward, cotangents the adjoint
       multilinear(name, forward, *adjoints)     a product: linear in each input
       general(name, forward, [vjps], [jvps])    anything else: state both

3. What you need not write. Where broadcasting stretched an input, the engine sums its cotangent
   back to its shape, and brings it to its dtype. Inputs are promoted by PyTorch's rules before
   forward sees them (`promotion="same"`, "float" to make floats of integers, None to leave
   them).

4. Any order. The derivatives are called with arrays, or, when a derivative is to be
   differentiated, with Tensors. So use what works on both: operators and methods (`g * x`, `g @
   y.T`, `g.reshape(...)`, `g[..., None]`), the NumPy functions in `numpy_protocol.py`, and
   other entries, which are functions: `expand(g, x_shape)` computes on an array and is recorded
   on a Tensor. An adjoint that is no operation of its own yet becomes an entry too, whose
   adjoint is the first: see `slice_adjoint`. Do not change g or a kept value in place.

5. Several results: `differentiable=(True, False)` says which of them a gradient flows through,
   () that all do. With one such result g is its cotangent; with several g is a list of them,
   zeros where unused, and `out` the tuple of them; a jvp returns the tuple of tangents. An
   index tensor is an input like others, with None for a derivative.

6. Say where it holds. `formula` is the local derivative for each input in the printed table;
   `note` names kinks, ties and the domain. `domain=(low, high)` (or a pair of tuples, one
   number for each input) keeps the generated tests of an elementwise entry away from them;
   other entries give `cases=(Case(inputs, params, low, high), ...)`: shapes whose axes all
   differ, a 0-d one, one of each form. An entry without a case fails.

7. The public name goes into `minigrad/functions/<family>.py`, with the argument names and
   errors of PyTorch, and into that file's `__all__`; if it is a method too, one line in
   `tensor.py`, and if it has an in-place form one more with `apply_in_place`. Check arguments
   there (`arguments.py` has the usual ones; sentences are in `errors.py`), so that a rule sees
   dimensions counted from the front. Apply the rule with `unary(rule, x)`, `binary(rule, x, y)`
   or, in general, `apply(rule, inputs, params)` (`apply_several` for several results);
   what has no derivative is `wrap(numpy_result)`.

8. A batch. `vmap` gives an entry arrays that hide a dimension (`minigrad/batched.py`), and
   `minigrad/batched_functions.py` carries NumPy's functions for them. New arrays come from
   `zeros(shape, like)` there, `as_array` stands for `np.asarray`, `copied` for a copy to write
   into, `anywhere` for `.any()` before an `if`. An entry that is not carried still works under
   `vmap`, one example after the other, with a warning.

Then `pytest tests/minigrad/test_rules.py -k name` checks first and second derivatives, forward
mode and the adjoint test, and `python -m tests.minigrad.operator_database --entry name -v`
compares with PyTorch on its own samples.
"""

from minigrad.rules import activations as activations
from minigrad.rules import assignment as assignment
from minigrad.rules import convolution as convolution
from minigrad.rules import elementwise as elementwise
from minigrad.rules import embedding as embedding
from minigrad.rules import indexing as indexing
from minigrad.rules import linalg as linalg
from minigrad.rules import losses as losses
from minigrad.rules import matrix as matrix
from minigrad.rules import normalization as normalization
from minigrad.rules import picking as picking
from minigrad.rules import placing as placing
from minigrad.rules import pooling as pooling
from minigrad.rules import rearranging as rearranging
from minigrad.rules import reductions as reductions
from minigrad.rules import resampling as resampling
from minigrad.rules import rounding as rounding
from minigrad.rules import sampling as sampling
from minigrad.rules import scans as scans
from minigrad.rules import shapes as shapes
from minigrad.rules import softmax as softmax
from minigrad.rules import special as special
from minigrad.rules import statistics as statistics
from minigrad.rules import transcendental as transcendental
from minigrad.rules.table import TABLE as TABLE

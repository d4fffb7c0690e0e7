"""minigrad held against PyTorch's own operator database.

PyTorch tests itself with a database of its operators, each with sample inputs. Every entry
whose name minigrad offers is run here on all of them: the forward values (of every output, with
dtype, shape and requires_grad) and the vector-Jacobian product with a random cotangent must be
PyTorch's, for the function, the method, the operator, the in-place form and the aliases alike.

    python -m tests.minigrad.operator_database                     the figures, family by family
    python -m tests.minigrad.operator_database --entry div.no_rounding_mode -v
    python -m tests.minigrad.operator_database --missing           what is not offered yet
"""

from __future__ import annotations

import argparse
import functools
import importlib
import operator
import sys
import traceback
import types
import unittest
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.minigrad.torch_bridge import (
    Bridge,
    Mismatch,
    Outside,
    compare,
    mapped,
    resolve,
    tensors,
)

SEED = 42

# For an entry without float64 samples.
OWN_DTYPES = {"bool", "uint8", "int8", "int16", "int32", "int64", "float32"}

# PyTorch itself crashes when the samples of these are cut down to nothing; or its derivative is
# wrong then, and fails its own gradcheck (block_diag).
CRASHES_WHEN_EMPTY = {
    "_chunk_cat",
    "_native_batch_norm_legit",
    "_segment_reduce",
    "block_diag",
    "lu_unpack",
    "native_batch_norm",
    "nn.functional.group_norm",
    "nn.functional.multi_margin_loss",
    "nn.functional.pdist",
}

# What these return is whatever the memory held: only shape and dtype are promised.
UNINITIALISED = {
    "empty",
    "empty_like",
    "empty_permuted",
    "empty_strided",
    "new_empty",
    "new_empty_strided",
    "resize_",
    "resize_as_",
}

FAMILIES = {
    "creation and random": """
        arange bernoulli cauchy empty empty_like empty_permuted empty_strided exponential
        eye full full_like geometric linspace log_normal logspace multinomial new_empty
        new_empty_strided new_full new_ones new_zeros normal ones ones_like rand_like
        randint randint_like randn randn_like scalar_tensor tril_indices triu_indices
        uniform zeros zeros_like""",
    "shapes": """
        H T alias_copy as_strided as_strided_copy as_strided_scatter atleast_1d atleast_2d
        atleast_3d block_diag broadcast_shapes broadcast_tensors broadcast_to cartesian_prod
        cat chunk clone column_stack combinations contiguous diag diag_embed diagflat
        diagonal diagonal_copy diagonal_scatter dsplit dstack expand expand_as expand_copy
        flatten flip fliplr flipud hsplit hstack mH mT meshgrid movedim narrow narrow_copy
        permute permute_copy ravel repeat repeat_interleave reshape reshape_as resize_
        resize_as_ roll rot90 split split_with_sizes split_with_sizes_copy squeeze
        squeeze_copy stack sum_to_size t t_copy tensor_split tile to transpose
        transpose_copy tril triu unbind unbind_copy unflatten unfold unfold_copy
        unsafe_chunk unsafe_split unsqueeze unsqueeze_copy view view_as view_copy vsplit
        vstack""",
    "indexing": """
        __getitem__ argsort argwhere bucketize gather index_add index_copy index_fill
        index_put index_reduce index_select isin kthvalue masked_fill masked_scatter
        masked_select mode msort nonzero nonzero_static put scatter scatter_add
        scatter_reduce searchsorted select select_scatter slice slice_scatter sort take
        take_along_dim topk unique unique_consecutive unravel_index where""",
    "reductions": """
        aminmax bincount cummax cummin cumprod cumsum cumulative_trapezoid diff dist equal
        allclose gradient hash_tensor histc histogram histogramdd item logcumsumexp
        logsumexp max median min nanmedian nanquantile norm quantile renorm std_mean
        trapezoid trapz var_mean corrcoef cov log_softmax softmax""",
    "matrix products": """
        __rmatmul__ addbmm addmm addmv addr baddbmm bmm cdist cross dot einsum inner kron
        matmul mm mv outer tensordot trace vdot""",
    "linalg": """
        cholesky cholesky_inverse cholesky_solve geqrf logdet lu lu_solve lu_unpack
        matrix_exp ormqr pca_lowrank pinverse qr svd svd_lowrank triangular_solve""",
    "elementwise": """
        addcdiv addcmul clamp lerp logaddexp2 resolve_conj resolve_neg real imag
        view_as_complex view_as_real zero_ copysign""",
}
FAMILY_OF = {name: family for family, names in FAMILIES.items() for name in names.split()}


# ---------------------------------------------------------------- the database


@functools.cache
def database() -> dict[str, Any]:
    """PyTorch's entries by full name: `add`, `div.no_rounding_mode`, `nn.functional.relu`."""
    if importlib.util.find_spec("expecttest") is None:
        # torch's test utilities import it for one base class that is of no use here.
        stand_in = types.ModuleType("expecttest")
        stand_in.TestCase = unittest.TestCase  # type: ignore[attr-defined]
        sys.modules["expecttest"] = stand_in
    invocations = importlib.import_module("torch.testing._internal.common_methods_invocations")
    return {entry.full_name: entry for entry in invocations.op_db}


def family(entry: Any) -> str:
    """The row of the table under which an entry is counted."""
    head = entry.name.split(".")[0]
    if head in {"fft", "masked", "signal", "sparse", "torch"}:
        return "others"
    if head == "nn":
        return "nn.functional"
    if head in {"linalg", "special"}:
        return head
    if entry.name in FAMILY_OF:
        return FAMILY_OF[entry.name]
    if type(entry).__name__ in {"UnaryUfuncInfo", "BinaryUfuncInfo"}:
        return "elementwise"
    if type(entry).__name__ == "ReductionOpInfo":
        return "reductions"
    return "others"


# ---------------------------------------------------------------- the forms of an entry


@dataclass(frozen=True)
class Form:
    """One way to write an operator: `torch.add(x, y)`, `x.add(y)`, `x + y`, `x.add_(y)`."""

    label: str
    theirs: Callable[..., Any]
    ours: Callable[..., Any]
    in_place: bool = False
    tensor_first: bool = False
    bare: bool = False  # an operator has no keyword arguments


def forms(entry: Any, bridge: Bridge) -> list[Form]:
    """What the module offers of an entry; empty where it does not know the name.

    An entry for other types only (complex numbers, graphics cards) is none of its business.
    """
    if not dtypes_of(entry, ()):
        return []
    found = [*main_form(entry, bridge), *method_forms(entry, entry.name, bridge)]
    found += operator_forms(entry, bridge)
    for alias in entry.aliases:
        function = resolve(bridge.module, alias.name)
        if callable(function):
            found.append(Form(alias.name, alias.op, function))
        found += method_forms(alias, alias.name, bridge)
    return found


def main_form(entry: Any, bridge: Bridge) -> Iterator[Form]:
    module = bridge.module
    if belongs_to_tests(entry.op):
        # A lambda over a method (x.view(...)), or over a function under a fixed seed.
        if all(offers(module, name) for name in targets(entry.op, bridge.torch)):
            yield Form(entry.name, entry.op, bridge.call(entry.op))
        return
    function = resolve(module, entry.name)
    if function is None and entry.op is getattr(bridge.torch.Tensor, entry.name, ""):
        function = method_of(module.Tensor, entry.name)
    if callable(function):
        yield Form(entry.name, entry.op, function)


def method_forms(entry: Any, name: str, bridge: Bridge) -> Iterator[Form]:
    name_in_place = name.removesuffix("_") + "_"
    for variant, written, in_place in (
        (entry.method_variant, name, False),
        (entry.inplace_variant, name_in_place, True),
    ):
        if not callable(variant):
            continue
        if not belongs_to_tests(variant):
            method = method_of(bridge.module.Tensor, written)
            if callable(method):
                yield Form(f"Tensor.{written}", variant, method, in_place, tensor_first=True)
        elif all(offers(bridge.module, target) for target in targets(variant, bridge.torch)):
            label = f"{name}(inplace=True)" if in_place else f"Tensor.{name}"
            yield Form(label, variant, bridge.call(variant), in_place, tensor_first=True)


def operator_forms(entry: Any, bridge: Bridge) -> Iterator[Form]:
    for function, in_place in (
        (entry.operator_variant, False),
        (entry.inplace_operator_variant, True),
    ):
        if function is None or function is operator.index:
            continue
        name = f"__{function.__name__.strip('_')}__"
        if method_of(bridge.module.Tensor, name) is not None:
            yield Form(name, function, function, in_place, tensor_first=True, bare=True)


def method_of(tensor_class: type, name: str) -> Any:
    """What the class or a base of it defines; not what every class has, such as `__or__`."""
    for base in tensor_class.__mro__[:-1]:
        if name in vars(base):
            return getattr(tensor_class, name)
    return None


def belongs_to_tests(function: Any) -> bool:
    if isinstance(function, functools.partial):
        return True
    is_function = isinstance(function, types.FunctionType)
    return is_function and function.__module__.startswith("torch.testing")


def targets(function: Any, torch: Any) -> set[str]:
    """What a function of the test suite calls: `nn.functional.dropout`, `Tensor.view`."""
    if isinstance(function, functools.partial):
        return {f"nn.functional.{function.func.__name__}"}
    return set(targets_of(function.__code__, function.__globals__, torch))


def targets_of(code: types.CodeType, world: dict[str, Any], torch: Any) -> Iterator[str]:
    names = list(code.co_names)
    if "torch" in names:
        here, path = torch, []
        for name in names[names.index("torch") + 1 :]:
            if not hasattr(here, name):
                break
            here, path = getattr(here, name), [*path, name]
        yield ".".join(path)
    else:
        yield from (f"Tensor.{name}" for name in names if name not in world)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from targets_of(constant, world, torch)


def offers(module: Any, name: str) -> bool:
    if name.startswith("Tensor."):
        return method_of(module.Tensor, name.removeprefix("Tensor.")) is not None
    return resolve(module, name) is not None


# ---------------------------------------------------------------- samples


@dataclass(frozen=True)
class Call:
    """The arguments of one call, and what to do with its result before comparing."""

    kind: str
    input: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    processed: Callable[[Any], Any]

    def tree(self) -> tuple[Any, ...]:
        return (self.input, self.args, self.kwargs)

    def suits(self, form: Form, torch: Any) -> bool:
        if form.tensor_first and not isinstance(self.input, torch.Tensor):
            return False
        if not form.bare:
            return True
        return not self.kwargs and len(self.args) == arity(form.theirs) - 1


def arity(function: Any) -> int:
    unary = {"abs", "neg", "pos", "inv", "invert", "not_", "truth"}
    return 1 if function.__name__ in unary else 2


def calls(entry: Any, dtype: Any) -> list[Call]:
    """The entry's samples of a dtype, and its first few again with 0-d and empty tensors."""
    differentiable = entry.supports_autograd and dtype.is_floating_point
    samples = list(entry.sample_inputs("cpu", dtype, requires_grad=differentiable))
    given = [
        Call("sample", each.input, each.args, each.kwargs, each.output_process_fn_grad)
        for each in samples
    ]
    if entry.name in CRASHES_WHEN_EMPTY:
        return given
    return given + [edge for call in given[:6] for edge in edges(call)]


def edges(call: Call) -> Iterator[Call]:
    """The call with tensors cut down to one element or none.

    Whether such a call makes sense PyTorch itself decides: what it refuses is not compared.
    """
    import torch

    def cut(kind: str, tensor: Any) -> Any:
        if tensor.layout is not torch.strided or tensor.dim() == 0 or tensor.numel() == 0:
            return tensor
        with torch.no_grad():
            small = {
                "0-d": lambda: tensor.reshape(-1)[0],
                "empty first axis": lambda: tensor[:0],
                "empty last axis": lambda: tensor[..., :0],
            }[kind]()
        return small.detach().clone().requires_grad_(tensor.requires_grad)

    for kind in ("0-d", "empty first axis", "empty last axis"):
        for which in ("input", "all"):
            everything = which == "all"
            if not everything and not isinstance(call.input, torch.Tensor):
                continue
            if everything and len(tensors(call.tree(), torch)) < 2:
                continue

            def change(leaf: Any, kind: str = kind) -> Any:
                return cut(kind, leaf) if isinstance(leaf, torch.Tensor) else leaf

            rest = mapped(change, (call.args, call.kwargs)) if everything else call.tree()[1:]
            yield Call(f"{kind}, {which}", mapped(change, call.input), *rest, call.processed)


# ---------------------------------------------------------------- judging


@dataclass
class Failure:
    form: str
    index: int
    call: Call
    message: str

    def text(self) -> str:
        import torch

        with np.printoptions(precision=17, threshold=10_000):
            torch.set_printoptions(precision=10, threshold=10_000)
            shown = f"input:  {self.call.input!r}\nargs:   {self.call.args!r}\n"
            shown += f"kwargs: {self.call.kwargs!r}"
            torch.set_printoptions(profile="default")
        return (
            f"{self.form}, sample {self.index} ({self.call.kind})\n{shown}\n\n{self.message}\n"
        )


@dataclass
class Verdict:
    """What came out for one entry. It passes if something was compared and nothing differed."""

    name: str
    family: str
    forms: list[str]
    compared: int = 0
    outside: dict[str, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    @property
    def offered(self) -> bool:
        return bool(self.forms)

    @property
    def passed(self) -> bool:
        return self.compared > 0 and not self.failures

    def text(self) -> str:
        if not self.offered:
            return f"{self.name}: not offered"
        bad = f"{len(self.failures)} of {self.compared} comparisons differ"
        head = f"{self.name} ({', '.join(self.forms)}): "
        head += "passed" if self.passed else bad if self.failures else "nothing was compared"
        if self.outside:
            head += f"; outside: {self.outside}"
        return head + (f"\n{self.failures[0].text()}" if self.failures else "")


def judge(name: str, bridge: Bridge, order: int = 1, dtypes: tuple[str, ...] = ()) -> Verdict:
    """Run one entry in every form that the module offers, on every sample.

    Parameters
    ----------
    name : the entry's full name in the database.
    order : 1 compares values and VJPs, 2 also the VJP of the VJP.
    dtypes : which samples; by default float64, or what the entry has instead of it.
    """
    entry = database()[name]
    offered = forms(entry, bridge)
    verdict = Verdict(name, family(entry), [form.label for form in offered])
    if not offered:
        return verdict
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for dtype in dtypes_of(entry, dtypes):
            for index, call in enumerate(calls(entry, dtype)):
                judge_call(verdict, entry, offered, index, call, bridge, order)
    return verdict


def dtypes_of(entry: Any, wanted: tuple[str, ...]) -> list[Any]:
    import torch

    supported = entry.supported_dtypes("cpu")
    if wanted:
        return [d for d in (getattr(torch, name) for name in wanted) if d in supported]
    if torch.float64 in supported:
        return [torch.float64]
    return [dtype for dtype in supported if str(dtype).removeprefix("torch.") in OWN_DTYPES]


def judge_call(
    verdict: Verdict,
    entry: Any,
    offered: list[Form],
    index: int,
    call: Call,
    bridge: Bridge,
    order: int,
) -> None:
    expected: dict[bool, Expected | Exception] = {}
    for form in offered:
        if not call.suits(form, bridge.torch):
            continue
        if form.in_place not in expected:
            expected[form.in_place] = expectation(form, call, bridge.torch, order)
        theirs = expected[form.in_place]
        if isinstance(theirs, Exception) and not (form.in_place and call.kind == "sample"):
            continue  # PyTorch has no answer; only storing what does not fit must be refused.
        try:
            arguments = bridge.arguments(call.tree())
            ours = Call(call.kind, *arguments, bridge.call(call.processed))
            if isinstance(theirs, Exception):
                must_refuse(form, ours, bridge, theirs)
            else:
                here = Run(bridge.module, form.ours, ours, form.in_place)
                against(theirs, here, bridge, values=entry.name not in UNINITIALISED)
        except Outside as reason:
            verdict.outside[str(reason)] = verdict.outside.get(str(reason), 0) + 1
            continue
        except Mismatch as difference:
            verdict.failures.append(Failure(form.label, index, call, str(difference)))
        except Exception:
            last = traceback.format_exc(limit=-6)
            verdict.failures.append(Failure(form.label, index, call, f"raised\n{last}"))
        verdict.compared += 1


def copied(call: Call, torch: Any) -> Call:
    """Fresh leaves with the same numbers and strides, so that no run can spoil the next."""
    made: dict[int, Any] = {}

    def fresh(leaf: Any) -> Any:
        if not isinstance(leaf, torch.Tensor) or leaf.layout is not torch.strided:
            return leaf
        if id(leaf) not in made:
            storage = leaf.detach().untyped_storage().clone()
            new = torch.empty(0, dtype=leaf.dtype).set_(
                storage, leaf.storage_offset(), leaf.shape, leaf.stride()
            )
            made[id(leaf)] = new.requires_grad_(leaf.requires_grad)
        return made[id(leaf)]

    return Call(call.kind, *mapped(fresh, call.tree()), call.processed)


class Run:
    """One call made with one module: its result, and what can be differentiated in it."""

    def __init__(
        self, module: Any, function: Callable[..., Any], call: Call, in_place: bool
    ) -> None:
        self.module = module
        self.leaves = [leaf for leaf in tensors(call.tree(), module) if leaf.requires_grad]
        first = call.input
        if in_place and first.requires_grad:
            first = first.clone()  # A leaf that requires grad cannot be written to.
        module.manual_seed(SEED)
        self.raw = function(first, *call.args, **call.kwargs)
        self.returned_its_input = self.raw is first
        self.result = call.processed(self.raw)
        self.outputs = [out for out in tensors(self.result, module) if out.requires_grad]

    def vjp(self, outputs: list[Any], nth: int, create_graph: bool) -> list[Any]:
        """The gradients of the leaves for random cotangents, the same in every module.

        What cannot be differentiated among the outputs counts as constant.
        """
        chosen, cotangents = [], []
        for position, output in enumerate(outputs):
            if output is not None and output.requires_grad:
                random = np.random.default_rng((SEED, nth, position))
                array = np.array(random.standard_normal(tuple(output.shape)))
                chosen.append(output)
                cotangents.append(self.module.from_numpy(array).to(output.dtype))
        if not chosen:
            return [None] * len(self.leaves)
        gradients = self.module.autograd.grad(
            chosen, self.leaves, cotangents, allow_unused=True, create_graph=create_graph
        )
        return list(gradients)


class Expected(Run):
    """PyTorch's run, with its derivatives up to an order or as far as it has them."""

    def __init__(self, torch: Any, form: Form, call: Call, order: int) -> None:
        super().__init__(torch, form.theirs, copied(call, torch), form.in_place)
        self.gradients: list[list[Any]] = []
        outputs = self.outputs
        while any(map(grows, outputs)) and self.leaves and len(self.gradients) < order:
            nth = len(self.gradients) + 1
            try:
                self.gradients.append(self.vjp(outputs, nth, create_graph=nth < order))
            except (RuntimeError, NotImplementedError):
                return
            outputs = self.gradients[-1]


def expectation(form: Form, call: Call, torch: Any, order: int) -> Expected | Exception:
    try:
        return Expected(torch, form, call, order)
    except Exception as refusal:
        return refusal


def must_refuse(form: Form, call: Call, bridge: Bridge, refusal: Exception) -> None:
    try:
        Run(bridge.module, form.ours, call, form.in_place)
    except Exception:
        return
    raise Mismatch(f"PyTorch refuses this ({refusal}), here it went through")


def against(theirs: Expected, ours: Run, bridge: Bridge, values: bool) -> None:
    """Raise Mismatch unless values and derivatives are the same."""
    if theirs.returned_its_input and not ours.returned_its_input:
        raise Mismatch("the in-place form did not return its own input")
    # Signs and phases of eigenvectors are free: what a sample's own processing keeps is not.
    compare(theirs.raw, ours.raw, bridge, "result", values=False)
    compare(theirs.result, ours.result, bridge, "result", values)
    outputs, order = ours.outputs, len(theirs.gradients)
    for nth, wanted in enumerate(theirs.gradients, start=1):
        found = ours.vjp(outputs, nth, create_graph=nth < order)
        for position, (want, got) in enumerate(zip(wanted, found, strict=True)):
            where = f"VJP {nth}, input {position}"
            compare_gradients(want, got, bridge, where)
        outputs = found


def grows(gradient: Any) -> bool:
    return gradient is not None and gradient.requires_grad


def compare_gradients(want: Any, got: Any, bridge: Bridge, where: str) -> None:
    """As `compare`; no gradient and a gradient of zeros are the same."""
    if want is None or got is None:
        present = want if got is None else got
        if present is not None and np.any(present.detach().numpy()):
            raise Mismatch(f"{where}: expected {want!r}, got {got!r}")
        return
    compare(want.detach(), got.detach(), bridge, where)


# ---------------------------------------------------------------- the command


def table(verdicts: list[Verdict]) -> str:
    """Passed, offered and all entries by family, with their sum."""
    rows = {name: [0, 0, 0] for name in [*FAMILIES, "special", "nn.functional", "others"]}
    for verdict in verdicts:
        row = rows.setdefault(verdict.family, [0, 0, 0])
        row[0] += verdict.passed
        row[1] += verdict.offered
        row[2] += 1
    rows["all"] = [sum(column) for column in zip(*rows.values(), strict=True)]
    head = f"{'family':22}{'passed':>8}{'offered':>9}{'entries':>9}"
    lines = [f"{name:22}{p:8}{o:9}{n:9}" for name, (p, o, n) in rows.items()]
    return "\n".join([head, *lines])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.minigrad.operator_database",
        description="Hold minigrad against PyTorch's operator database.",
    )
    parser.add_argument("--entry", nargs="+", help="only these entries, or these names")
    parser.add_argument("-v", action="store_true", help="the first failing sample in full")
    parser.add_argument("--missing", action="store_true", help="what is not offered yet")
    parser.add_argument("--offered", action="store_true", help="the names offered")
    parser.add_argument("--order", type=int, default=1, help="2: the VJP of the VJP as well")
    parser.add_argument(
        "--dtypes", nargs="+", default=[], help="samples of these, not of float64"
    )
    parser.add_argument("--module", default="minigrad", help="what is held against PyTorch")
    options = parser.parse_args(arguments)
    bridge = Bridge(importlib.import_module(options.module))
    if options.missing or options.offered:
        print("\n".join(listed(bridge, options.offered)))
        return 0
    verdicts = [
        judge(name, bridge, options.order, tuple(options.dtypes))
        for name, entry in database().items()
        if not options.entry or {name, entry.name} & set(options.entry)
    ]
    for verdict in verdicts:
        if options.entry or (verdict.offered and not verdict.passed):
            text = verdict.text()
            print(text if options.v else text.splitlines()[0])
    if not options.entry:
        print(table(verdicts))
    return 0 if verdicts and all(each.passed for each in verdicts if each.offered) else 1


def listed(bridge: Bridge, offered: bool) -> list[str]:
    """Full names of the entries offered; or of those not offered that have a derivative."""
    return [
        name
        for name, entry in database().items()
        if bool(forms(entry, bridge)) is offered
        and (offered or (entry.supports_autograd and family(entry) != "others"))
    ]


if __name__ == "__main__":
    sys.exit(main())

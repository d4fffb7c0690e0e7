"""Every sentence is PyTorch's; every one has a second voice that knows what happened."""

import inspect
import traceback
import types

import numpy as np
import pytest

import minigrad
from minigrad import errors, usercode
from minigrad.device import KINDS

F32, F64, I64 = "float32", "float64", "int64"

# For each function: the error it makes, and what makes PyTorch say the same.
# In the snippets `v` is a leaf of three elements that requires a gradient.
SAME = {
    "graph_freed": (errors.graph_freed(), "y = (v * v).sum(); y.backward(); y.backward()"),
    "not_scalar": (errors.not_scalar((3,)), "v.exp().backward()"),
    "no_graph": (errors.no_graph(), "torch.tensor(3.).backward()"),
    "differentiated_needs_grad": (
        errors.differentiated_needs_grad(),
        "torch.autograd.grad(v.sum(), torch.tensor(3.))",
    ),
    "differentiated_unused": (
        errors.differentiated_unused(0),
        "torch.autograd.grad(v.sum(), torch.ones(3, requires_grad=True))",
    ),
    "cotangent_shape": (
        errors.cotangent_shape(0, (2,), (3,)),
        "v.exp().backward(torch.ones(2))",
    ),
    "cotangent_type": (errors.cotangent_type(1.0), "v.exp().backward([1., 2., 3.])"),
    "backward_inputs_empty": (errors.backward_inputs_empty(), "v.sum().backward(inputs=[])"),
    "invalid_gradient": (
        errors.invalid_gradient("DoubleBackward", 0, (2,), (3,)),
        "function(lambda ctx, g: g[:2]).apply(v).sum().backward()",
    ),
    "wrong_number_of_gradients": (
        errors.wrong_number_of_gradients("DoubleBackward", 1, 2),
        "function(lambda ctx, g: (g, g)).apply(v).sum().backward()",
    ),
    "gradient_not_tensor": (
        errors.gradient_not_tensor(3),
        "function(lambda ctx, g: 3).apply(v).sum().backward()",
    ),
    "hook_not_tensor": (
        errors.hook_not_tensor(5),
        "v.register_hook(lambda g: 5); v.sum().backward()",
    ),
    "hook_changed_size": (
        errors.hook_changed_size("<lambda>"),
        "v.register_hook(lambda g: g[:2]); v.sum().backward()",
    ),
    "anomaly": (
        errors.anomaly("SqrtBackward0", 0),
        "with torch.autograd.set_detect_anomaly(True):\n"
        "    ((v * 0).sqrt() * 0).sum().backward()",
    ),
    "floating_point_only": (
        errors.floating_point_only(I64),
        "torch.tensor([1], requires_grad=True)",
    ),
    "floating_point_only_set": (
        errors.floating_point_only_set(I64),
        "torch.tensor([1]).requires_grad = True",
    ),
    "floating_point_only_method": (
        errors.floating_point_only_method(I64),
        "torch.tensor([1]).requires_grad_()",
    ),
    "requires_grad_not_bool": (
        errors.requires_grad_not_bool("yes"),
        "torch.ones(1).requires_grad = 'yes'",
    ),
    "flag_of_non_leaf": (errors.flag_of_non_leaf(), "(v * 2).requires_grad = False"),
    "retain_grad_without_graph": (
        errors.retain_grad_without_graph(),
        "torch.ones(1).retain_grad()",
    ),
    "hook_without_graph": (
        errors.hook_without_graph(),
        "torch.ones(1).register_hook(print)",
    ),
    "grad_not_tensor": (errors.grad_not_tensor(5), "v.grad = 5"),
    "grad_of_wrong_shape": (
        errors.grad_of_wrong_shape((2,), (3,)),
        "v.grad = torch.ones(2)",
    ),
    "grad_of_wrong_dtype": (
        errors.grad_of_wrong_dtype(F64, F32),
        "v.grad = torch.ones(3, dtype=torch.float64)",
    ),
    "grad_is_itself": (errors.grad_is_itself(), "v.grad = v"),
    "deepcopy_of_non_leaf": (
        errors.deepcopy_of_non_leaf(),
        "import copy; copy.deepcopy(v * 2)",
    ),
    "leaf_in_place": (errors.leaf_in_place(), "v.add_(1)"),
    "view_of_leaf_in_place": (errors.view_of_leaf_in_place(), "v[0:1].add_(1)"),
    "multi_view_in_place": (
        errors.multi_view_in_place(0, "Split"),
        "(v * 1).split(2)[0].add_(1)",
    ),
    "overlapping_inputs": (
        errors.overlapping_inputs(),
        "x = torch.ones(3)\nx[1:].add_(x[:-1])",
    ),
    "overlapping_in_place": (
        errors.overlapping_in_place(),
        "torch.zeros(1).expand(3).add_(1)",
    ),
    "modified_in_place": (
        errors.modified_in_place(F32, (3,), 1, 0, (0, "ExpBackward0")),
        "y = v.exp(); y.add_(1); y.sum().backward()",
    ),
    "inplace_result_type": (
        errors.inplace_result_type(F32, I64),
        "torch.tensor([1]).add_(1.5)",
    ),
    "inplace_broadcast": (
        errors.inplace_broadcast((3,), (2, 3)),
        "torch.ones(3).add_(torch.ones(2, 3))",
    ),
    "data_not_tensor": (errors.data_not_tensor(5), "v.data = 5"),
    "numpy_of_grad": (errors.numpy_of_grad(), "v.numpy()"),
    "item_of_many": (errors.item_of_many(3), "v.item()"),
    "number_of_many": (errors.number_of_many(), "float(v)"),
    "truth_of_many": (errors.truth_of_many(3), "bool(v)"),
    "not_an_index": (errors.not_an_index(), "range(torch.tensor(1.5))"),
    "iteration_over_scalar": (errors.iteration_over_scalar(), "list(torch.tensor(1.))"),
    "length_of_scalar": (errors.length_of_scalar(), "len(torch.tensor(1.))"),
    "shapes_do_not_broadcast": (
        errors.shapes_do_not_broadcast((2, 3), (5, 4)),
        "torch.ones(2, 3) + torch.ones(5, 4)",
    ),
    "matrix_shapes": (
        errors.matrix_shapes((3, 4), (3, 2)),
        "torch.ones(3, 4) @ torch.ones(3, 2)",
    ),
    "matrix_vector_shapes": (
        errors.matrix_vector_shapes((3, 4), (3,)),
        "torch.ones(3, 4) @ torch.ones(3)",
    ),
    "dot_sizes": (errors.dot_sizes((3,), (4,)), "torch.ones(3) @ torch.ones(4)"),
    "dot_dimensions": (
        errors.dot_dimensions(2, 1),
        "torch.dot(torch.ones(3, 3), torch.ones(4))",
    ),
    "batch_matrix_shapes": (
        errors.batch_matrix_shapes((2, 4), (2, 3)),
        "torch.ones(2, 3, 4) @ torch.ones(2, 3, 4)",
    ),
    "batches_do_not_broadcast": (
        errors.batches_do_not_broadcast((2, 3, 4), (3, 4, 5)),
        "torch.ones(2, 3, 4) @ torch.ones(3, 4, 5)",
    ),
    "matmul_of_scalar": (
        errors.matmul_of_scalar(0, 1),
        "torch.tensor(3.) @ torch.ones(1)",
    ),
    "not_a_matrix": (errors.not_a_matrix("self"), "torch.mm(v, torch.ones(3, 2))"),
    "matmul_dtypes": (
        errors.matmul_dtypes(F32, I64),
        "torch.ones(2, 2) @ torch.ones(2, 2, dtype=torch.int64)",
    ),
    "linear_dtypes": (
        errors.linear_dtypes(F64, F32),
        "torch.nn.Linear(3, 2)(torch.ones(4, 3, dtype=torch.float64))",
    ),
    "invalid_etas": (
        errors.invalid_etas((2.0, 3.0)),
        "torch.optim.Rprop([v], etas=(2.0, 3.0))",
    ),
    "invalid_reshape": (errors.invalid_reshape((4, 2), 6), "torch.ones(6).reshape(4, 2)"),
    "only_one_inferred": (errors.only_one_inferred(), "torch.ones(6).reshape(-1, -1)"),
    "invalid_shape_dimension": (
        errors.invalid_shape_dimension(-2, 0, (-2, 3)),
        "torch.ones(6).reshape(-2, 3)",
    ),
    "view_not_possible": (errors.view_not_possible(), "torch.ones(2, 3).t().view(6)"),
    "invalid_expand": (
        errors.invalid_expand(4, 3, 0, (4,), (3,)),
        "torch.ones(3).expand(4)",
    ),
    "dimension_out_of_range": (
        errors.dimension_out_of_range(2, 2),
        "torch.ones(2, 3).sum(dim=2)",
    ),
    "repeated_dimension": (
        errors.repeated_dimension(0),
        "torch.ones(2, 3).sum(dim=(0, 0))",
    ),
    "cat_sizes": (
        errors.cat_sizes(0, 3, 4, 1),
        "torch.cat([torch.ones(2, 3), torch.ones(2, 4)])",
    ),
    "cat_dimensions": (
        errors.cat_dimensions(2, 1),
        "torch.cat([torch.ones(2, 3), torch.ones(2)])",
    ),
    "cat_of_scalar": (errors.cat_of_scalar(0), "torch.cat([torch.tensor(1.)] * 2)"),
    "cat_of_nothing": (errors.cat_of_nothing(), "torch.cat([])"),
    "stack_sizes": (
        errors.stack_sizes((2,), (3,), 1),
        "torch.stack([torch.ones(2), torch.ones(3)])",
    ),
    "stack_of_nothing": (errors.stack_of_nothing(), "torch.stack([])"),
    "transpose_of_many": (errors.transpose_of_many(3), "torch.ones(2, 3, 4).t()"),
    "negative_dimension": (errors.negative_dimension((2, -3)), "torch.rand(2, -3)"),
    "index_out_of_bounds": (errors.index_out_of_bounds(5, 0, 3), "v[5]"),
    "too_many_indices": (errors.too_many_indices(1), "v[0, 0]"),
    "index_of_scalar": (errors.index_of_scalar(), "torch.tensor(1.)[0]"),
    "index_type": (errors.index_type(1.5), "v[1.5]"),
    "index_dtype": (errors.index_dtype(), "v[torch.tensor([0.5])]"),
    "mask_shape": (
        errors.mask_shape((2,), 0, (3,), 0),
        "v[torch.tensor([True, False])]",
    ),
    "index_shapes": (
        errors.index_shapes([(2,), (3,)]),
        "torch.ones(3, 4)[torch.tensor([0, 1]), torch.tensor([0, 1, 2])]",
    ),
    "too_few_sizes": (errors.too_few_sizes(F32, (2, 3), (3,)), "torch.ones(2, 3).expand(3)"),
    "index_put_dtypes": (
        errors.index_put_dtypes(F32, F64),
        "v.data[torch.tensor([0, 1])] = torch.ones(2, dtype=torch.float64)",
    ),
    "index_put_shapes": (
        errors.index_put_shapes((4,), (2,)),
        "v.data[torch.tensor([0, 1])] = torch.ones(4)",
    ),
    "cannot_assign": (errors.cannot_assign([1, 2], F32), "v[0] = [1, 2]"),
    "negative_step": (errors.negative_step(), "v[::-1]"),
    "floats_needed": (errors.floats_needed("mean", I64), "torch.tensor([1]).mean()"),
    "std_needs_floats": (errors.std_needs_floats(), "torch.tensor([1, 2]).std()"),
    "not_implemented_for": (
        errors.not_implemented_for("normal_kernel_cpu", I64),
        "torch.randn(3, dtype=torch.int64)",
    ),
    "unsupported_operands": (
        errors.unsupported_operands("+", minigrad.ones(2), "a"),
        "torch.ones(2) + 'a'",
    ),
    "argument_must_be_tensor": (
        errors.argument_must_be_tensor("sin", np.ones(2)),
        "torch.sin(numpy.ones(2))",
    ),
    "negative_integer_power": (
        errors.negative_integer_power(),
        "torch.tensor([2]) ** -1",
    ),
    "negation_of_bool": (errors.negation_of_bool(), "-torch.tensor([True])"),
    "subtraction_of_bools": (
        errors.subtraction_of_bools(both=False),
        "torch.tensor([True]) - 1",
    ),
    "where_needs_bool": (
        errors.where_needs_bool(I64),
        "torch.where(torch.tensor([1]), v, v)",
    ),
    "clamp_without_bounds": (errors.clamp_without_bounds(), "v.clamp()"),
    "ragged_sequence": (errors.ragged_sequence(2, 1, 1), "torch.tensor([[1, 2], [3]])"),
    "string_data": (errors.string_data(), "torch.tensor('a')"),
    "strings_data": (errors.strings_data(), "torch.tensor(['a'])"),
    "no_dtype_for": (errors.no_dtype_for(None), "torch.tensor(None)"),
    "array_type": (
        errors.array_type(np.dtype(object)),
        "torch.tensor(numpy.array([None]))",
    ),
    "not_an_array": (errors.not_an_array([1.0]), "torch.from_numpy([1.])"),
    "range_sign": (errors.range_sign(), "torch.arange(5, 1)"),
    "range_step": (errors.range_step(), "torch.arange(0, 3, 0)"),
    "negative_steps": (errors.negative_steps(), "torch.linspace(0, 1, steps=-1)"),
    "seed_out_of_range": (errors.seed_out_of_range(2**64), "torch.manual_seed(2**64)"),
    "state_not_bytes": (
        errors.state_not_bytes(),
        "torch.set_rng_state(torch.zeros(3))",
    ),
    "state_of_wrong_size": (
        errors.state_of_wrong_size(5056, 3),
        "torch.set_rng_state(torch.zeros(3, dtype=torch.uint8))",
    ),
    "empty_interval": (errors.empty_interval(1, 0), "torch.empty(3).uniform_(1, 0)"),
    "interval_too_wide": (
        errors.interval_too_wide(-3e38, 3e38, F32),
        "torch.empty(3).uniform_(-3e38, 3e38)",
    ),
    "bound_out_of_range": (
        errors.bound_out_of_range("to - 1", "uint8"),
        "torch.randint(0, 300, (2,), dtype=torch.uint8)",
    ),
    "empty_integer_range": (
        errors.empty_integer_range(5, 5),
        "torch.randint(5, 5, (2,))",
    ),
    "negative_std": (errors.negative_std(-0.1234567), "v.data.normal_(0, -.1234567)"),
    "exponential_needs_floats": (
        errors.exponential_needs_floats(I64),
        "torch.ones(3, dtype=torch.int64).exponential_(1)",
    ),
    "rate_not_positive": (errors.rate_not_positive(-1.0), "v.data.exponential_(-1)"),
    "probability_out_of_range": (
        errors.probability_out_of_range(2.0),
        "v.data.bernoulli_(2)",
    ),
    "probabilities_out_of_range": (
        errors.probabilities_out_of_range(),
        "torch.bernoulli(torch.tensor([1.5]))",
    ),
    "permutation_too_long": (
        errors.permutation_too_long(300, "uint8"),
        "torch.randperm(300, dtype=torch.uint8)",
    ),
    "multinomial_dimensions": (
        errors.multinomial_dimensions((2, 2, 2)),
        "torch.multinomial(torch.zeros(2, 2, 2), 1)",
    ),
    "multinomial_dtype": (
        errors.multinomial_dtype(I64),
        "torch.multinomial(torch.tensor([1, 2]), 1)",
    ),
    "multinomial_count": (errors.multinomial_count(0), "torch.multinomial(v, 0)"),
    "multinomial_too_many": (
        errors.multinomial_too_many(5, 3),
        "torch.multinomial(v, 5)",
    ),
    "unknown_device": (errors.unknown_device(KINDS, "gpu"), "torch.device('gpu')"),
    "device_index_twice": (errors.device_index_twice("cpu:0"), "torch.device('cpu:0', 1)"),
    "unpack_not_tensor": (
        errors.unpack_not_tensor(3),
        "with torch.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: 3):\n"
        "    y = v.exp().exp()\n"
        "y.sum().backward()",
    ),
    "pack_changed_input": (
        errors.pack_changed_input(),
        "with torch.autograd.graph.saved_tensors_hooks(lambda x: x.mul_(2), lambda x: x):\n"
        "    v.clone().exp()",
    ),
    "edge_without_graph": (
        errors.edge_without_graph(),
        "torch.autograd.graph.get_gradient_edge(torch.ones(2))",
    ),
    "post_hook_of_non_leaf": (
        errors.post_hook_of_non_leaf(),
        "(v * 2).register_post_accumulate_grad_hook(print)",
    ),
    "no_cuda": (errors.no_cuda(), "torch.ones(2).cuda()"),
    "no_accelerator": (errors.no_accelerator(), "torch.ones(2, device=0)"),
    "multinomial_weights": (errors.multinomial_weights(), "torch.multinomial(-v, 1)"),
    "multinomial_no_weight": (
        errors.multinomial_no_weight(),
        "torch.multinomial(torch.zeros(2), 1)",
    ),
    "dropout_probability": (
        errors.dropout_probability(1.5),
        "torch.nn.functional.dropout(v, 1.5)",
    ),
    "module_not_initialised": (
        errors.module_not_initialised("module"),
        "class M(torch.nn.Module):\n"
        "    def __init__(self):\n"
        "        self.layer = torch.nn.ReLU()\n"
        "M()",
    ),
    "no_forward": (errors.no_forward("Module"), "torch.nn.Module()(1)"),
    "not_a_parameter": (
        errors.not_a_parameter("int", "weight", "parameter", "torch.nn.Parameter"),
        "torch.nn.Linear(2, 2).weight = 5",
    ),
    "not_a_module": (errors.not_a_module("int"), "torch.nn.Module().add_module('a', 5)"),
    "mode_not_bool": (errors.mode_not_bool("yes"), "torch.nn.Module().train('yes')"),
    "no_parameters": (errors.no_parameters(), "torch.optim.SGD([], lr=1)"),
    "parameters_are_a_tensor": (
        errors.parameters_are_a_tensor("torch.FloatTensor"),
        "torch.optim.SGD(v, lr=1)",
    ),
    "parameter_not_tensor": (
        errors.parameter_not_tensor(1),
        "torch.optim.SGD([1], lr=1)",
    ),
    "parameter_not_leaf": (
        errors.parameter_not_leaf(),
        "torch.optim.SGD([v * 2], lr=1)",
    ),
    "repeated_parameter": (
        errors.repeated_parameter(),
        "torch.optim.SGD([{'params': [v]}, {'params': [v]}], lr=1)",
    ),
    "invalid_setting": (
        errors.invalid_setting("learning rate", -1.0),
        "torch.optim.SGD([v], lr=-1.)",
    ),
    "invalid_beta": (
        errors.invalid_beta(0, 1.5),
        "torch.optim.Adam([v], betas=(1.5, .9))",
    ),
    "nesterov_without_momentum": (
        errors.nesterov_without_momentum(),
        "torch.optim.SGD([v], lr=1, nesterov=True)",
    ),
    "target_size": (
        errors.target_size((1,), (3,)),
        "torch.nn.functional.binary_cross_entropy(v, torch.ones(1))",
    ),
    "unknown_reduction": (
        errors.unknown_reduction("avg"),
        "torch.nn.functional.mse_loss(v, v, reduction='avg')",
    ),
    "batch_sizes": (
        errors.batch_sizes(3, 2),
        "torch.nn.functional.cross_entropy(torch.ones(3, 2), torch.tensor([0, 1]))",
    ),
    "target_out_of_bounds": (
        errors.target_out_of_bounds(5, 2),
        "torch.nn.functional.cross_entropy(torch.ones(1, 2), torch.tensor([5]))",
    ),
    "target_dtype": (
        errors.target_dtype("int32"),
        "torch.nn.functional.cross_entropy(torch.ones(1, 2), torch.tensor([1]).int())",
    ),
    "not_probabilities": (
        errors.not_probabilities(),
        "torch.nn.functional.binary_cross_entropy(v + 1, torch.ones(3))",
    ),
    "embedding_index": (
        errors.embedding_index(),
        "torch.nn.Embedding(3, 2)(torch.tensor([5]))",
    ),
    "forward_missing": (
        errors.forward_missing(),
        "type('F', (torch.autograd.Function,), {}).apply(v)",
    ),
    "backward_missing": (
        errors.backward_missing(),
        "forward = staticmethod(lambda ctx, x: x * 2)\n"
        "F = type('F', (torch.autograd.Function,), {'forward': forward})\n"
        "F.apply(v).sum().backward()",
    ),
    "function_not_static": (
        errors.function_not_static(),
        "function(lambda ctx, g: g)()(v)",
    ),
    "saved_not_tensor": (
        errors.saved_not_tensor(5, 0),
        "forward = staticmethod(lambda ctx, x: ctx.save_for_backward(5))\n"
        "type('F', (torch.autograd.Function,), {'forward': forward}).apply(v)",
    ),
    "gradient_of_several": (
        errors.gradient_of_several(1),
        "torch.func.grad(lambda x: x * 2)(torch.ones(3))",
    ),
    "nothing_to_check": (
        errors.nothing_to_check(),
        "torch.autograd.gradcheck(torch.sin, (torch.ones(2).double(),))",
    ),
    "inference_saved": (
        errors.inference_saved(),
        "with torch.inference_mode():\n    x = torch.ones(3)\n(v * x).sum()",
    ),
    "inference_requires_grad": (
        errors.inference_requires_grad(),
        "with torch.inference_mode():\n    x = torch.ones(3)\nx.requires_grad_()",
    ),
    "inference_in_place": (
        errors.inference_in_place(),
        "with torch.inference_mode():\n    x = torch.ones(3)\nx.add_(1)",
    ),
    "empty_reduction": (errors.empty_reduction("max"), "torch.ones(0).max()"),
    "empty_dimension": (errors.empty_dimension("max", 0), "torch.ones(0, 3).max(0)"),
    "inversion_of_floats": (errors.inversion_of_floats(), "~v"),
    "out_with_gradient": (
        errors.out_with_gradient("sin"),
        "torch.sin(v, out=torch.ones(3))",
    ),
    "value_out_of_range": (
        errors.value_out_of_range(F32),
        "torch.full((2,), 1e300, dtype=torch.float32)",
    ),
    "prelu_weight_dimensions": (
        errors.prelu_weight_dimensions(2),
        "torch.nn.functional.prelu(torch.ones(2, 3), torch.ones(1, 3))",
    ),
    "prelu_of_scalar": (
        errors.prelu_of_scalar(),
        "torch.nn.functional.prelu(torch.tensor(1.), torch.ones(2))",
    ),
    "prelu_channels": (
        errors.prelu_channels(2, 3),
        "torch.nn.functional.prelu(torch.ones(2, 3), torch.ones(2))",
    ),
    "glu_of_scalar": (
        errors.glu_of_scalar(),
        "torch.nn.functional.glu(torch.tensor(1.))",
    ),
    "glu_halves": (errors.glu_halves(0, 3), "torch.nn.functional.glu(v)"),
    "negative_lambda": (
        errors.negative_lambda(-1.0, F32),
        "torch.nn.functional.softshrink(v, -1)",
    ),
    "negative_beta": (
        errors.negative_beta(),
        "torch.nn.functional.smooth_l1_loss(v, v, beta=-1)",
    ),
    "delta_not_positive": (
        errors.delta_not_positive(),
        "torch.nn.functional.huber_loss(v, v, delta=0)",
    ),
    "logits_target_size": (
        errors.logits_target_size((2,), (2, 3)),
        "torch.nn.functional.binary_cross_entropy_with_logits(\n"
        "    torch.ones(2, 3), torch.ones(2))",
    ),
    "nll_dimensions": (
        errors.nll_dimensions((2, 3), (2, 2)),
        "torch.nn.functional.nll_loss(torch.ones(2, 3), torch.zeros(2, 2).long())",
    ),
    "nll_target_shape": (
        errors.nll_target_shape((2, 4), (2, 5)),
        "torch.nn.functional.nll_loss(torch.ones(2, 3, 4), torch.zeros(2, 5).long())",
    ),
    "class_weights": (
        errors.class_weights(3, (2,)),
        "torch.nn.functional.nll_loss(\n"
        "    torch.ones(2, 3), torch.zeros(2).long(), torch.ones(2))",
    ),
    "label_smoothing": (
        errors.label_smoothing(1.5),
        "torch.nn.functional.cross_entropy(\n"
        "    torch.ones(2, 3), torch.zeros(2).long(), label_smoothing=1.5)",
    ),
    "probabilities_are_floats": (
        errors.probabilities_are_floats(I64),
        "torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.zeros(2, 3).long())",
    ),
    "ignored_probabilities": (
        errors.ignored_probabilities(),
        "torch.nn.functional.cross_entropy(\n"
        "    torch.ones(2, 3), torch.ones(2, 3), ignore_index=1)",
    ),
    "ranking_dimensions": (
        errors.ranking_dimensions((3,), (3, 1), (3,)),
        "torch.nn.functional.margin_ranking_loss(v, v[:, None], v)",
    ),
    "triplet_dimensions": (
        errors.triplet_dimensions(2, 1, 2),
        "torch.nn.functional.triplet_margin_loss(v[None], v, v[None])",
    ),
    "cosine_shapes": (
        errors.cosine_shapes((3,), (3,), (3,)),
        "torch.nn.functional.cosine_embedding_loss(v, v, v)",
    ),
    "multi_margin_target": (
        errors.multi_margin_target(2, (1,), (2, 3)),
        "torch.nn.functional.multi_margin_loss(torch.ones(2, 3), torch.tensor([0]))",
    ),
    "one_hot_dtype": (
        errors.one_hot_dtype(F32),
        "torch.nn.functional.one_hot(v)",
    ),
    "one_hot_of_nothing": (
        errors.one_hot_of_nothing(),
        "torch.nn.functional.one_hot(torch.zeros(0).long())",
    ),
    "negative_class": (
        errors.negative_class(),
        "torch.nn.functional.one_hot(torch.tensor([-1]), 2)",
    ),
    "class_too_large": (
        errors.class_too_large(),
        "torch.nn.functional.one_hot(torch.tensor([3]), 2)",
    ),
    "normalized_shape": (
        errors.normalized_shape((4,), (2, 3)),
        "torch.nn.functional.layer_norm(torch.ones(2, 3), (4,))",
    ),
    "normalized_affine": (
        errors.normalized_affine("bias", (2,), (3,)),
        "torch.nn.functional.layer_norm(v, (3,), None, torch.ones(2))",
    ),
    "channel_statistics": (
        errors.channel_statistics("running_mean", 3, 2),
        "torch.nn.functional.batch_norm(torch.ones(2, 3), torch.ones(2), torch.ones(3))",
    ),
    "running_statistics_missing": (
        errors.running_statistics_missing("running_mean"),
        "torch.nn.functional.batch_norm(torch.ones(2, 3), None, None)",
    ),
    "one_value_per_channel": (
        errors.one_value_per_channel((1, 3)),
        "torch.nn.functional.batch_norm(torch.ones(1, 3), None, None, training=True)",
    ),
    "one_spatial_element": (
        errors.one_spatial_element((2, 3, 1)),
        "torch.nn.functional.instance_norm(torch.ones(2, 3, 1))",
    ),
    "channel_groups": (
        errors.channel_groups((2, 3), 2),
        "torch.nn.functional.group_norm(torch.ones(2, 3), 2)",
    ),
    "convolution_dimensions": (
        errors.convolution_dimensions("conv1d", 1, (4,)),
        "torch.nn.functional.conv1d(torch.ones(4), torch.ones(5, 3, 2))",
    ),
    "convolution_numbers": (
        errors.convolution_numbers("stride", (1, 1), 1),
        "torch.nn.functional.conv1d(torch.ones(1, 3, 4), torch.ones(5, 3, 2), stride=(1, 1))",
    ),
    "weight_dimensions": (
        errors.weight_dimensions((5, 3, 2, 2), (1, 3, 4)),
        "torch.nn.functional.conv1d(torch.ones(1, 3, 4), torch.ones(5, 3, 2, 2))",
    ),
    "convolution_channels": (
        errors.convolution_channels((5, 3, 2), (1, 2, 4), 1, 3, False),
        "torch.nn.functional.conv1d(torch.ones(1, 2, 4), torch.ones(5, 3, 2))",
    ),
    "convolution_bias": (
        errors.convolution_bias((5, 3, 2), 5, (4,)),
        "torch.nn.functional.conv1d(\n"
        "    torch.ones(1, 3, 4), torch.ones(5, 3, 2), torch.ones(4))",
    ),
    "kernel_too_large": (
        errors.kernel_too_large((2, 6), (5, 5)),
        "torch.nn.functional.conv2d(\n"
        "    torch.ones(1, 3, 2, 4), torch.ones(5, 3, 3, 3), padding=(0, 1), dilation=2)",
    ),
    "convolution_dtypes": (
        errors.convolution_dtypes(F64, F32),
        "torch.nn.functional.conv1d(torch.ones(1, 3, 4).double(), torch.ones(5, 3, 2))",
    ),
    "convolution_bias_dtype": (
        errors.convolution_bias_dtype(F32, F64),
        "torch.nn.functional.conv1d(\n"
        "    torch.ones(1, 3, 4), torch.ones(5, 3, 2), torch.ones(5).double())",
    ),
    "pooling_too_small": (
        errors.pooling_too_small((1, 3, 1, 1), (0, 0)),
        "torch.nn.functional.max_pool2d(torch.ones(1, 3, 1, 1), 2)",
    ),
    "pooling_padding": (
        errors.pooling_padding(2, 2, 1),
        "torch.nn.functional.max_pool2d(torch.ones(1, 3, 4, 4), 2, padding=2)",
    ),
    "embedding_dtype": (
        errors.embedding_dtype(F32),
        "torch.nn.functional.embedding(v, torch.ones(3, 2))",
    ),
    "uninitialized_parameter": (
        errors.uninitialized_parameter(),
        "torch.nn.LazyLinear(2).weight.shape",
    ),
}

# What PyTorch can do and minigrad cannot has a sentence of our own.
OWN = {
    "cannot_be_saved": errors.cannot_be_saved("state['loss']", print),
    "not_a_saved_file": errors.not_a_saved_file("it is a pickle"),
    "complex_not_supported": errors.complex_not_supported(),
    "no_such_device": errors.no_such_device("cuda"),
    "no_storage": errors.no_storage(),
}

# Where a number is put among those of a tensor that cannot hold it.
TOO_LARGE = [
    "torch.ones(2).char().fill_(300)",
    "torch.ones(2).char().fill_(float('nan'))",
    "torch.ones(2).char().masked_fill(torch.ones(2) > 0, -129)",
    "torch.ones(2).char().masked_fill_(torch.ones(2) > 0, torch.tensor(300))",
    "torch.ones(2).char().index_fill(0, torch.tensor([0]), 300)",
    "torch.ones(2).char().scatter(0, torch.tensor([0]), 300)",
    "torch.where(torch.ones(2) > 0, torch.ones(2).char(), 300)",
    "torch.clamp(torch.ones(2).char(), 0, 300)",
    "torch.ones(2).char().clamp_(max=300)",
    "torch.ones(2).char().clamp_min(-300)",
    "torch.ones(2).char().__setitem__(0, 300)",
    "torch.ones(2).char().__setitem__(torch.ones(2) > 0, 300)",
    "torch.add(torch.ones(2).char(), 1, alpha=300)",
    "torch.sub(torch.ones(2).char(), torch.ones(2).char(), alpha=300)",
    "torch.addcmul(*[torch.ones(2).char()] * 3, value=300)",
    "torch.pow(torch.ones(2).char(), 300)",
    "torch.nn.functional.pad(torch.ones(2).char(), (1, 1), value=300)",
    "torch.nn.functional.threshold(torch.ones(2).char(), 1, 300)",
]

VARIANTS = [
    (errors.unsupported_operands("-", minigrad.ones(2), None), "torch.ones(2) - None"),
    (errors.unsupported_operands("/", None, minigrad.ones(2)), "None / torch.ones(2)"),
    (errors.unsupported_operands("@", minigrad.ones(2), 2), "torch.ones(2) @ 2"),
    (errors.unsupported_operands("+=", minigrad.ones(2), "a"), "x = torch.ones(2); x += 'a'"),
    *[(errors.value_out_of_range("int8"), snippet) for snippet in TOO_LARGE],
    (errors.value_out_of_range("uint8"), "torch.ones(2).byte().fill_(-256)"),
    (errors.value_out_of_range("float32"), "torch.ones(2).fill_(1e39)"),
    (errors.value_out_of_range("float32"), "torch.ones(2).__setitem__(0, 1e39)"),
    (
        errors.value_out_of_range("float16"),
        "torch.ones(2).half().masked_fill_(torch.ones(2) > 0, -1e9)",
    ),
    (errors.value_out_of_range("int8"), "torch.full((2,), 300, dtype=torch.int8)"),
    (errors.value_out_of_range("int32"), "torch.full((2,), float('nan'), dtype=torch.int32)"),
    (
        errors.value_out_of_range("int32", in_data=True),
        "torch.tensor([1, 3e9], dtype=torch.int32)",
    ),
    (
        errors.convolution_channels((5, 3, 2), (1, 2, 4), 1, 5, True),
        "torch.nn.functional.conv_transpose1d(torch.ones(1, 2, 4), torch.ones(5, 3, 2))",
    ),
    (
        errors.convolution_bias((5, 3, 2), 3, (4,), transposed=True),
        "torch.nn.functional.conv_transpose1d(\n"
        "    torch.ones(1, 5, 4), torch.ones(5, 3, 2), torch.ones(4))",
    ),
    (
        errors.convolution_dtypes(F32, I64),
        "torch.nn.functional.conv1d(torch.ones(2, 3, 4), torch.ones(5, 3, 2).long())",
    ),
    (
        errors.nll_dimensions((), ()),
        "torch.nn.functional.nll_loss(torch.tensor(1.), torch.tensor(0))",
    ),
    (
        errors.nll_dimensions((3,), (2,)),
        "torch.nn.functional.nll_loss(v, torch.zeros(2).long())",
    ),
    (
        errors.cosine_shapes((2, 2), (2, 2), (2, 2)),
        "x = torch.ones(2, 2)\ntorch.nn.functional.cosine_embedding_loss(x, x, x)",
    ),
    (
        errors.normalized_shape((4,), (2, 3), ""),
        "torch.nn.functional.rms_norm(torch.ones(2, 3), (4,))",
    ),
    (
        errors.one_value_per_channel((1, 2), grouped=True),
        "torch.nn.functional.group_norm(torch.ones(1, 2), 2)",
    ),
    (
        errors.negative_lambda(-0.1234567, F64),
        "torch.nn.functional.softshrink(v.double(), -.1234567)",
    ),
    (errors.unknown_device(KINDS, "cpu:x"), "torch.device('cpu:x')"),
    (
        errors.modified_in_place(F32, (3,), 1, 0),
        "y = (v * v).sum()\nwith torch.no_grad():\n    v += 1\ny.backward()",
    ),
    (errors.truth_of_many(0), "bool(torch.tensor([]))"),
    (
        errors.subtraction_of_bools(both=True),
        "torch.tensor([True]) - torch.tensor([True])",
    ),
    (errors.shapes_do_not_broadcast((3,), (2, 4)), "v + torch.ones(2, 4)"),
    (errors.dimension_out_of_range(2, 0), "torch.tensor(1.).sum(dim=2)"),
    (errors.argument_must_be_tensor("mean", 3.0), "torch.mean(3.)"),
    (errors.argument_must_be_tensor("matmul", [1], "other", 2), "torch.matmul(v, [1])"),
    (errors.bound_out_of_range("from", "float16"), "torch.rand(1).half().uniform_(-1e9, 1)"),
    (
        errors.permutation_too_long(4000, "float16"),
        "torch.randperm(4000, dtype=torch.float16)",
    ),
    (errors.item_of_many(0), "torch.tensor([]).item()"),
    (
        errors.invalid_expand(2, 3, 0, (2,), (3,)),
        "torch.ones(3)[0:2] = torch.ones(3)",
    ),
    (
        errors.modified_in_place(F32, (3,), 1, 0, (0, "ExpBackward0"), anomaly_mode=True),
        "with torch.autograd.set_detect_anomaly(True):\n"
        "    y = v.exp(); y.add_(1); y.sum().backward()",
    ),
]


def makers() -> dict[str, types.FunctionType]:
    """The functions of the catalogue: all that return an exception."""
    found = inspect.getmembers(errors, inspect.isfunction)
    return {
        name: function
        for name, function in found
        if str(inspect.signature(function).return_annotation).endswith("Error")
        and name != "two_voices"
        and not name.startswith("_")
    }


def test_every_error_of_the_catalogue_is_held_against_pytorch():
    assert set(makers()) == set(SAME) | set(OWN)


def all_errors():
    return [error for error, _ in SAME.values()] + list(OWN.values())


@pytest.mark.parametrize("error", all_errors(), ids=[*SAME, *OWN])
def test_the_second_voice_is_a_note_and_not_part_of_the_sentence(error):
    assert error.__notes__
    assert len(error.args) == 1
    for note in error.__notes__:
        assert note not in str(error)
        assert note.startswith(("What happened: ", "To mend it: "))
        assert note.endswith((".", ")", "...", "]"))
    assert error.__notes__[0] in "".join(traceback.format_exception(error))


def function_of(torch, backward):
    """A custom function whose backward pass is `backward`."""

    def forward(ctx, x):
        return x * 2

    members = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    return type("Double", (torch.autograd.Function,), members)


COMPARED = [*SAME.values(), *VARIANTS]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("error", "snippet"), COMPARED, ids=[pair[1] for pair in COMPARED])
def test_pytorch_says_the_same(error, snippet):
    torch = pytest.importorskip("torch", reason="PyTorch is the model to compare with")
    names = {
        "torch": torch,
        "numpy": np,
        "v": torch.ones(3, requires_grad=True),
        "function": lambda backward: function_of(torch, backward),
    }
    with pytest.raises(type(error)) as caught:
        exec(snippet, names)
    assert str(error) == str(caught.value)
    assert type(error) is caught.type


# Noticed by PyTorch when the product is recorded, by minigrad not at all.
UNNOTICED = [errors.inference_saved()]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("error", "snippet"), COMPARED, ids=[pair[1] for pair in COMPARED])
def test_minigrad_says_it_where_pytorch_does(error, snippet):
    if str(error) in map(str, UNNOTICED):
        pytest.skip("minigrad does not notice this mistake")
    names = {
        "torch": minigrad,
        "numpy": np,
        "v": minigrad.ones(3, requires_grad=True),
        "function": lambda backward: function_of(minigrad, backward),
    }
    with pytest.raises(type(error)) as caught:
        exec(snippet.replace("torch.set_rng_state", "torch.random.set_rng_state"), names)
    assert str(error) == str(caught.value)
    assert caught.value.__notes__


@pytest.mark.slow
def test_pytorch_warns_in_the_same_words():
    torch = pytest.importorskip("torch", reason="PyTorch is the model to compare with")
    with pytest.warns(UserWarning, match="target size") as caught:
        torch.nn.functional.mse_loss(torch.ones(3, 1), torch.ones(3))
    assert str(caught[0].message) == errors.target_size_warning((3,), (3, 1))
    with pytest.warns(UserWarning, match="attribute") as caught:
        assert (torch.ones(3, requires_grad=True) * 2).grad is None
    assert str(caught[0].message).startswith(errors.NON_LEAF_GRAD)
    with pytest.warns(UserWarning, match="Anomaly") as caught:
        torch.autograd.detect_anomaly()
    assert str(caught[0].message) == errors.ANOMALY_ENABLED


def test_notes_name_the_callers_own_variable():
    weight = object()
    error = errors.leaf_in_place(weight)
    assert "`weight`" in error.__notes__[0]
    assert "weight = weight - step" in error.__notes__[1]


def test_notes_do_without_a_name_where_there_is_none():
    assert (
        errors.leaf_in_place(object()).__notes__[0].startswith("What happened: the tensor is")
    )


class Owner:
    def __init__(self):
        self.bias = object()

    def ask(self):
        return usercode.name_of(self.bias)


def test_attributes_of_self_are_names_too():
    assert Owner().ask() == "self.bias"


def test_the_callers_line_is_quoted():
    here = usercode.line()
    assert here.startswith("test_errors.py, line ")
    assert here.endswith("here = usercode.line()")


@pytest.mark.parametrize(
    ("first", "second", "remedy"),
    [
        ((3, 4), (2, 4), "a @ b.T has shape [3, 2]"),
        ((3, 4), (3, 2), "a.T @ b has shape [4, 2]"),
        ((3, 4), (5, 3), "b @ a has shape [5, 4]"),
        ((3, 4), (5, 6), "compare .shape"),
    ],
)
def test_the_remedy_for_a_matrix_product_is_tried_before_it_is_told(first, second, remedy):
    error = errors.matrix_shapes(first, second)
    assert remedy in error.__notes__[1]
    if "has shape" in remedy:
        formula, _, shape = remedy.partition(" has shape ")
        a, b = np.ones(first), np.ones(second)
        assert str(list(eval(formula, {"a": a, "b": b}).shape)) == shape


@pytest.mark.parametrize(
    ("first", "second", "remedy"),
    [
        ((3,), (4,), "a[:, None] with b gives shape [3, 4]"),
        ((3,), (3, 4), "a[:, None] has shape [3, 1]"),
        ((3, 4), (3,), "b[:, None] has shape [3, 1]"),
        ((3, 4), (4, 3), "a.T has shape [4, 3]"),
        ((2, 5), (4, 3), "compare .shape"),
    ],
)
def test_the_remedy_for_shapes_that_do_not_broadcast_fits(first, second, remedy):
    note = errors.shapes_do_not_broadcast(first, second).__notes__[1]
    assert remedy in note
    a, b = np.ones(first), np.ones(second)
    if remedy.startswith("a["):
        assert (a[:, None] + b).shape[-1] == 4
    elif remedy.startswith("b["):
        assert (a + b[:, None]).shape == (3, 4)
    elif remedy.startswith("a.T"):
        assert (a.T + b).shape == (4, 3)

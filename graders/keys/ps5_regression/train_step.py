"""train_step(params, X, y, lr): one step of gradient descent on minigrad's own leaves.

What counts is whether the tensors that the caller holds have moved, so the test keeps them,
calls twice, and looks at them. The reference moves them too, by the formula of the gradient.
"""

import numpy as np

from graders.check.values import Problem, as_array
from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import vjp_by_complex_step, vjp_by_digits
from graders.keys.ps5_regression.data import fit, perfect_fit
from graders.keys.ps5_regression.mse_gradient import by_oracle as gradient_by


def observe(answer, X, y, w, b, lr):
    """The two losses that two steps report, and the parameters after each of them."""
    import minigrad as mg

    held = [mg.tensor(w, requires_grad=True), mg.tensor(np.asarray(b), requires_grad=True)]
    params, inputs, targets = [*held], mg.tensor(X), mg.tensor(y)
    losses, path_of_w, path_of_b = [], [], []
    for _ in range(2):
        loss = as_array(answer(params, inputs, targets, lr), "what train_step returned")
        if loss.shape != ():
            raise Problem("train_step should return one number, the loss before the step")
        losses.append(float(loss))
        path_of_w.append(held[0].detach().numpy().copy())
        path_of_b.append(held[1].detach().numpy().copy())
    return np.array(losses, X.dtype), np.array(path_of_w), np.array(path_of_b)


def reference(params, X, y, lr):
    w, b = (p.detach().numpy() for p in params)
    r = X.numpy() @ w + b - y.numpy()
    w -= lr * 2 / len(r) * (X.numpy().T @ r)
    b -= lr * 2 * np.mean(r)
    return np.mean(r**2)


def loss_of(params, X, y):
    w, b = params
    return ((X @ w + b - y) ** 2).mean()


def as_in_the_lecture(params, X, y, lr):
    import minigrad as mg

    loss = loss_of(params, X, y)
    loss.backward()
    with mg.no_grad():
        for p in params:
            p -= lr * p.grad
            p.grad.zero_()
    return loss


def with_an_optimiser(params, X, y, lr):
    import minigrad as mg

    optimizer = mg.optim.SGD(params, lr=lr)
    optimizer.zero_grad()
    loss = loss_of(params, X, y)
    loss.backward()
    optimizer.step()
    return loss.item()


def with_autograd_grad(params, X, y, lr):
    import minigrad as mg

    loss = loss_of(params, X, y)
    for p, slope in zip(params, mg.autograd.grad(loss, params), strict=True):
        p.data -= lr * slope
    return loss.detach()


def clearing_first(params, X, y, lr):
    import minigrad as mg

    for p in params:
        p.grad = None
    loss = ((y - params[1] - X @ params[0]) ** 2).sum() / len(y)
    loss.backward()
    with mg.no_grad():
        for p in params:
            p.copy_(p - lr * p.grad)
    return loss


def by_oracle(vjp):
    """The step by a gradient that was found in another way."""
    slopes = gradient_by(vjp)

    def step(params, X, y, lr):
        w, b = (p.detach().numpy() for p in params)
        inputs, targets = X.numpy(), y.numpy()
        loss = np.square(targets - b - inputs.dot(w)).mean()
        slope_of_w, slope_of_b = slopes(inputs, targets, w, b)
        w -= lr * slope_of_w
        b -= lr * slope_of_b
        return loss

    return step


def new_tensors_under_old_names(params, X, y, lr):
    loss = loss_of(params, X, y)
    loss.backward()
    for p in params:
        p = p - lr * p.grad
    return loss


def new_tensors_in_the_list(params, X, y, lr):
    loss = loss_of(params, X, y)
    loss.backward()
    params[:] = [(p - lr * p.grad).detach().requires_grad_() for p in params]
    return loss


def without_clearing(params, X, y, lr):
    import minigrad as mg

    loss = loss_of(params, X, y)
    loss.backward()
    with mg.no_grad():
        for p in params:
            p -= lr * p.grad
    return loss


def while_recording(params, X, y, lr):
    loss = loss_of(params, X, y)
    loss.backward()
    for p in params:
        p -= lr * p.grad
        p.grad.zero_()
    return loss


def stepping(sign=-1.0, loss=loss_of, which=slice(None), after=False, lr_is_used=True):
    """A right step with one thing wrong in it."""

    def step(params, X, y, lr):
        found = loss(params, X, y)
        found.backward()
        for p in params[which]:
            p.data += sign * (lr if lr_is_used else 1.0) * p.grad
        for p in params:
            p.grad = None
        return loss(params, X, y) if after else found

    return step


def batch(draw):
    """The data of `fit`, with a step that neither vanishes nor explodes."""

    def with_step(generator):
        X, y, w, b = draw(generator)
        return X, y, w, np.asarray(b, X.dtype), float(generator.uniform(0.02, 0.1))

    return with_step


train_step = Key(
    name="train_step",
    reference=reference,
    observe=observe,
    parts=("the losses", "w after each step", "b after each step"),
    domain=(
        Region("four rows of three numbers", batch(fit(4, 3)), 3),
        Region("a single column", batch(fit(6, 1)), 1),
        Region("more columns than rows", batch(fit(2, 4)), 1),
        Region("data on the line", batch(perfect_fit(4, 2)), 1),
        Region("float32", batch(fit(4, 3, dtype=np.float32)), 2),
    ),
    lecture="07_regression",
    rtol=1e-10,
    misconceptions=(
        Misconception(
            "leaves the caller's parameters where they were",
            new_tensors_under_old_names,
            "p = p - ... makes a new tensor and gives it an old name: the model still holds "
            "the old one. (A gradient that is cleared before it is used moves nothing either.)",
        ),
        Misconception(
            "puts new tensors into the list, while the model keeps the old ones",
            new_tensors_in_the_list,
            "Others hold the parameters too. Change them in place.",
        ),
        Misconception(
            "never clears the gradients",
            without_clearing,
            "The first step is right. What is in p.grad when the second backward begins?",
            lecture="04_backward",
        ),
        Misconception(
            "changes leaves while their history is being recorded",
            while_recording,
            "The step is not part of the loss. Which block tells minigrad not to record?",
            lecture="04_backward",
        ),
        Misconception(
            "climbs",
            stepping(+1.0),
            "The gradient points uphill. Print the loss after a few steps.",
        ),
        Misconception(
            "adds up the squares where the mean is asked",
            stepping(loss=lambda *given: len(given[1]) * loss_of(*given)),
            "The loss is the mean squared error; a sum makes every step n times as long.",
        ),
        Misconception(
            "moves only the weights",
            stepping(which=slice(0, 1)),
            "Two tensors are in params. Look at both after a step.",
        ),
        Misconception(
            "moves only the bias",
            stepping(which=slice(1, 2)),
            "Two tensors are in params. Look at both after a step.",
        ),
        Misconception(
            "returns the loss after the step",
            stepping(after=True),
            "A step knows the loss from which it took its gradient. Return that one; the other "
            "costs a second pass.",
        ),
        Misconception(
            "takes the whole gradient as the step",
            stepping(lr_is_used=False),
            "How long is the step? One of the arguments is not used.",
        ),
    ),
    alternatives=(
        Alternative("as in the lecture", as_in_the_lecture),
        Alternative("an optimiser, cleared first", with_an_optimiser),
        Alternative("autograd.grad and .data", with_autograd_grad),
        Alternative("clearing first, copy_, a sum divided by n", clearing_first),
    ),
    oracles=(by_oracle(vjp_by_complex_step), by_oracle(vjp_by_digits)),
    equivalent_mutants=frozenset(  # tensors do here what their arrays do
        {
            "line 2: `p.detach().numpy()` became `p.detach()`",
            "line 3: `y.numpy()` became `y`",
        }
    ),
)

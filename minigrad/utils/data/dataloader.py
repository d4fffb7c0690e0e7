"""The data loader: goes through a dataset in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Generic, TypeVar

from minigrad import random
from minigrad.naming import Shown
from minigrad.utils.data.collate import default_collate, default_convert
from minigrad.utils.data.dataset import IterableDataset
from minigrad.utils.data.sampler import BatchSampler, RandomSampler, SequentialSampler

Batch = TypeVar("Batch")


class DataLoader(Shown, Generic[Batch]):
    """Batches of a dataset, in its order or a random one.

    Args:
        dataset: anything with `__getitem__` and `__len__`, or an IterableDataset.
        batch_size: how many examples a batch has; None for single examples.
        shuffle: come in random order, a new one each time.
        sampler: numbers of examples in the order to take them, in place of `shuffle`.
        batch_sampler: lists of such numbers, in place of all of these.
        num_workers: accepted, but the work is done here.
        collate_fn: makes a batch of a list of examples.
        drop_last: leave out an incomplete last batch.
        generator: the stream of random numbers.

    For the same seed the order is PyTorch's.

    Raises:
        ValueError: for arguments that contradict each other.
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[list[int]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Any = None,
        multiprocessing_context: Any = None,
        generator: random.Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        _check_arguments(
            dataset,
            batch_size,
            shuffle,
            sampler,
            batch_sampler,
            num_workers,
            timeout,
            drop_last,
        )
        self.dataset = dataset
        self.num_workers = num_workers
        self.pin_memory = pin_memory
        self.generator = generator
        self._iterable = isinstance(dataset, IterableDataset)
        if batch_sampler is not None:
            batch_size, drop_last = None, False
        if sampler is None and not self._iterable:
            if shuffle:
                sampler = RandomSampler(dataset, generator=generator)
            else:
                sampler = SequentialSampler(dataset)
        if batch_size is not None and batch_sampler is None and not self._iterable:
            assert sampler is not None
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        if collate_fn is None:
            single = batch_sampler is None and batch_size is None
            collate_fn = default_convert if single else default_collate
        self.collate_fn = collate_fn

    def __iter__(self) -> Iterator[Any]:
        batches = self._examples_of_iterable() if self._iterable else self._examples()
        # PyTorch draws a seed for its workers here, also where it has none.
        random.integers_of_dtype((), generator=self.generator)
        return batches

    def _examples(self) -> Iterator[Any]:
        if self.batch_sampler is None:
            assert self.sampler is not None
            for index in self.sampler:
                yield self.collate_fn(self.dataset[index])
            return
        at_once = getattr(self.dataset, "__getitems__", None)
        for indices in self.batch_sampler:
            examples = at_once(indices) if at_once else [self.dataset[i] for i in indices]
            yield self.collate_fn(examples)

    def _examples_of_iterable(self) -> Iterator[Any]:
        examples = iter(self.dataset)
        if self.batch_size is None:
            for example in examples:
                yield self.collate_fn(example)
            return
        while batch := list(islice(examples, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield self.collate_fn(batch)

    def __len__(self) -> int:
        if self._iterable:
            count, size = len(self.dataset), self.batch_size or 1
            return count // size if self.drop_last else -(-count // size)
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)  # type: ignore[arg-type]


def _check_arguments(
    dataset: Any,
    batch_size: int | None,
    shuffle: bool | None,
    sampler: Any,
    batch_sampler: Any,
    num_workers: int,
    timeout: float,
    drop_last: bool,
) -> None:
    """Refuse arguments that contradict each other."""
    if num_workers < 0:
        raise ValueError(
            "num_workers option should be non-negative; use num_workers=0 to disable "
            "multiprocessing."
        )
    if timeout < 0:
        raise ValueError("timeout option should be non-negative")
    if isinstance(dataset, IterableDataset):
        if shuffle not in (False, None):
            raise ValueError(
                "DataLoader with IterableDataset: expected unspecified shuffle option, but got "
                f"shuffle={shuffle}"
            )
        if sampler is not None or batch_sampler is not None:
            kind = "sampler" if sampler is not None else "batch_sampler"
            given = sampler if sampler is not None else batch_sampler
            raise ValueError(
                f"DataLoader with IterableDataset: expected unspecified {kind} option, but got "
                f"{kind}={given}"
            )
    if sampler is not None and shuffle:
        raise ValueError("sampler option is mutually exclusive with shuffle")
    if batch_sampler is not None and (
        batch_size != 1 or shuffle or sampler is not None or drop_last
    ):
        raise ValueError(
            "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and "
            "drop_last"
        )
    if batch_size is None and batch_sampler is None and drop_last:
        raise ValueError(
            "batch_size=None option disables auto-batching and is mutually exclusive with "
            "drop_last"
        )


def get_worker_info() -> None:
    """None, as in the main process: all batches are made there."""

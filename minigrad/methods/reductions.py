"""Methods that make one number of many, or run along a dimension."""

from __future__ import annotations

from minigrad.functions import counting, extremes, scans, statistics
from minigrad.methods.in_place import of_function


class ReductionMethods:
    """Reductions, extremes and running sums as methods."""

    __slots__ = ()

    prod = statistics.prod
    var = statistics.var
    std = statistics.std
    norm = statistics.norm
    dist = statistics.dist
    renorm = statistics.renorm
    logsumexp = statistics.logsumexp
    nansum = statistics.nansum
    nanmean = statistics.nanmean
    count_nonzero = statistics.count_nonzero

    amax = extremes.amax
    amin = extremes.amin
    aminmax = extremes.aminmax
    max = extremes.max
    min = extremes.min
    argmax = extremes.argmax
    argmin = extremes.argmin
    median = extremes.median
    nanmedian = extremes.nanmedian
    mode = extremes.mode
    quantile = extremes.quantile
    nanquantile = extremes.nanquantile

    bincount = counting.bincount
    histc = counting.histc
    histogram = counting.histogram
    unique = counting.unique
    unique_consecutive = counting.unique_consecutive
    cov = counting.cov
    corrcoef = counting.corrcoef

    cumsum = scans.cumsum
    cumprod = scans.cumprod
    logcumsumexp = scans.logcumsumexp
    cummax = scans.cummax
    cummin = scans.cummin
    diff = scans.diff

    cumsum_ = of_function(scans.cumsum)
    cumprod_ = of_function(scans.cumprod)
    renorm_ = of_function(statistics.renorm)

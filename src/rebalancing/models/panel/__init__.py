"""Panels of economies: fixed effects, and a cross-country benchmark for one of them.

`fixed_effects` asks how y moves with x within economies over time. `benchmark` asks where other
economies with the same x stand, and how far from there the economy of interest is; it never
estimates on that economy. `leave_one_out` checks the benchmark: whether its intervals cover as
often as they say, and whether it hangs on a single economy.

Two regressions of the same panel answer different questions, and neither shows causes.
"""

from rebalancing.models.panel._benchmark import Benchmark, Design, benchmark
from rebalancing.models.panel._fixed_effects import (
    Effects,
    FixedEffects,
    PanelCovariance,
    fixed_effects,
)
from rebalancing.models.panel._leave_one_out import LeaveOneOut, leave_one_out

__all__ = [
    "Benchmark",
    "Design",
    "Effects",
    "FixedEffects",
    "LeaveOneOut",
    "PanelCovariance",
    "benchmark",
    "fixed_effects",
    "leave_one_out",
]

"""Cautions about an estimate, one named class each; the report prints them beside the estimate."""

from rebalancing.errors import ReportWarning


class BoundaryWarning(ReportWarning):
    """The likelihood is highest at the edge of the parameter space, as where a variance is zero."""


class SmallSampleWarning(ReportWarning):
    """Too few observations for the estimate's intervals to be taken at their word."""


class ImplausibleShareWarning(ReportWarning):
    """A share below zero or above the whole."""


class PersistentErrorsWarning(ReportWarning):
    """Errors so persistent that there may be a unit root, for which the intervals do not hold."""


class IntegratedSeriesWarning(ReportWarning):
    """A series that looks integrated, for which tests that assume stationarity do not hold."""


class ExtrapolationWarning(ReportWarning):
    """A prediction outside the range of what the model was estimated on."""

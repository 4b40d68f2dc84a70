"""Density forecasts, their backtest, comparison, combination and calibration.

A forecaster's `fit_predict` gives a `Density`; `backtest` scores forecasters from past origins over
a panel of economies; `diebold_mariano`, `panel_diebold_mariano` and `model_confidence_set` compare
them; `combine` pools their densities, `calibrate` corrects the spread by what the backtest says,
and `calibrated` judges that out of sample; `calibrated_forecasts` is what one publishes of a
series, and `probability_of_reaching` the headline.

=====================  =============================================================================
random walk            The last value; variance from the mean square of the changes
drift                  The last value and the mean change, whose uncertainty is included
mean                   Independent around a mean; the trivial alternative to the random walk
ETS                    Exponential smoothing with additive errors; trend none, additive or damped,
                       by AICc (Hyndman, Koehler, Ord and Snyder 2008)
Theta                  Simple smoothing plus half the linear trend (Assimakopoulos and Nikolopoulos
                       2000, in the form of Hyndman and Billah 2003)
ARIMA                  Orders to (2, 2, 1), differences by KPSS, others by AICc
local linear trend     Level and slope that change (Durbin and Koopman 2012), exact diffuse start
damped trend           The same with a slope that fades
panel convergence      Changes of other economies that started from a like level
=====================  =============================================================================

All densities are normal. Unless said otherwise they take estimated parameters as known, so that
with some fifty observations they are too narrow: calibrate them. A share is not kept within 0 to
100; far from these bounds it does not matter. A forecast goes on with what has been; it does not
know of policies.
"""

from rebalancing.models.forecast._backtest import (
    FORECASTERS,
    Backtest,
    backtest,
    forecaster,
    scale_factors,
)
from rebalancing.models.forecast._calibration import (
    calibrated,
    calibrated_densities,
    calibrated_forecasts,
    each_forecast,
)
from rebalancing.models.forecast._combination import (
    COMBINATION,
    calibrate,
    combine,
    inverse_crps_weights,
    past_winners,
    probability_of_reaching,
    with_combination,
)
from rebalancing.models.forecast._comparison import (
    DieboldMariano,
    ModelConfidenceSet,
    diebold_mariano,
    model_confidence_set,
    panel_diebold_mariano,
)
from rebalancing.models.forecast._convergence import PanelConvergence
from rebalancing.models.forecast._density import Density, MixtureDensity, NormalDensity
from rebalancing.models.forecast._forecasters import Forecaster, SeriesForecaster
from rebalancing.models.forecast._scores import (
    crps_normal,
    crps_normal_mixture,
    pit,
    pit_classes,
    pit_distance,
)

__all__ = [
    "COMBINATION",
    "FORECASTERS",
    "Backtest",
    "Density",
    "DieboldMariano",
    "Forecaster",
    "MixtureDensity",
    "ModelConfidenceSet",
    "NormalDensity",
    "PanelConvergence",
    "SeriesForecaster",
    "backtest",
    "calibrate",
    "calibrated",
    "calibrated_densities",
    "calibrated_forecasts",
    "combine",
    "crps_normal",
    "crps_normal_mixture",
    "diebold_mariano",
    "each_forecast",
    "forecaster",
    "inverse_crps_weights",
    "model_confidence_set",
    "panel_diebold_mariano",
    "past_winners",
    "pit",
    "pit_classes",
    "pit_distance",
    "probability_of_reaching",
    "scale_factors",
    "with_combination",
]

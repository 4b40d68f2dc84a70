"""Notes that go with data or a method wherever they are shown.

A figure or table is saved with those that it needs: ``note=[notes.FREIGHT, membership]``. What is
said of a kind of chart whatever it shows is in the chart; what is computed, in the chapter.
"""

# The accounts
RESIDUAL = "The residual is GDP less the sum of the items, as published; it is not spread."
RESIDUAL_KEPT = "The accounting residual of the first year is kept and not drawn."
OVERLAP = "Exports include their imported parts; the shares do not add up to a whole."
VOLUMES = "The newest release with volumes in national currency."
CONSTANT_PRICES = "The level at constant prices depends on its base."
OFFICIAL_PARTS = (
    "Published shares of growth times published growth. "
    "Final consumption includes that of government."
)
BANK_PARTS = (
    "The World Bank's parts are its volumes, weighted by shares of GDP in the year before; "
    "its net exports are what they leave of growth."
)
SELF_EMPLOYED = (
    "One table per year, each with the definitions of its time. Between 2004 and 2008 the income "
    "of the self-employed counted as profit, before as pay, later in part."
)
PROCESSING = "The tables do not tell processing trade apart."
CORPORATE_SAVING = "Saving of corporations is what they keep after taxes, interest and dividends."
LATER_CENSUS = "The last year is partly a break: it rests on a later economic census."

# Trade
FREIGHT = "Imports include freight and insurance, exports do not."
BALANCES = (
    "Customs: goods, imports with freight and insurance. Net exports: goods and services. "
    "Current account: with income from abroad and transfers as well."
)
HONG_KONG = "Goods that pass through Hong Kong count as exports to it."
UNION = "The European Union’s exports include those between its members."
BY_ORIGIN = "American customs count by origin."
YEAR_BEFORE = "The year before is what the published change implies."
IN_DOLLARS = "Bulletins are in yuan, turned into dollars at the rate that all exports imply."
HALVED = "Where customs publish January and February as one sum, each month has half of it."
COMBINED = "January and February combined."
PRODUCTS = (
    "Products overlap: mechanical and electrical and high-tech products contain others. "
    "Unit value is value over quantity and moves with quality, too."
)
TARIFFS = (
    "A research estimate, not an official figure. Rates are weighted by the imports of 2024; "
    "where trade has moved away they overstate what is paid."
)

# Other data
HOUSE_PRICES = "One series an economy, chosen by the publisher; what they cover differs."
HOLIDAYS = "January and February are missing from retail sales and output."

# Methods
LOG_MEANS = (
    "Split by logarithmic means, whose parts add up to the change exactly; "
    "it does not say what caused what."
)
VARIANCES = "Intervals take the estimated variances as known."
UNIT_ROOT = "Intervals allow for a unit root. Spans overlap."
BY_ALL_OTHERS = "Each economy is predicted by all others."
VARIANCE_SHARES = (
    "From a regression of all slopes on all choices. What choices do together, and what two of "
    "them share, belongs to none; the parts need not sum to the whole."
)

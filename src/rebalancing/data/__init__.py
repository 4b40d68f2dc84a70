"""Official figures: releases as published, and the tidy tables made from them."""

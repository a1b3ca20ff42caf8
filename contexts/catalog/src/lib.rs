//! Products, variants and offers: what is sold, by whom, for how much.

//! What will be charged: tax by destination and class, shipping quotes, totals.

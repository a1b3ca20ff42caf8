//! Finding products: query language, facets, ranking policy.

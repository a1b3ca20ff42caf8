//! The whole shop over HTTP: races, faults, journeys. Everything is in `tests/shop`.

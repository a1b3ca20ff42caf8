//! The whole shop over HTTP: races, faults, journeys. Everything is in `tests/whole_shop`.

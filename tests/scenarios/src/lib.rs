//! The whole shop over HTTP: races, faults, journeys.

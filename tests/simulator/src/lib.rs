//! The purchase on a simulated clock, store, network and gateway, with faults from a seed.

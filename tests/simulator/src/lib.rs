//! The purchase on a simulated clock, store, network and gateway, with faults from a seed.
//!
//! What runs is the real code: the saga, its rules, the money service, the relay with its consumers,
//! the stores in memory (co-located and split) or on SQLite. Simulated are time ([`exec`]), the
//! gateway and the network to it ([`gateway`]), the shoppers ([`shopper`]), and what goes wrong
//! ([`gate`], [`chaos`]). After each history [`check`] judges the stores against the gateway's record
//! and against what the shoppers were told. The same seed gives the same history, to the last await.

pub mod chaos;
pub mod check;
pub mod diary;
pub mod drain;
pub mod exec;
pub mod fleet;
pub mod gate;
pub mod gateway;
pub mod history;
pub mod network;
pub mod oneshot;
pub mod planted;
pub mod shopper;
pub mod stores;
pub mod waiting;

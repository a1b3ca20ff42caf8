//! What this room needs from a store.

use crate::{Fulfillment, StepRefusal};
use async_trait::async_trait;
use souk_inventory::ParcelStock;
use souk_kernel::{Answers, Event, OrderId, PortError, Timestamp};

/// The parcels of an order that was just confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// As they begin, at version 1.
    pub fulfillment: Fulfillment,
    /// When something is to be done about them; `None`: when somebody does it by hand.
    pub due: Option<Timestamp>,
    /// The carrier's speed by which `due` was reckoned; `None`: no carrier has anything left to do.
    pub speed: Option<u32>,
}

/// One conditional change of everything that leaves or comes back for one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Only if the version is this.
    pub expected_version: u64,
    /// As it stands afterwards, at a higher version.
    pub next: Fulfillment,
    /// When something is to be done about it.
    pub due: Option<Timestamp>,
    /// As in [`Open::speed`].
    pub speed: Option<u32>,
    /// What stock does in the same step.
    pub stock: Vec<ParcelStock>,
    /// Facts, each with a number between the two versions.
    pub events: Vec<Event>,
    /// The digest of the key of the request that this answers, if it came with one: the first step with
    /// it makes it this order's, and a step of another order with it is refused.
    pub key: Option<[u8; 16]>,
}

/// The store of parcels and returns.
///
/// # Guarantees
/// - Each intent is atomic and durable before it is answered: all of it, stock and facts included, or
///   nothing.
/// - Intents of a batch are independent and apply in order.
/// - An order's parcels are opened once; a [`Step`] applies only to the version that it expects.
/// - A request's key is one order's.
/// - Reads see every intent that was answered before.
#[async_trait]
pub trait Fulfillments: Send + Sync {
    /// Opens the parcels of orders; `false`: that order has them already, and keeps them.
    async fn open(&self, batch: Vec<Open>) -> Answers<bool, PortError>;

    /// Changes them.
    async fn step(&self, batch: Vec<Step>) -> Answers<(), StepRefusal>;

    /// An order's parcels and returns; `None`: it has none (yet).
    async fn of_order(&self, order: OrderId) -> Result<Option<Fulfillment>, PortError>;

    /// Those whose due time has come by the store's clock, most overdue first, at most `limit`.
    async fn due(&self, limit: usize) -> Result<Vec<Fulfillment>, PortError>;

    /// Those with something left for a carrier to do whose due time was reckoned by another speed than
    /// this, at most `limit`, in no order.
    async fn reckoned_otherwise(
        &self,
        speed: u32,
        limit: usize,
    ) -> Result<Vec<Fulfillment>, PortError>;
}

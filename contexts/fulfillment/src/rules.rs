//! The decisions about parcels and returns, without a store.
//!
//! Each changes a [`Draft`]: a copy of what is stored, with what stock does and which facts are told in
//! the same step. Nothing is decided from anything but what is stored and what is passed in.

mod moves;
mod pace;
mod returns;

pub use moves::{Dispatch, ParcelMove, by_hand, drawn};
pub use pace::{Due, Pace};
pub use returns::{
    RETURN_DAYS, ReturnRequest, Verdict, delivered, part, refund_id, returnable, to_refund,
    undeliverable,
};

use crate::{
    Fulfillment, FulfillmentRefusal, FulfillmentStatus, Parcel, ParcelLine, ParcelState, Progress,
    Scan, Step,
};
use souk_inventory::{Allocation, ParcelStock};
use souk_kernel::{Event, SellerId, Timestamp, WarehouseId};
use souk_orders::{Order, OrderState};
use std::collections::BTreeMap;

/// The parcels of a confirmed order: one per seller and warehouse, in order of both.
#[must_use]
pub fn open(order: &Order, allocations: &[Allocation], at: Timestamp) -> Fulfillment {
    let mut boxes: BTreeMap<(SellerId, WarehouseId), Vec<ParcelLine>> = BTreeMap::new();
    for taken in allocations {
        let line = order.quote.lines.iter().find(|line| line.item.sku == taken.sku);
        // What nobody bought is not allocated; reconciling would name it.
        let Some(line) = line else { continue };
        let inside = boxes.entry((line.item.seller, taken.warehouse)).or_default();
        inside.push(ParcelLine { sku: taken.sku, quantity: taken.quantity });
    }
    let parcel = |(no, ((seller, warehouse), lines))| Parcel {
        no,
        seller,
        warehouse,
        lines,
        scans: vec![Scan { state: ParcelState::Label, at }],
        tracking: None,
        carrier: None,
    };
    Fulfillment {
        order: order.id,
        user: order.user,
        checkout: order.checkout,
        version: 1,
        promised: Some(order.quote.delivery_to.end()),
        parcels: (1..).zip(boxes).map(parcel).collect(),
        returns: Vec::new(),
    }
}

/// Where an order's own state follows its parcels to; empty: nowhere. Along the order's drawn edges.
#[must_use]
pub fn order_follows(state: OrderState, progress: &Progress) -> Vec<OrderState> {
    use OrderState::{Confirmed, Delivered, Shipped};
    match (state, progress.status()) {
        (Confirmed, FulfillmentStatus::Shipped) => vec![Shipped],
        (Confirmed, FulfillmentStatus::Delivered) => vec![Shipped, Delivered],
        (Shipped, FulfillmentStatus::Delivered) => vec![Delivered],
        _ => Vec::new(),
    }
}

/// A change under construction.
#[derive(Debug, Clone)]
pub struct Draft {
    expected_version: u64,
    pub(crate) next: Fulfillment,
    pub(crate) stock: Vec<ParcelStock>,
    pub(crate) events: Vec<Event>,
    /// The digest of the key of the request that it answers.
    pub(crate) key: Option<[u8; 16]>,
    /// Whether anything was changed.
    pub(crate) touched: bool,
}

impl Draft {
    /// Of what is stored.
    #[must_use]
    pub fn of(stored: &Fulfillment) -> Self {
        Self {
            expected_version: stored.version,
            next: stored.clone(),
            stock: Vec::new(),
            events: Vec::new(),
            key: None,
            touched: false,
        }
    }

    /// As it will stand.
    #[must_use]
    pub const fn next(&self) -> &Fulfillment {
        &self.next
    }

    /// Whether there is anything to commit.
    #[must_use]
    pub const fn is_changed(&self) -> bool {
        self.touched
    }

    /// The change, to be committed.
    #[must_use]
    pub fn step(mut self, pace: &Pace) -> Step {
        if self.next.version == self.expected_version {
            self.next.version += 1;
        }
        let (due, speed) = (pace.due(&self.next), pace.reckons(&self.next));
        let Self { expected_version, next, stock, events, key, .. } = self;
        Step { expected_version, next, due, speed, stock, events, key }
    }

    /// Moves a parcel. One that is picked up takes its pieces off the shelf; one that comes back to
    /// its sender becomes a return that the warehouse has received. One that is lost takes more:
    /// [`Draft::carry_out`].
    ///
    /// # Errors
    /// No such parcel; not a drawn edge.
    pub fn move_parcel(
        &mut self,
        no: u16,
        to: ParcelState,
        at: Timestamp,
    ) -> Result<(), FulfillmentRefusal> {
        if to == ParcelState::Lost {
            // What is owed for it follows from what was charged.
            let parcel = self.next.parcel(no).ok_or(FulfillmentRefusal::NotFound("parcel"))?;
            return Err(FulfillmentRefusal::ParcelState(parcel.state()));
        }
        let parcel = self.walk(no, to, at)?;
        if to == ParcelState::PickedUp {
            let from = |line: &ParcelLine| Allocation {
                sku: line.sku,
                warehouse: parcel.warehouse,
                quantity: line.quantity,
            };
            let (checkout, order) = (self.next.checkout, Some(self.next.order));
            let lines = parcel.lines.iter().map(from).collect();
            self.stock.push(ParcelStock { checkout, order, lines });
        }
        if to == ParcelState::ReturnedToSender {
            self.next.returns.push(undeliverable(self.next.order, &parcel, parcel.since()));
        }
        Ok(())
    }

    /// The order was cancelled: nothing that is still here leaves.
    pub fn call_off(&mut self, at: Timestamp) {
        let here = |p: &&Parcel| drawn(p.state(), ParcelState::Cancelled);
        let numbers: Vec<u16> = self.next.parcels.iter().filter(here).map(|p| p.no).collect();
        for no in numbers {
            // Drawn, as was just looked at.
            let _ = self.move_parcel(no, ParcelState::Cancelled, at);
        }
    }
}

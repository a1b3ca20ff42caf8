//! The decisions about parcels and returns, without a store.
//!
//! Each changes a [`Draft`]: a copy of what is stored, with what stock does and which facts are told in
//! the same step. Nothing is decided from anything but what is stored and what is passed in.

mod pace;
mod returns;

pub use pace::{Due, Pace};
pub use returns::{
    RETURN_DAYS, ReturnRequest, Verdict, delivered, part, refund_id, returnable, share, to_refund,
    undeliverable,
};

use crate::{
    Fulfillment, FulfillmentRefusal, FulfillmentStatus, Parcel, ParcelLine, ParcelState, Progress,
    Scan, Step, event,
};
use souk_inventory::{Allocation, ParcelStock};
use souk_kernel::{Event, SellerId, Timestamp, WarehouseId};
use souk_orders::{Order, OrderState};
use std::collections::BTreeMap;

/// The drawn edges of a parcel.
#[must_use]
pub const fn drawn(from: ParcelState, to: ParcelState) -> bool {
    use ParcelState::{
        Cancelled, Delivered, Failed, InTransit, Label, OutForDelivery, Packed, PickedUp,
        ReturnedToSender,
    };
    matches!(
        (from, to),
        (Label, Packed | Cancelled)
            | (Packed, PickedUp | Cancelled)
            | (PickedUp, InTransit)
            | (InTransit, OutForDelivery)
            | (OutForDelivery, Delivered | Failed)
            | (Failed, ReturnedToSender)
    )
}

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
    };
    Fulfillment {
        order: order.id,
        user: order.user,
        checkout: order.checkout,
        version: 1,
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
        let due = pace.due(&self.next);
        let Self { expected_version, next, stock, events, .. } = self;
        Step { expected_version, next, due, stock, events }
    }

    /// Moves a parcel. One that is picked up takes its pieces off the shelf; one that comes back to
    /// its sender becomes a return that the warehouse has received.
    ///
    /// # Errors
    /// No such parcel; not a drawn edge.
    pub fn move_parcel(
        &mut self,
        no: u16,
        to: ParcelState,
        at: Timestamp,
    ) -> Result<(), FulfillmentRefusal> {
        let found = self.next.parcels.iter_mut().find(|parcel| parcel.no == no);
        let parcel = found.ok_or(FulfillmentRefusal::NotFound("parcel"))?;
        if !drawn(parcel.state(), to) {
            return Err(FulfillmentRefusal::ParcelState(parcel.state()));
        }
        // A clock that steps back does not turn a parcel's way around.
        let at = at.max(parcel.since());
        parcel.scans.push(Scan { state: to, at });
        let parcel = parcel.clone();
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
        self.touched = true;
        self.next.version += 1;
        if let Some(kind) = event::told_of(to) {
            self.events.push(event::of_parcel(&self.next, &parcel, kind, at));
        }
        if to == ParcelState::ReturnedToSender {
            self.next.returns.push(undeliverable(self.next.order, &parcel, at));
        }
        Ok(())
    }

    /// Gives a parcel the carrier's own number.
    ///
    /// # Errors
    /// No such parcel.
    pub fn track(&mut self, no: u16, tracking: String) -> Result<(), FulfillmentRefusal> {
        let found = self.next.parcels.iter_mut().find(|parcel| parcel.no == no);
        found.ok_or(FulfillmentRefusal::NotFound("parcel"))?.tracking = Some(tracking);
        self.touched = true;
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

//! The carrier simulator: what happens next to parcels and returns that nobody moves by hand, and when.
//!
//! All of it follows from the parcel's or return's id: the same parcel takes the same way at any speed.

use crate::model::mixed;
use crate::{Fulfillment, Parcel, ParcelState, Return, ReturnId, ReturnState};
use souk_kernel::{HOUR_MS, OrderId, Timestamp};

/// How fast the simulated carrier and warehouse work, and how often a delivery fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How many times faster than a real one; 0: not at all, everything is done by hand.
    pub speed: u32,
    /// Of a thousand parcels, so many can't be delivered.
    pub failures: u16,
}

impl Default for Pace {
    fn default() -> Self {
        Self { speed: 0, failures: 30 }
    }
}

/// Something to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// A parcel moves.
    Move(u16, ParcelState),
    /// A return arrives.
    Receive(ReturnId),
    /// A return is looked at.
    Inspect(ReturnId),
    /// A return's money is sent.
    Refund(ReturnId),
}

/// Whether a carrier or a warehouse that works by itself has anything left to do.
fn is_open(all: &Fulfillment) -> bool {
    let comes = |back: &Return| matches!(back.state(), ReturnState::Label | ReturnState::Received);
    all.parcels.iter().any(|parcel| !parcel.state().has_ended()) || all.returns.iter().any(comes)
}

impl Pace {
    /// The speed by which [`Self::due`] is reckoned; `None`: no speed has anything left to do.
    #[must_use]
    pub fn reckons(&self, all: &Fulfillment) -> Option<u32> {
        is_open(all).then_some(self.speed)
    }

    /// When something is to be done next; `None`: nothing, or by hand.
    #[must_use]
    pub fn due(&self, all: &Fulfillment) -> Option<Timestamp> {
        self.next(all).map(|(at, _)| at).min()
    }

    /// What is to be done by now.
    #[must_use]
    pub fn now(&self, all: &Fulfillment, now: Timestamp) -> Vec<Due> {
        self.next(all).filter(|(at, _)| *at <= now).map(|(_, due)| due).collect()
    }

    fn next<'a>(&'a self, all: &'a Fulfillment) -> impl Iterator<Item = (Timestamp, Due)> + 'a {
        let parcels = all.parcels.iter().filter_map(|p| self.parcel(all.order, p));
        parcels.chain(all.returns.iter().filter_map(|back| self.back(back)))
    }

    fn parcel(&self, order: OrderId, parcel: &Parcel) -> Option<(Timestamp, Due)> {
        let dice = mixed(parcel.id(order).tail());
        let (to, least, more) = match parcel.state() {
            ParcelState::Label => (ParcelState::Packed, 1, 4),
            ParcelState::Packed => (ParcelState::PickedUp, 1, 5),
            ParcelState::PickedUp => (ParcelState::InTransit, 2, 4),
            ParcelState::InTransit => (ParcelState::OutForDelivery, 12, 24),
            ParcelState::OutForDelivery => {
                // Who sends it out once more finds somebody at home.
                let first = parcel.when(ParcelState::Failed).is_none();
                let fails = first && dice % 1_000 < u64::from(self.failures);
                let end = if fails { ParcelState::Failed } else { ParcelState::Delivered };
                (end, 2, 6)
            }
            ParcelState::Failed => (ParcelState::ReturnedToSender, 24, 24),
            ParcelState::Delivered
            | ParcelState::ReturnedToSender
            | ParcelState::Lost
            | ParcelState::Cancelled => return None,
        };
        let roll = mixed(dice ^ parcel.scans.len() as u64);
        let at = parcel.since().plus_ms(self.pause(least, more, roll)?);
        Some((at, Due::Move(parcel.no, to)))
    }

    fn back(&self, back: &Return) -> Option<(Timestamp, Due)> {
        let roll = mixed(back.id.tail() ^ back.steps.len() as u64);
        match back.state() {
            ReturnState::Label => {
                let pause = self.pause(24, 48, roll)?;
                Some((back.since().plus_ms(pause), Due::Receive(back.id)))
            }
            ReturnState::Received => {
                let pause = self.pause(2, 20, roll)?;
                Some((back.since().plus_ms(pause), Due::Inspect(back.id)))
            }
            // Money is owed at any speed.
            ReturnState::Restocked | ReturnState::WrittenOff => {
                back.refund.map(|plan| (plan.again, Due::Refund(back.id)))
            }
            _ => None,
        }
    }

    /// Between `least` and `least + more` hours of a real carrier, in milliseconds of this one.
    fn pause(&self, least: i64, more: i64, roll: u64) -> Option<i64> {
        let range = (more * HOUR_MS).unsigned_abs();
        let chance = i64::try_from(roll % range).unwrap_or_default();
        (self.speed > 0).then(|| (least * HOUR_MS + chance) / i64::from(self.speed))
    }
}

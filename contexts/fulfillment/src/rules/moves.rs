//! What is done to a parcel by whoever packs, ships and follows it.

use super::{Draft, returns};
use crate::{FulfillmentRefusal, Parcel, ParcelState, Scan, event};
use souk_kernel::Timestamp;
use souk_pricing::Quote;

/// The longest tracking number that carriers give.
const TRACKING_MAX: usize = 40;
/// The longest name of a carrier.
const CARRIER_MAX: usize = 40;

/// Who carries a parcel, under which number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dispatch {
    /// The carrier's name.
    pub carrier: Option<String>,
    /// Its number; `None`: the one that the label has already.
    pub tracking: Option<String>,
}

impl Dispatch {
    /// As somebody typed it: both may be empty.
    ///
    /// # Errors
    /// No carrier is called so, or numbers its parcels so.
    pub fn parse(carrier: &str, tracking: &str) -> Result<Self, FulfillmentRefusal> {
        let carrier = carrier.trim();
        if carrier.chars().count() > CARRIER_MAX || carrier.chars().any(char::is_control) {
            let says = "A carrier's name has at most 40 characters, on one line.";
            return Err(FulfillmentRefusal::BadDispatch(says));
        }
        let tracking: String = tracking.split_whitespace().collect();
        let plain = tracking.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !plain || tracking.len() > TRACKING_MAX {
            let says = "A tracking number has letters, digits and hyphens, at most 40 of them.";
            return Err(FulfillmentRefusal::BadDispatch(says));
        }
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        let tracking = given(tracking.to_ascii_uppercase());
        Ok(Self { carrier: given(carrier.to_owned()), tracking })
    }
}

/// What is done to a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParcelMove {
    /// It is packed and waits for the carrier.
    Pack,
    /// The carrier takes it; one that only has its label is packed by this.
    Ship(Dispatch),
    /// The carrier says where it is.
    Scan(ParcelState),
}

impl ParcelMove {
    /// Whether a parcel stands as this leaves it: whoever asks twice is answered as done.
    #[must_use]
    pub fn is_done(&self, parcel: &Parcel) -> bool {
        let state = parcel.state();
        match self {
            Self::Pack => state == ParcelState::Packed,
            Self::Ship(dispatch) => {
                let given =
                    |asked: &Option<String>, now: &Option<String>| asked.is_none() || asked == now;
                state == ParcelState::PickedUp
                    && given(&dispatch.tracking, &parcel.tracking)
                    && given(&dispatch.carrier, &parcel.carrier)
            }
            Self::Scan(to) => state == *to,
        }
    }
}

/// The drawn edges of a parcel.
#[must_use]
pub const fn drawn(from: ParcelState, to: ParcelState) -> bool {
    use ParcelState::{
        Cancelled, Delivered, Failed, InTransit, Label, Lost, OutForDelivery, Packed, PickedUp,
        ReturnedToSender,
    };
    matches!(
        (from, to),
        (Label, Packed | Cancelled)
            | (Packed, PickedUp | Cancelled)
            | (PickedUp, InTransit | OutForDelivery | Delivered | Failed | Lost)
            | (InTransit, OutForDelivery | Delivered | Failed | Lost)
            | (OutForDelivery, Delivered | Failed | Lost)
            | (Failed, OutForDelivery | Delivered | ReturnedToSender | Lost)
    )
}

/// Where a parcel that has left can be said to be next, in the order of a list.
#[must_use]
pub fn by_hand(from: ParcelState) -> Vec<ParcelState> {
    let left = |to: &ParcelState| !matches!(to, ParcelState::Packed | ParcelState::PickedUp);
    let next = ParcelState::ALL.into_iter().filter(left);
    next.filter(|to| *to != ParcelState::Cancelled && drawn(from, *to)).collect()
}

impl Draft {
    /// Does to a parcel what somebody wants done to it. `quote`: what its order was charged.
    ///
    /// # Errors
    /// No such parcel; not a drawn edge.
    pub fn carry_out(
        &mut self,
        no: u16,
        what: &ParcelMove,
        quote: &Quote,
        at: Timestamp,
    ) -> Result<(), FulfillmentRefusal> {
        match what {
            ParcelMove::Pack => self.move_parcel(no, ParcelState::Packed, at),
            ParcelMove::Ship(dispatch) => self.ship(no, dispatch, at),
            ParcelMove::Scan(ParcelState::Lost) => self.lose(no, quote, at),
            ParcelMove::Scan(to) => self.move_parcel(no, *to, at),
        }
    }

    fn ship(
        &mut self,
        no: u16,
        dispatch: &Dispatch,
        at: Timestamp,
    ) -> Result<(), FulfillmentRefusal> {
        let found = self.next.parcels.iter_mut().find(|parcel| parcel.no == no);
        let parcel = found.ok_or(FulfillmentRefusal::NotFound("parcel"))?;
        let state = parcel.state();
        if !matches!(state, ParcelState::Label | ParcelState::Packed) {
            return Err(FulfillmentRefusal::ParcelState(state));
        }
        parcel.tracking = dispatch.tracking.clone().or_else(|| parcel.tracking.take());
        parcel.carrier = dispatch.carrier.clone().or_else(|| parcel.carrier.take());
        if state == ParcelState::Label {
            self.move_parcel(no, ParcelState::Packed, at)?;
        }
        self.move_parcel(no, ParcelState::PickedUp, at)
    }

    /// The carrier lost a parcel: it ends, what was in it is written off, and its money is owed.
    fn lose(&mut self, no: u16, quote: &Quote, at: Timestamp) -> Result<(), FulfillmentRefusal> {
        let parcel = self.next.parcel(no).ok_or(FulfillmentRefusal::NotFound("parcel"))?;
        let lost = returns::lost(&self.next, parcel, quote, at);
        self.walk(no, ParcelState::Lost, at)?;
        self.next.returns.push(lost);
        Ok(())
    }

    /// Appends the scan, and the fact that tells of it.
    pub(super) fn walk(
        &mut self,
        no: u16,
        to: ParcelState,
        at: Timestamp,
    ) -> Result<Parcel, FulfillmentRefusal> {
        let found = self.next.parcels.iter_mut().find(|parcel| parcel.no == no);
        let parcel = found.ok_or(FulfillmentRefusal::NotFound("parcel"))?;
        if !drawn(parcel.state(), to) {
            return Err(FulfillmentRefusal::ParcelState(parcel.state()));
        }
        // A clock that steps back does not turn a parcel's way around.
        let at = at.max(parcel.since());
        parcel.scans.push(Scan { state: to, at });
        let parcel = parcel.clone();
        self.touched = true;
        self.next.version += 1;
        if let Some(kind) = event::told_of(to) {
            self.events.push(event::of_parcel(&self.next, &parcel, kind, at));
        }
        Ok(parcel)
    }
}

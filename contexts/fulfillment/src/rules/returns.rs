//! Returns: how much may come back, and how much money goes back for it.

use super::Draft;
use crate::model::{child, mixed};
use crate::{
    Fulfillment, FulfillmentRefusal, Origin, Parcel, ParcelState, RefundPlan, Return, ReturnId,
    ReturnLine, ReturnReason, ReturnState, ReturnStep, event,
};
use souk_inventory::{Allocation, ParcelStock};
use souk_kernel::{
    ClaimKey, DAY_MS, EventKind, Money, OrderId, RefundId, SellerId, Sku, Timestamp, UserId,
    WarehouseId, share,
};
use souk_orders::derived;
use souk_pricing::Quote;
use std::collections::BTreeMap;

/// How long after its delivery a piece can be sent back, in days.
pub const RETURN_DAYS: i64 = 30;

/// What a shopper wants to send back. The goods of each seller are a return of their own: each goes to whom
/// it came from, who looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnRequest {
    /// The digest of the request's key, which is one order's: see [`Step::key`](crate::Step::key).
    pub key: [u8; 16],
    /// The first return's id: follows from the request's key, so the same request is asked once; those of
    /// the other sellers follow from it, see [`part`].
    pub id: ReturnId,
    /// What, and how many.
    pub lines: Vec<(Sku, u32)>,
    /// Why.
    pub reason: ReturnReason,
}

/// The id of the `n`th return of a request: the first one has the request's own.
#[must_use]
pub fn part(order: OrderId, request: ReturnId, n: usize) -> ReturnId {
    match n {
        0 => request,
        n => child(order, mixed(request.tail() ^ n as u64)),
    }
}

/// What an inspection found of a line: so many can be sold again; what is not named is written off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Of what.
    pub sku: Sku,
    /// How many.
    pub restock: u32,
}

/// The drawn edges of a return.
#[must_use]
pub const fn drawn(from: ReturnState, to: ReturnState) -> bool {
    use ReturnState::{
        Inspected, Label, Received, Refunded, Rejected, Requested, Restocked, WrittenOff,
    };
    matches!(
        (from, to),
        (Requested, Label | Rejected)
            | (Label, Received | Rejected)
            | (Received, Inspected | Rejected)
            | (Inspected, Restocked | WrittenOff)
            | (Restocked | WrittenOff, Refunded)
    )
}

/// Pieces of a SKU that arrived, at or after a moment.
#[must_use]
pub fn delivered(all: &Fulfillment, sku: Sku, since: Timestamp) -> u32 {
    let arrived = |p: &&Parcel| p.when(ParcelState::Delivered).is_some_and(|at| at >= since);
    all.parcels.iter().filter(arrived).map(|p| p.pieces(sku)).sum()
}

/// Pieces of a SKU that the shopper has sent back or is sending back.
fn sent_back(all: &Fulfillment, sku: Sku) -> u32 {
    let counts = |back: &&Return| back.origin == Origin::Shopper && back.is_live();
    all.returns.iter().filter(counts).map(|back| back.pieces(sku)).sum()
}

/// Pieces of a SKU that can be sent back now: arrived, not on their way back already, and within the
/// time for it. What arrived first is taken to come back first.
#[must_use]
pub fn returnable(all: &Fulfillment, sku: Sku, now: Timestamp) -> u32 {
    let left = delivered(all, sku, Timestamp(i64::MIN)).saturating_sub(sent_back(all, sku));
    left.min(delivered(all, sku, now.plus_ms(-RETURN_DAYS * DAY_MS)))
}

/// What goes back for pieces of a SKU, and the tax in it, after `before` pieces were refunded.
fn owed(quote: &Quote, sku: Sku, before: u32, pieces: u32) -> (i64, i64) {
    let lines = || quote.lines.iter().filter(|line| line.item.sku == sku);
    let bought: u32 = lines().map(|line| line.item.quantity).sum();
    let part = |amount: i64| share(amount, bought, before + pieces) - share(amount, bought, before);
    let total: i64 = lines().map(|line| line.total.minor).sum();
    let tax: i64 = lines().map(|line| line.tax.minor).sum();
    (part(total), part(tax))
}

/// The refund of a try to send a return's money: follows from both, so it is one refund however often it
/// is asked for.
#[must_use]
pub fn refund_id(order: OrderId, back: ReturnId, attempt: u32) -> RefundId {
    let principal = UserId::from_uuid(order.uuid());
    let key = ClaimKey { principal, key: format!("return:{back}:{attempt}") };
    derived(&key, "refund")
}

impl Fulfillment {
    /// The returns of a request, the first one first; none if it was not made.
    #[must_use]
    pub fn requested(&self, request: ReturnId) -> Vec<&Return> {
        let parts = (0..self.returns.len()).map(|n| part(self.order, request, n));
        parts.map_while(|id| self.returned(id)).collect()
    }

    /// Who sold a SKU of this order.
    fn seller_of(&self, sku: Sku) -> Option<SellerId> {
        let from = self.parcels.iter().find(|parcel| parcel.pieces(sku) > 0);
        from.map(|parcel| parcel.seller)
    }

    /// The return whose money a refund sends; `None`: it is of none of them.
    #[must_use]
    pub fn refunded_by(&self, refund: RefundId) -> Option<&Return> {
        let sends = |back: &&Return| {
            let tries = back.refund.map(|plan| plan.attempt);
            tries.is_some_and(|last| {
                (0..=last).any(|attempt| refund_id(self.order, back.id, attempt) == refund)
            })
        };
        self.returns.iter().find(sends)
    }
}

/// What goes back for these lines if they were inspected now, and the tax in it.
#[must_use]
pub fn to_refund(all: &Fulfillment, quote: &Quote, lines: &[ReturnLine]) -> (Money, Money) {
    let before = |sku: Sku| -> u32 {
        let paid = all.returns.iter().filter(|back| back.refund.is_some());
        paid.map(|back| back.pieces(sku)).sum()
    };
    let owed = lines.iter().map(|line| owed(quote, line.sku, before(line.sku), line.quantity));
    let (amount, tax) = owed.fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    (Money::new(amount, quote.currency), Money::new(tax, quote.currency))
}

/// What the carrier brought back: received, nobody asked for it.
#[must_use]
pub fn undeliverable(order: OrderId, parcel: &Parcel, at: Timestamp) -> Return {
    let mut lines: Vec<ReturnLine> = parcel
        .lines
        .iter()
        .map(|line| ReturnLine { sku: line.sku, quantity: line.quantity, restocked: 0 })
        .collect();
    lines.sort_by_key(|line| line.sku);
    Return {
        id: child(order, 0x1_0000 + u64::from(parcel.no)),
        origin: Origin::Parcel(parcel.no),
        reason: ReturnReason::Undeliverable,
        lines,
        steps: vec![ReturnStep { state: ReturnState::Received, at }],
        refund: None,
    }
}

/// What the carrier lost: nobody asked for it, nothing of it is seen again, its money is owed at once.
pub(super) fn lost(all: &Fulfillment, parcel: &Parcel, quote: &Quote, at: Timestamp) -> Return {
    let came = undeliverable(all.order, parcel, at);
    let (amount, tax) = to_refund(all, quote, &came.lines);
    Return {
        reason: ReturnReason::Lost,
        steps: vec![ReturnStep { state: ReturnState::WrittenOff, at }],
        refund: Some(RefundPlan { amount, tax, attempt: 1, again: at, paid: None }),
        ..came
    }
}

impl Draft {
    /// Accepts what a shopper sends back: a return with a label for each seller. The same request again changes nothing.
    ///
    /// # Errors
    /// Nothing, too much or too late; the id is another request's.
    pub fn request(
        &mut self,
        ask: &ReturnRequest,
        at: Timestamp,
    ) -> Result<(), FulfillmentRefusal> {
        let mut lines: Vec<ReturnLine> = ask
            .lines
            .iter()
            .filter(|(_, quantity)| *quantity > 0)
            .map(|(sku, quantity)| ReturnLine { sku: *sku, quantity: *quantity, restocked: 0 })
            .collect();
        lines.sort_by_key(|line| line.sku);
        let known = self.next.requested(ask.id);
        if !known.is_empty() {
            let asked = |line: &ReturnLine| (line.sku, line.quantity);
            let mut before: Vec<_> =
                known.iter().flat_map(|back| back.lines.iter().map(asked)).collect();
            before.sort_unstable();
            let same = before.into_iter().eq(lines.iter().map(asked))
                && known.iter().all(|back| back.reason == ask.reason);
            return if same { Ok(()) } else { Err(FulfillmentRefusal::KeyReused) };
        }
        if lines.is_empty() {
            return Err(FulfillmentRefusal::Empty);
        }
        if let Some(twice) = lines.windows(2).find(|pair| pair[0].sku == pair[1].sku) {
            return Err(FulfillmentRefusal::NotInOrder(twice[0].sku));
        }
        let mut sellers: BTreeMap<Option<SellerId>, Vec<ReturnLine>> = BTreeMap::new();
        for line in lines {
            self.may_come_back(&line, at)?;
            sellers.entry(self.next.seller_of(line.sku)).or_default().push(line);
        }
        self.key = Some(ask.key);
        let steps = [ReturnState::Requested, ReturnState::Label];
        for (n, lines) in sellers.into_values().enumerate() {
            let back = Return {
                id: part(self.next.order, ask.id, n),
                origin: Origin::Shopper,
                reason: ask.reason,
                lines,
                steps: steps.map(|state| ReturnStep { state, at }).into(),
                refund: None,
            };
            self.next.returns.push(back.clone());
            self.tell(&back, event::RETURN_REQUESTED, at);
        }
        Ok(())
    }

    fn may_come_back(&self, line: &ReturnLine, now: Timestamp) -> Result<(), FulfillmentRefusal> {
        let ReturnLine { sku, quantity, .. } = *line;
        if !self.next.parcels.iter().any(|parcel| parcel.pieces(sku) > 0) {
            return Err(FulfillmentRefusal::NotInOrder(sku));
        }
        let arrived = delivered(&self.next, sku, Timestamp(i64::MIN));
        let left = returnable(&self.next, sku, now);
        if quantity <= left {
            return Ok(());
        }
        let open = arrived.saturating_sub(sent_back(&self.next, sku));
        Err(match (arrived, left) {
            (0, _) => FulfillmentRefusal::NotDelivered(sku),
            (_, 0) if quantity <= open => FulfillmentRefusal::WindowClosed(sku),
            _ => FulfillmentRefusal::TooMany { sku, left },
        })
    }

    /// Moves a return where nothing else follows from it: received, or rejected.
    ///
    /// # Errors
    /// No such return; not a drawn edge.
    pub fn move_return(
        &mut self,
        id: ReturnId,
        to: ReturnState,
        at: Timestamp,
    ) -> Result<(), FulfillmentRefusal> {
        let back = self.find(id)?;
        if !drawn(back.state(), to) {
            return Err(FulfillmentRefusal::ReturnState(back.state()));
        }
        let at = at.max(back.since());
        back.steps.push(ReturnStep { state: to, at });
        self.touched = true;
        Ok(())
    }

    /// Inspects a return: what can be sold again goes back on the shelf in the same step, the rest is
    /// written off, and the amount that it is owed is fixed.
    ///
    /// # Errors
    /// No such return; it was not received, or was inspected before; more on the shelf than came back.
    pub fn inspect(
        &mut self,
        id: ReturnId,
        verdicts: &[Verdict],
        quote: &Quote,
        at: Timestamp,
    ) -> Result<(), FulfillmentRefusal> {
        let back = self.next.returned(id).ok_or(FulfillmentRefusal::NotFound("return"))?;
        let mut lines = back.lines.clone();
        for verdict in verdicts {
            let line = lines.iter_mut().find(|line| line.sku == verdict.sku);
            let bad = FulfillmentRefusal::BadVerdict(verdict.sku);
            let line = line.filter(|line| verdict.restock <= line.quantity).ok_or(bad)?;
            line.restocked = verdict.restock;
        }
        let (amount, tax) = to_refund(&self.next, quote, &lines);
        let shelf = self.shelf_of(back, &lines);
        self.move_return(id, ReturnState::Inspected, at)?;
        let end = if lines.iter().any(|line| line.restocked > 0) {
            ReturnState::Restocked
        } else {
            ReturnState::WrittenOff
        };
        self.move_return(id, end, at)?;
        let back = self.find(id)?;
        back.lines = lines;
        back.refund = Some(RefundPlan { amount, tax, attempt: 1, again: at, paid: None });
        let back = back.clone();
        if !shelf.is_empty() {
            let checkout = self.next.checkout;
            self.stock.push(ParcelStock { checkout, order: None, lines: shelf });
        }
        self.tell(&back, event::RETURN_INSPECTED, at);
        Ok(())
    }

    /// Where pieces go back to: whence they came, in the order in which they arrived, after those that
    /// are back already. So no warehouse gets more back than it sent.
    pub(crate) fn shelf_of(&self, back: &Return, lines: &[ReturnLine]) -> Vec<Allocation> {
        let from = |parcel: &&Parcel| match back.origin {
            Origin::Parcel(no) => parcel.no == no,
            Origin::Shopper => parcel.state() == ParcelState::Delivered,
        };
        let mut parcels: Vec<&Parcel> = self.next.parcels.iter().filter(from).collect();
        parcels.sort_by_key(|parcel| parcel.when(ParcelState::Delivered));
        let mut shelf = Vec::with_capacity(lines.len());
        for line in lines {
            let (mut before, mut left) = (self.shelved(back, line.sku), line.restocked);
            for parcel in &parcels {
                let pieces = parcel.pieces(line.sku);
                let taken = before.min(pieces);
                before -= taken;
                let quantity = left.min(pieces - taken);
                if quantity > 0 {
                    let warehouse: WarehouseId = parcel.warehouse;
                    shelf.push(Allocation { sku: line.sku, warehouse, quantity });
                }
                left -= quantity;
            }
        }
        shelf
    }

    /// Pieces of a SKU that other returns of the same origin put back on the shelf.
    fn shelved(&self, back: &Return, sku: Sku) -> u32 {
        let others =
            self.next.returns.iter().filter(|r| r.origin == back.origin && r.id != back.id);
        let lines = others.flat_map(|r| &r.lines).filter(|line| line.sku == sku);
        lines.map(|line| line.restocked).sum()
    }

    /// The money is back: so much of it.
    ///
    /// # Errors
    /// No such return; it is not owed any, or it was refunded before.
    pub fn refunded(
        &mut self,
        id: ReturnId,
        paid: Money,
        at: Timestamp,
    ) -> Result<(), FulfillmentRefusal> {
        self.move_return(id, ReturnState::Refunded, at)?;
        let back = self.find(id)?;
        if let Some(plan) = back.refund.as_mut() {
            plan.paid = Some(paid);
        }
        let back = back.clone();
        self.tell(&back, event::RETURN_REFUNDED, at);
        Ok(())
    }

    /// The gateway gave no answer, or (`anew`) a final no: asked again then.
    ///
    /// # Errors
    /// No such return.
    pub fn refund_again(
        &mut self,
        id: ReturnId,
        again: Timestamp,
        anew: bool,
    ) -> Result<(), FulfillmentRefusal> {
        if let Some(plan) = self.find(id)?.refund.as_mut() {
            plan.again = again;
            plan.attempt += u32::from(anew);
        }
        self.touched = true;
        Ok(())
    }

    fn find(&mut self, id: ReturnId) -> Result<&mut Return, FulfillmentRefusal> {
        let found = self.next.returns.iter_mut().find(|back| back.id == id);
        found.ok_or(FulfillmentRefusal::NotFound("return"))
    }

    fn tell(&mut self, back: &Return, kind: EventKind, at: Timestamp) {
        self.touched = true;
        self.next.version += 1;
        self.events.push(event::of_return(&self.next, back, kind, at));
    }
}

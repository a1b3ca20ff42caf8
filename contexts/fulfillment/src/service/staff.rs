//! What sellers, carriers and the warehouse do: for their own doors.

use super::FulfillmentService;
use crate::{
    Dispatch, Draft, Fulfillment, FulfillmentRefusal, ParcelMove, ParcelState, Return, ReturnId,
    ReturnReason, ReturnState, Step, StepRefusal, Verdict,
};
use souk_kernel::OrderId;
use souk_orders::Order;

/// What was done with a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handled {
    /// It lies at the warehouse.
    Received,
    /// It is refused.
    Rejected,
    /// It was looked at.
    Inspected(Vec<Verdict>),
}

/// What a staff's use case answers: everything of the order, as it stands now.
type Done = Result<Fulfillment, FulfillmentRefusal>;

impl FulfillmentService {
    /// An order's parcels and returns, whoever asks.
    ///
    /// # Errors
    /// There are none.
    pub async fn parcels(&self, order: OrderId) -> Done {
        let found = self.parts.store.of_order(order).await?;
        found.ok_or(FulfillmentRefusal::NotFound("parcel"))
    }

    /// A parcel is packed and waits for the carrier.
    ///
    /// # Errors
    /// No such parcel; it was packed before, or cancelled.
    pub async fn pack(&self, order: OrderId, no: u16) -> Done {
        self.carry_out(order, no, &ParcelMove::Pack).await
    }

    /// The carrier takes a parcel, under its own number if it gives one. A parcel that only has its
    /// label is packed by this. From here on the order can't be cancelled.
    ///
    /// # Errors
    /// No such parcel; it has left, or its order was cancelled; the pieces are not there.
    pub async fn ship(&self, order: OrderId, no: u16, dispatch: Dispatch) -> Done {
        self.carry_out(order, no, &ParcelMove::Ship(dispatch)).await
    }

    /// The carrier says where a parcel is. The money of one that it lost is sent.
    ///
    /// # Errors
    /// No such parcel; it can't be there.
    pub async fn scan(&self, order: OrderId, no: u16, state: ParcelState) -> Done {
        self.carry_out(order, no, &ParcelMove::Scan(state)).await
    }

    async fn carry_out(&self, order: OrderId, no: u16, what: &ParcelMove) -> Done {
        let quote = self.bought(order).await?.quote;
        let now = self.parts.clock.now();
        let done = self.change(order, |draft| draft.carry_out(no, what, &quote, now)).await?;
        self.pay_owed(done).await
    }

    /// The step by which a parcel moves, for whoever writes something else with it.
    ///
    /// # Errors
    /// No such parcel; it can't go there.
    pub async fn plan_move(
        &self,
        order: OrderId,
        no: u16,
        what: &ParcelMove,
    ) -> Result<Step, FulfillmentRefusal> {
        let quote = self.bought(order).await?.quote;
        let stored = self.parcels(order).await?;
        let mut draft = Draft::of(&stored);
        draft.carry_out(no, what, &quote, self.parts.clock.now())?;
        Ok(draft.step(&self.parts.pace))
    }

    async fn bought(&self, order: OrderId) -> Result<Order, FulfillmentRefusal> {
        let found = self.parts.orders.order(order).await?;
        found.ok_or(FulfillmentRefusal::NotFound("order"))
    }

    /// Sends the money of parcels that were just lost; what can't be sent now is sent later.
    async fn pay_owed(&self, all: Fulfillment) -> Done {
        let owed = |back: &&Return| {
            let plan = back.refund.filter(|plan| plan.paid.is_none());
            back.reason == ReturnReason::Lost && plan.is_some()
        };
        let lost: Vec<ReturnId> = all.returns.iter().filter(owed).map(|back| back.id).collect();
        if lost.is_empty() {
            return Ok(all);
        }
        for id in lost {
            self.pay_return(all.order, id).await?;
        }
        self.parcels(all.order).await
    }

    /// A return lies at the warehouse.
    ///
    /// # Errors
    /// No such return; it was received or rejected before.
    pub async fn receive(&self, order: OrderId, id: ReturnId) -> Done {
        let now = self.parts.clock.now();
        self.change(order, |draft| draft.move_return(id, ReturnState::Received, now)).await
    }

    /// A return is refused: what it asked for can be asked for again.
    ///
    /// # Errors
    /// No such return; it was inspected before.
    pub async fn reject(&self, order: OrderId, id: ReturnId) -> Done {
        let now = self.parts.clock.now();
        self.change(order, |draft| draft.move_return(id, ReturnState::Rejected, now)).await
    }

    /// The step by which a return arrives, is refused or is inspected, for whoever writes something else
    /// with it.
    ///
    /// # Errors
    /// As [`Self::receive`], [`Self::reject`], [`Self::inspect`].
    pub async fn plan_return(
        &self,
        order: OrderId,
        id: ReturnId,
        to: &Handled,
    ) -> Result<Step, FulfillmentRefusal> {
        let found = self.bought(order).await?;
        let stored = self.parcels(order).await?;
        let (mut draft, now) = (Draft::of(&stored), self.parts.clock.now());
        match to {
            Handled::Received => draft.move_return(id, ReturnState::Received, now)?,
            Handled::Rejected => draft.move_return(id, ReturnState::Rejected, now)?,
            Handled::Inspected(verdicts) => draft.inspect(id, verdicts, &found.quote, now)?,
        }
        Ok(draft.step(&self.parts.pace))
    }

    /// Sends the money of a return that was inspected, once; what can't be sent now is sent later.
    ///
    /// # Errors
    /// No such order; the store's.
    pub async fn pay_return(&self, order: OrderId, id: ReturnId) -> Result<(), FulfillmentRefusal> {
        let all = self.parcels(order).await?;
        match self.refund(&all, id).await {
            Ok(()) | Err(StepRefusal::Stale | StepRefusal::Port(_)) => Ok(()),
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// A return was looked at: pieces that can be sold again go back on the shelf, the rest is written
    /// off, and its money is sent.
    ///
    /// # Errors
    /// No such return; it was not received, or was inspected before.
    pub async fn inspect(&self, order: OrderId, id: ReturnId, verdicts: &[Verdict]) -> Done {
        let found = self.bought(order).await?;
        let now = self.parts.clock.now();
        let done = self.change(order, |draft| draft.inspect(id, verdicts, &found.quote, now));
        let done = done.await?;
        match self.refund(&done, id).await {
            // What could not be sent now is sent later.
            Ok(()) | Err(StepRefusal::Stale | StepRefusal::Port(_)) => self.parcels(order).await,
            Err(refusal) => Err(refusal.into()),
        }
    }
}

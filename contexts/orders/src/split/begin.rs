//! Beginning over several stores: forward in recorded order, back when a step is refused.

use super::SplitOrders;
use crate::rules::{pending, settled};
use crate::{
    Actor, Answer, Begin, BeginRefusal, Begun, HoldStep, Move, Order, OrderState, Settle,
    SettleRefusal, StartCheckout, Started, Subject,
};
use souk_cart::CartIntent;
use souk_inventory::rules::{aggregate, allocate, credited};
use souk_inventory::{Hold, HoldState, PinHold, StockAnswer, StockIntent, StockRefusal, TakeHold};
use souk_kernel::{PortError, Refusal, one};
use souk_payments::{MovePayment, PaymentIntent, PaymentRefusal, PaymentState};

/// Tries to write down what is to be undone.
const TRIES: usize = 5;

/// How far a begin came: each flag says that the store may have done it.
#[derive(Default)]
struct Reached {
    stock: bool,
    cart: bool,
    payment: bool,
}

impl SplitOrders {
    pub(super) async fn begin_one(&self, begin: Begin) -> Result<Begun, BeginRefusal> {
        let order = match self.records.create(&begin).await? {
            Begun::Fresh(order) => order,
            before => return Ok(before),
        };
        let mut reached = Reached::default();
        if let Err(refusal) = self.forward(&begin, &mut reached).await {
            self.back(&order, &begin, &reached, &refusal).await;
            return Err(refusal);
        }
        let last = Settle { moves: vec![pending(&begin)], lease: order.lease, ..empty(&order) };
        match self.records.step(last.clone(), false).await {
            Ok(_) => match settled(&order, &last) {
                Ok(order) => Ok(Begun::Fresh(Box::new(order))),
                Err(error) => Err(PortError::Corrupt(error.to_string()).into()),
            },
            // It may have been done: the lease brings it to recovery, whichever way it was.
            Err(SettleRefusal::Port(error)) => Err(error.into()),
            Err(_) => {
                let overtaken = PortError::Conflict("recovery abandoned this order".into()).into();
                self.back(&order, &begin, &reached, &overtaken).await;
                Err(overtaken)
            }
        }
    }

    async fn forward(&self, begin: &Begin, reached: &mut Reached) -> Result<(), BeginRefusal> {
        if let Some(most) = begin.transfers_max
            && self.payments.waiting_transfers(begin.user).await? >= most
        {
            return Err(BeginRefusal::TooManyTransfers(most));
        }
        reached.stock = true;
        let intent = match &begin.hold {
            HoldStep::Take(take) => StockIntent::Take(take.clone()),
            HoldStep::Pin(pin) => StockIntent::Pin(*pin),
        };
        match one(self.stock.apply(vec![intent]).await) {
            Ok(answer) => pinned_by_us(&answer, begin)?,
            Err(StockRefusal::Port(error)) => return Err(error.into()),
            Err(refusal) => {
                reached.stock = false;
                return Err(refusal.into());
            }
        }
        if let Some((_, freeze)) = &begin.cart {
            reached.cart = true;
            if !one(self.carts.apply(vec![freeze.clone()]).await)?.done() {
                return Err(BeginRefusal::CartChanged);
            }
        }
        reached.payment = true;
        let start = PaymentIntent::Start(begin.payment.clone());
        match one(self.payments.apply(vec![start]).await) {
            Ok(_) => Ok(()),
            Err(PaymentRefusal::Port(error)) => Err(error.into()),
            Err(refusal) => Err(PortError::Corrupt(refusal.to_string()).into()),
        }
    }

    /// Cancels the record with all that undoes the begin, and undoes it. What fails here is left to
    /// recovery: the record says enough.
    async fn back(&self, order: &Order, begin: &Begin, reached: &Reached, why: &BeginRefusal) {
        let reason = match why {
            BeginRefusal::Stock(refusal) => refusal.code(),
            BeginRefusal::CartChanged => "cart_changed",
            BeginRefusal::TooManyTransfers(_) => "too_many_transfers",
            _ => "interrupted",
        };
        let pin = PinHold { checkout: begin.checkout, order: begin.order };
        let stock = match begin.hold {
            HoldStep::Take(_) => StockIntent::ReleasePinned(pin),
            HoldStep::Pin(_) => StockIntent::Unpin(pin),
        };
        let mut ended = MovePayment::plain(
            begin.payment.id,
            &[PaymentState::Authorizing],
            PaymentState::Declined,
            begin.at,
        );
        ended.reason = Some(reason.into());
        let step =
            Move { to: OrderState::Cancelled, at: begin.at, by: Actor::Saga, why: reason.into() };
        let undo = Settle {
            moves: vec![step],
            answer: Some(Answer::Cancelled { reason: reason.into() }),
            payment: reached.payment.then_some(ended),
            stock: reached.stock.then_some(stock),
            cart: reached.cart.then(|| CartIntent::thaw(begin.user, begin.order, begin.at)),
            ..empty(order)
        };
        let undone = match self.records.step(undo.clone(), true).await {
            Ok(_) => self.finish(begin.order).await,
            Err(SettleRefusal::Port(error)) => Err(error),
            Err(_) => self.undo_behind(&undo).await,
        };
        if let Err(error) = undone {
            tracing::warn!(order = %begin.order, %error, "undoing a begin is left to recovery");
        }
    }

    /// Recovery has closed the record and undid what it found, perhaps before our last steps reached
    /// their stores. So the record says once more what is to be undone: what fails then is finished by
    /// whoever looks for unfinished records, which a closed one is not any more.
    async fn undo_behind(&self, undo: &Settle) -> Result<(), PortError> {
        let mut failed = PortError::Conflict("others keep moving this order".into());
        for _ in 0..TRIES {
            match self.write_behind(undo).await {
                Ok(()) => return self.finish(undo.order).await,
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    async fn write_behind(&self, undo: &Settle) -> Result<(), PortError> {
        self.finish(undo.order).await?;
        let gone = || PortError::Corrupt("the order's record is gone".into());
        let order = self.records.order(undo.order).await?.ok_or_else(gone)?;
        let behind = Settle {
            expected_version: order.version,
            moves: Vec::new(),
            answer: None,
            lease: order.lease,
            ..undo.clone()
        };
        match self.records.step(behind, false).await {
            Ok(_) => Ok(()),
            Err(SettleRefusal::Port(error)) => Err(error),
            Err(refusal) => Err(PortError::Conflict(refusal.to_string())),
        }
    }

    pub(super) async fn start_one(&self, start: StartCheckout) -> Result<Started, BeginRefusal> {
        if let Some(claimed) = self.records.claimed(&start.claim.key).await? {
            return match claimed.subject {
                Subject::Checkout(id) if claimed.request == start.claim.request => {
                    Ok(Started::Before(id))
                }
                _ => Err(BeginRefusal::KeyReused),
            };
        }
        let earlier = match self.records.newest_checkout(start.record.user).await? {
            Some(checkout) => self.stock.hold(checkout).await?,
            None => None,
        };
        let earlier = earlier.filter(|hold| hold.state == HoldState::Held);
        if let Some(earlier) = earlier {
            self.check_room(&start.hold, &earlier).await?;
            let release = StockIntent::Release(earlier.checkout);
            // Other refusals: it ended or was pinned meanwhile, and is no longer ours to give back.
            if let Err(StockRefusal::Port(error)) = one(self.stock.apply(vec![release]).await) {
                return Err(error.into());
            }
        }
        one(self.stock.apply(vec![StockIntent::Take(start.hold.clone())]).await)?;
        let started = self.records.start(&start).await;
        if !matches!(started, Ok(Started::Fresh) | Err(BeginRefusal::Port(PortError::Timeout(_)))) {
            // Another request with this key was first. Should this fail, the deadline ends the hold.
            let release = StockIntent::Release(start.record.id);
            if let Err(error) = one(self.stock.apply(vec![release]).await) {
                tracing::warn!(checkout = %start.record.id, %error, "giving a hold back");
            }
        }
        started
    }

    /// Whether the wants fit once the earlier hold is given back: else it stays.
    async fn check_room(&self, take: &TakeHold, earlier: &Hold) -> Result<(), BeginRefusal> {
        for want in aggregate(&take.wants)? {
            let levels = self.stock.levels(want.sku).await?;
            let levels = credited(want.sku, &levels, &earlier.allocations);
            allocate(want, &levels).map_err(StockRefusal::OutOfStock)?;
        }
        Ok(())
    }
}

/// A take repeats what the checkout had before; a purchase needs it pinned for this very order.
fn pinned_by_us(answer: &StockAnswer, begin: &Begin) -> Result<(), BeginRefusal> {
    match answer {
        StockAnswer::Hold(hold) if begin.has_pinned(hold) => Ok(()),
        StockAnswer::Hold(hold) => Err(StockRefusal::HoldGone(hold.state).into()),
        StockAnswer::Level(_) => Err(PortError::Corrupt("a take answered a level".into()).into()),
    }
}

fn empty(order: &Order) -> Settle {
    Settle {
        order: order.id,
        expected_version: order.version,
        moves: Vec::new(),
        answer: None,
        lease: None,
        payment: None,
        stock: None,
        cart: None,
        events: Vec::new(),
    }
}

//! Money that came by bank transfer when nobody waited for it: after the deadline, or a second time.
//!
//! What comes after the deadline takes the goods anew, if they are still sold, as an order of its own that follows from the first one and from how much came,
//! so that it is begun once, whoever looks. All other money goes back. Both are safe to race: the
//! gateway lets the money be used, or sent back, once.

use super::Saga;
use super::checkout::wants;
use crate::rules::transfer::{buys_anew, returned};
use crate::{
    Begin, BeginRefusal, Begun, HoldStep, Order, OrderState, SettleRefusal, request_digest,
};
use souk_inventory::TakeHold;
use souk_kernel::{Claim, ClaimKey, Money, PortError, one};
use souk_payments::{GatewayError, GatewayPayment, Method, Payment};
use std::sync::Arc;

/// Tries to record that the shopper was told, against others that move the order.
const TRIES: usize = 5;

impl Saga {
    /// Sees to money that came for an order that has ended.
    ///
    /// # Errors
    /// The store or the gateway gave no answer: to be run again.
    pub(super) async fn late(&self, order: &Order) -> Result<(), PortError> {
        let payment = self.parts.payments.payment(order.payment).await?;
        let Some(payment) = payment.filter(|p| p.method == Method::BankTransfer) else {
            return Ok(());
        };
        let there = self.parts.gateway.look_up(&payment.reference()).await;
        let there = there.map_err(|error| PortError::Timeout(error.to_string()))?;
        let Some(there) = there.filter(|there| there.unclaimed > 0) else { return Ok(()) };
        if buys_anew(order, &payment, &there) && self.buy_anew(order, &payment, &there).await? {
            return Ok(());
        }
        self.send_back(order, &payment, &there).await
    }

    /// Begins an order for the same goods that the money pays for; whether there is one that has not
    /// ended in vain.
    async fn buy_anew(
        &self,
        order: &Order,
        payment: &Payment,
        there: &GatewayPayment,
    ) -> Result<bool, PortError> {
        if self.parts.orders.live_order(order.checkout).await?.is_some() {
            return Ok(false);
        }
        if let Some(sku) = self.parts.offers.withdrawn(&order.quote).await? {
            tracing::info!(order = %order.id, %sku, "late money can't buy what is not sold any more");
            return Ok(false);
        }
        let Some(begin) = self.anew(order, payment, there) else { return Ok(false) };
        let attempt = begin.payment.payment();
        let begun = match one(self.parts.orders.begin(vec![begin]).await) {
            Ok(Begun::Fresh(fresh)) => self.run(*fresh, attempt).await?,
            Ok(Begun::Before(before)) => *before,
            Err(BeginRefusal::Port(error)) => return Err(error),
            Err(refusal) => {
                tracing::info!(order = %order.id, %refusal, "late money can't buy the goods");
                return Ok(false);
            }
        };
        Ok(!matches!(begun.state, OrderState::Cancelled | OrderState::PaymentFailed))
    }

    fn anew(&self, order: &Order, payment: &Payment, there: &GatewayPayment) -> Option<Begin> {
        let parts = &self.parts;
        let (user, at) = (order.user, parts.clock.now());
        let (id, checkout) = (parts.mint.mint(user.bucket()), parts.mint.mint(user.bucket()));
        let deadline = at.plus_ms(parts.settings.hold_ms);
        let wants = wants(&order.quote);
        let key = format!("late:{}:{}", order.id, there.received);
        let request = request_digest("late_transfer", key.as_bytes());
        let token = parts.gateway.funds_token(&there.gateway_ref);
        Some(Begin {
            order: id,
            user,
            checkout,
            claim: Claim { key: ClaimKey { principal: user, key }, request, at },
            quote: Arc::clone(&order.quote),
            ship_to: Arc::clone(order.ship_to.as_ref()?),
            hold: HoldStep::Take(TakeHold { checkout, wants, deadline, pinned_by: Some(id) }),
            cart: None,
            payment: self.attempt(id, user, payment.amount, (&token, payment.method), at),
            // Its money is there.
            transfers_max: None,
            lease: self.lease(at),
            deadline,
            at,
        })
    }

    /// The shopper is told first: told twice is better than never.
    async fn send_back(
        &self,
        order: &Order,
        payment: &Payment,
        there: &GatewayPayment,
    ) -> Result<(), PortError> {
        let amount = Money::new(there.unclaimed, there.authorized.currency);
        self.tell_returned(order, amount).await?;
        let key = format!("{}:return:{}", payment.reference(), there.received);
        match self.parts.gateway.return_unclaimed(&there.gateway_ref, amount, &key).await {
            Ok(()) => Ok(()),
            // It was used or sent back meanwhile.
            Err(GatewayError::Refused(why)) => {
                tracing::info!(order = %order.id, %why, "returning a transfer");
                Ok(())
            }
            Err(GatewayError::Unknown(why)) => Err(PortError::Timeout(why)),
        }
    }

    async fn tell_returned(&self, order: &Order, amount: Money) -> Result<(), PortError> {
        let mut order = order.clone();
        for _ in 0..TRIES {
            let settle = returned(&order, amount, self.parts.clock.now());
            match one(self.parts.orders.settle(vec![settle]).await) {
                Ok(_) => return Ok(()),
                Err(SettleRefusal::Stale) => {}
                Err(SettleRefusal::Port(error)) => return Err(error),
                Err(other) => return Err(PortError::Conflict(other.to_string())),
            }
            let found = self.parts.orders.order(order.id).await?;
            order = found.ok_or_else(|| PortError::Corrupt("the order is gone".into()))?;
        }
        Err(PortError::Conflict("the order keeps moving".into()))
    }
}

//! What shoppers do with carts.

use crate::{
    Cart, CartAnswer, CartError, CartIntent, CartView, Carts, Freeze, Line, Notice, Offering,
    Owner, Prices, Step, rules,
};
use souk_kernel::{Clock, Money, OfferId, PortError, Timestamp, UserId, one};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The use cases of carts.
#[derive(Clone)]
pub struct CartService {
    carts: Arc<dyn Carts>,
    prices: Arc<dyn Prices>,
    clock: Arc<dyn Clock>,
}

/// A changed cart, and what the shopper should be told.
type Done = (Cart, Vec<Notice>);

impl CartService {
    /// Over a store, who knows prices, and a clock.
    #[must_use]
    pub fn new(carts: Arc<dyn Carts>, prices: Arc<dyn Prices>, clock: Arc<dyn Clock>) -> Self {
        Self { carts, prices, clock }
    }

    /// Somebody's cart as it stands; without lines if they never had one or it is past its time.
    ///
    /// # Errors
    /// The store.
    pub async fn get(&self, user: UserId) -> Result<Cart, CartError> {
        let cart = self.carts.get(user).await?.unwrap_or_else(|| Cart::empty(user));
        let now = self.clock.now();
        Ok(if cart.expired(now) { rules::expire(cart, now) } else { cart })
    }

    /// The cart beside present prices and stock. Two queries, however many lines.
    ///
    /// # Errors
    /// The store, or who knows prices.
    pub async fn view(&self, user: UserId) -> Result<CartView, CartError> {
        let cart = self.get(user).await?;
        self.beside_prices(cart).await
    }

    /// A cart that is at hand beside present prices and stock.
    ///
    /// # Errors
    /// Who knows prices.
    pub async fn beside_prices(&self, cart: Cart) -> Result<CartView, CartError> {
        let lines = cart.lines.iter().chain(&cart.saved);
        let offers: Vec<OfferId> = lines.map(|line| line.offer).collect();
        if offers.is_empty() {
            return Ok(rules::view(cart, &[]));
        }
        let offerings = self.prices.offerings(&offers).await?;
        Ok(rules::view(cart, &offerings))
    }

    /// Offers as they stand, one answer each, in order; `None`: not for sale. One query.
    ///
    /// # Errors
    /// Who knows prices.
    pub async fn offerings(&self, offers: &[OfferId]) -> Result<Vec<Option<Offering>>, CartError> {
        if offers.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.prices.offerings(offers).await?)
    }

    /// Adds pieces of an offer at its present price.
    ///
    /// # Errors
    /// [`CartError::Quantity`], [`CartError::NoOffer`], [`CartError::Full`], a cart that is frozen
    /// or has another version, the store.
    pub async fn add_line(
        &self,
        owner: Owner,
        offer: OfferId,
        quantity: u32,
        expected_version: Option<u64>,
    ) -> Result<Done, CartError> {
        allowed(quantity)?;
        let price = self.offering_price(offer).await?;
        let now = self.clock.now();
        let line = Line { offer, quantity, price, added_at: now };
        let keep_until = owner.keep_until(now);
        self.change(owner, Step::Add { line, expected_version, keep_until }, now).await
    }

    /// Sets the quantity of a line and takes the present price; 0 removes the line.
    ///
    /// # Errors
    /// As [`CartService::add_line`], and [`CartError::NoLine`].
    pub async fn set_line(
        &self,
        owner: Owner,
        offer: OfferId,
        quantity: u32,
        expected_version: Option<u64>,
    ) -> Result<Done, CartError> {
        if quantity == 0 {
            return self.remove_line(owner, offer, expected_version).await;
        }
        allowed(quantity)?;
        let price = self.offering_price(offer).await?;
        let now = self.clock.now();
        let keep_until = owner.keep_until(now);
        let step = Step::Set { offer, quantity, price, expected_version, keep_until };
        self.change(owner, step, now).await
    }

    /// Removes a line; a line that isn't there is removed already.
    ///
    /// # Errors
    /// A cart that is frozen or has another version, the store.
    pub async fn remove_line(
        &self,
        owner: Owner,
        offer: OfferId,
        expected_version: Option<u64>,
    ) -> Result<Done, CartError> {
        let now = self.clock.now();
        self.change(owner, Step::Remove { offer, expected_version }, now).await
    }

    /// Saves a line for later.
    ///
    /// # Errors
    /// [`CartError::NoLine`], [`CartError::Full`], a cart that is frozen or has another version, the
    /// store.
    pub async fn save_line(
        &self,
        owner: Owner,
        offer: OfferId,
        expected_version: Option<u64>,
    ) -> Result<Done, CartError> {
        let now = self.clock.now();
        let keep = owner.keep(now);
        self.change(owner, Step::Save { offer, expected_version, keep }, now).await
    }

    /// Puts what was saved back into the cart.
    ///
    /// # Errors
    /// As [`CartService::save_line`].
    pub async fn restore_line(
        &self,
        owner: Owner,
        offer: OfferId,
        expected_version: Option<u64>,
    ) -> Result<Done, CartError> {
        let now = self.clock.now();
        let keep = owner.keep(now);
        self.change(owner, Step::Restore { offer, expected_version, keep }, now).await
    }

    /// Removes what was saved; what isn't there is removed already.
    ///
    /// # Errors
    /// A cart that is frozen or has another version, the store.
    pub async fn drop_saved(
        &self,
        owner: Owner,
        offer: OfferId,
        expected_version: Option<u64>,
    ) -> Result<Done, CartError> {
        let now = self.clock.now();
        self.change(owner, Step::DropSaved { offer, expected_version }, now).await
    }

    /// The shopper has read the notices, which showed these prices.
    ///
    /// # Errors
    /// A cart that is frozen, the store.
    pub async fn acknowledge(
        &self,
        owner: Owner,
        seen: Vec<(OfferId, Money)>,
    ) -> Result<Done, CartError> {
        let now = self.clock.now();
        self.change(owner, Step::Acknowledge { seen }, now).await
    }

    /// Moves a guest's lines, and what they saved, into an account's cart. Safe to repeat, also in
    /// parallel and after a crash between its steps: claim, apply, release. A guest who made an account
    /// keeps their cart, as long as an account does.
    ///
    /// # Errors
    /// [`CartError::Frozen`] while an order pays for the guest's cart; the store.
    pub async fn merge(&self, guest: UserId, into: Owner) -> Result<Done, CartError> {
        let now = self.clock.now();
        let keep = into.keep(now);
        if guest == into.user {
            return refusal(self.apply(guest, Step::Keep { keep }, now).await?);
        }
        let claimed = self.apply(guest, Step::Claim { into: into.user }, now).await?;
        let CartAnswer::Changed(claimed, _) = claimed else {
            return Err(CartError::Frozen(Box::new(claimed.cart().clone())));
        };
        if claimed.frozen != Some(Freeze::Merge(into.user)) {
            return Ok((self.get(into.user).await?, Vec::new()));
        }
        let from_version = claimed.version;
        let arrived = Step::Merge {
            from: guest,
            from_version,
            lines: claimed.lines,
            saved: claimed.saved,
            keep,
        };
        let done = refusal(self.apply(into.user, arrived, now).await?)?;
        self.apply(guest, Step::Release { into: into.user, from_version }, now).await?;
        Ok(done)
    }

    /// A change by hand. A merge that a crash left half done is finished first.
    async fn change(&self, owner: Owner, step: Step, now: Timestamp) -> Result<Done, CartError> {
        let answer = self.apply(owner.user, step.clone(), now).await?;
        match answer.cart().frozen {
            Some(Freeze::Merge(into)) if !answer.done() => {
                self.merge(owner.user, Owner { user: into, guest: false }).await?;
                refusal(self.apply(owner.user, step, now).await?)
            }
            _ => refusal(answer),
        }
    }

    async fn apply(
        &self,
        user: UserId,
        step: Step,
        at: Timestamp,
    ) -> Result<CartAnswer, CartError> {
        Ok(one(self.carts.apply(vec![CartIntent { user, at, step }]).await)?)
    }

    async fn offering_price(&self, offer: OfferId) -> Result<Money, CartError> {
        let offering = self.prices.offerings(&[offer]).await?.pop().flatten();
        Ok(offering.ok_or(CartError::NoOffer)?.price)
    }
}

/// Forgets the lines of carts past their time, a piece at a call, round after round.
pub struct CartSweep {
    carts: Arc<dyn Carts>,
    clock: Arc<dyn Clock>,
    /// The last cart that was looked at in this round.
    after: Mutex<Option<UserId>>,
}

impl CartSweep {
    /// Begins with the first cart.
    #[must_use]
    pub const fn new(carts: Arc<dyn Carts>, clock: Arc<dyn Clock>) -> Self {
        Self { carts, clock, after: Mutex::new(None) }
    }

    /// Looks at no more than `limit` carts; `true` while the round goes on.
    ///
    /// # Errors
    /// The store; the next call tries the same piece again.
    pub async fn piece(&self, limit: u32) -> Result<bool, PortError> {
        let after = *self.place();
        let swept = self.carts.sweep(self.clock.now(), after, limit).await?;
        *self.place() = swept.next;
        Ok(swept.next.is_some())
    }

    fn place(&self) -> MutexGuard<'_, Option<UserId>> {
        // A place is never half written.
        self.after.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn allowed(quantity: u32) -> Result<(), CartError> {
    if quantity == 0 || quantity > rules::MAX_QUANTITY { Err(CartError::Quantity) } else { Ok(()) }
}

fn refusal(answer: CartAnswer) -> Result<Done, CartError> {
    match answer {
        CartAnswer::Changed(cart, notices) => Ok((cart, notices)),
        CartAnswer::Stale(cart) => Err(CartError::Changed(Box::new(cart))),
        CartAnswer::Frozen(cart) => Err(CartError::Frozen(Box::new(cart))),
        CartAnswer::Full(_) => Err(CartError::Full),
        CartAnswer::NoLine(_) => Err(CartError::NoLine),
    }
}

#[cfg(test)]
#[path = "service_tests.rs"]
mod tests;

//! Buying: from a cart through a checkout, or at once.

use super::{Placing, Saga};
use crate::{
    Answer, Begin, BeginRefusal, Begun, BillTo, CheckoutRecord, Claimed, HoldStep, Lease, Order,
    OrderNumber, OrderState, PlaceRefusal, ShipTo, StartCheckout, Started, Subject, request_digest,
};
use souk_cart::CartIntent;
use souk_inventory::{PinHold, TakeHold, Want};
use souk_kernel::{
    CheckoutId, Claim, ClaimKey, Money, OrderId, PaymentId, Sku, Timestamp, UserId, one,
};
use souk_payments::{Method, StartAttempt};
use souk_pricing::{Destination, Quote, ShippingMethod};
use std::sync::Arc;

/// So many of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuyerLine {
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
}

/// Buy at once, without a cart.
#[derive(Debug, Clone)]
pub struct BuyNow {
    /// Who, and the request's key.
    pub key: ClaimKey,
    /// What.
    pub lines: Vec<BuyerLine>,
    /// Where to.
    pub ship_to: Arc<ShipTo>,
    /// How fast.
    pub shipping: ShippingMethod,
    /// The gateway's token.
    pub token: String,
    /// How.
    pub method: Method,
    /// The total that the shopper saw last.
    pub shown: Money,
}

/// Start a checkout: from the shopper's cart, or of given lines.
#[derive(Debug, Clone)]
pub struct StartFromCart {
    /// Who, and the request's key.
    pub key: ClaimKey,
    /// Where to.
    pub ship_to: Arc<ShipTo>,
    /// How fast.
    pub shipping: ShippingMethod,
}

/// Pay a checkout.
#[derive(Debug, Clone)]
pub struct Pay {
    /// Who, and the request's key.
    pub key: ClaimKey,
    /// Which checkout.
    pub checkout: CheckoutId,
    /// The gateway's token.
    pub token: String,
    /// How.
    pub method: Method,
    /// The total that the shopper saw last.
    pub shown: Money,
}

/// What the one who placed an order is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The order.
    pub order: OrderId,
    /// Its number.
    pub number: OrderNumber,
    /// Its checkout.
    pub checkout: CheckoutId,
    /// What is charged.
    pub total: Money,
    /// How it ended, as far as is known.
    pub answer: Answer,
}

impl Saga {
    /// What would be charged.
    ///
    /// # Errors
    /// Nothing to buy; an offer that is not for sale; amounts that can't be computed.
    pub async fn quote(
        &self,
        lines: &[BuyerLine],
        destination: &Destination,
        shipping: ShippingMethod,
    ) -> Placing<Quote> {
        if lines.is_empty() {
            return Err(PlaceRefusal::Empty);
        }
        let priced = self.parts.offers.price(lines).await?;
        let buyable = |(line, priced): (&BuyerLine, _)| match priced {
            Some(priced) => Ok(priced),
            None => Err(PlaceRefusal::NotBuyable(line.sku)),
        };
        let priced = lines.iter().zip(priced).map(buyable).collect::<Result<Vec<_>, _>>()?;
        let now = self.parts.clock.now();
        Ok(self.parts.tables.quote(&priced, destination, shipping, now)?)
    }

    /// Buys at once: prices, holds, authorizes, confirms.
    ///
    /// # Errors
    /// See [`PlaceRefusal`]; only `Declined` and `InFlight` leave an order behind.
    pub async fn buy_now(&self, ask: BuyNow) -> Placing<Placed> {
        let request = buy_now_digest(&ask);
        match self.begin_now(&ask, request).await {
            Ok(begin) => self.place(begin).await,
            Err(refusal) => self.placed_before(&ask.key, request, refusal).await,
        }
    }

    async fn begin_now(&self, ask: &BuyNow, request: [u8; 16]) -> Placing<Begin> {
        let destination = destination(&ask.ship_to)?;
        let quote = self.quote(&ask.lines, &destination, ask.shipping).await?;
        if quote.total != ask.shown {
            return Err(PlaceRefusal::TotalChanged { total: quote.total });
        }
        let user = ask.key.principal;
        let checkout = self.parts.mint.mint(user.bucket());
        let order = self.parts.mint.mint(user.bucket());
        let at = self.parts.clock.now();
        let deadline = at.plus_ms(self.parts.settings.patience_ms(ask.method));
        let wants = wants(&quote);
        let hold = HoldStep::Take(TakeHold { checkout, wants, deadline, pinned_by: Some(order) });
        Ok(Begin {
            order,
            user,
            checkout,
            claim: Claim { key: ask.key.clone(), request, at },
            payment: self.attempt(order, user, quote.total, (&ask.token, ask.method), at),
            transfers_max: self.parts.settings.transfers_max(ask.method),
            quote: Arc::new(quote),
            ship_to: Arc::clone(&ask.ship_to),
            hold,
            cart: None,
            lease: self.lease(at),
            deadline,
            at,
        })
    }

    /// Starts a checkout: freezes the cart's content and prices, and holds the stock.
    ///
    /// # Errors
    /// See [`PlaceRefusal`]; nothing was changed.
    pub async fn start_checkout(&self, ask: StartFromCart) -> Placing<CheckoutRecord> {
        let key = ask.key.clone();
        let body = format!("{:?}{:?}", ask.ship_to, ask.shipping);
        let request = request_digest("start_checkout", body.as_bytes());
        let started = match self.cart_of(&ask).await {
            Ok((version, lines)) => self.start(ask, &lines, Some(version), request).await,
            Err(refusal) => Err(refusal),
        };
        match started {
            Ok(record) => Ok(record),
            Err(refusal) => self.started_before(&key, request, refusal).await,
        }
    }

    /// Starts a checkout of these lines alone; the shopper's cart stays as it is.
    ///
    /// # Errors
    /// See [`PlaceRefusal`]; nothing was changed.
    pub async fn start_checkout_of(
        &self,
        ask: StartFromCart,
        lines: &[BuyerLine],
    ) -> Placing<CheckoutRecord> {
        let key = ask.key.clone();
        let body = format!("{lines:?}{:?}{:?}", ask.ship_to, ask.shipping);
        let request = request_digest("start_checkout_of", body.as_bytes());
        match self.start(ask, lines, None, request).await {
            Ok(record) => Ok(record),
            Err(refusal) => self.started_before(&key, request, refusal).await,
        }
    }

    async fn cart_of(&self, ask: &StartFromCart) -> Placing<(u64, Vec<BuyerLine>)> {
        let cart = self.parts.carts.get(ask.key.principal).await?.ok_or(PlaceRefusal::Empty)?;
        let line = |line: &souk_cart::Line| BuyerLine { sku: line.offer, quantity: line.quantity };
        Ok((cart.version, cart.lines.iter().map(line).collect()))
    }

    /// As [`Self::placed_before`]: by now the cart may be empty or another one, the stock be gone,
    /// *because* the first request succeeded.
    async fn started_before(
        &self,
        key: &ClaimKey,
        request: [u8; 16],
        refusal: PlaceRefusal,
    ) -> Placing<CheckoutRecord> {
        match self.parts.orders.claimed(key).await? {
            None => Err(refusal),
            Some(Claimed { request: first, subject: Subject::Checkout(id) })
                if first == request =>
            {
                self.checkout(key.principal, id).await
            }
            Some(_) => Err(PlaceRefusal::KeyReused),
        }
    }

    async fn start(
        &self,
        ask: StartFromCart,
        lines: &[BuyerLine],
        cart_version: Option<u64>,
        request: [u8; 16],
    ) -> Placing<CheckoutRecord> {
        let user = ask.key.principal;
        let quote = self.quote(lines, &destination(&ask.ship_to)?, ask.shipping).await?;
        let at = self.parts.clock.now();
        let record = CheckoutRecord {
            id: self.parts.mint.mint(user.bucket()),
            user,
            cart_version,
            quote: Arc::new(quote),
            ship_to: ask.ship_to,
            deadline: at.plus_ms(self.parts.settings.hold_ms),
            created_at: at,
        };
        let hold = TakeHold {
            checkout: record.id,
            wants: wants(&record.quote),
            deadline: record.deadline,
            pinned_by: None,
        };
        let claim = Claim { key: ask.key, request, at };
        let start = StartCheckout { record: record.clone(), claim, hold };
        match one(self.parts.orders.start(vec![start]).await)? {
            Started::Fresh => Ok(record),
            Started::Before(id) => self.checkout(user, id).await,
        }
    }

    /// A shopper's own checkout.
    ///
    /// # Errors
    /// No such checkout of this shopper.
    pub async fn checkout(&self, user: UserId, id: CheckoutId) -> Placing<CheckoutRecord> {
        let found = self.parts.orders.checkout(id).await?;
        found.filter(|c| c.user == user).ok_or(PlaceRefusal::NotFound("checkout"))
    }

    /// Pays a checkout: pins its stock, authorizes, confirms.
    ///
    /// # Errors
    /// See [`PlaceRefusal`]; only `Declined` and `InFlight` leave an order behind.
    pub async fn pay(&self, ask: Pay) -> Placing<Placed> {
        let request = pay_digest(&ask);
        match self.begin_pay(&ask, request).await {
            Ok(begin) => self.place(begin).await,
            Err(refusal) => self.placed_before(&ask.key, request, refusal).await,
        }
    }

    async fn begin_pay(&self, ask: &Pay, request: [u8; 16]) -> Placing<Begin> {
        let user = ask.key.principal;
        let checkout = self.checkout(user, ask.checkout).await?;
        if checkout.quote.total != ask.shown {
            return Err(PlaceRefusal::TotalChanged { total: checkout.quote.total });
        }
        if let Some(sku) = self.parts.offers.withdrawn(&checkout.quote).await? {
            return Err(PlaceRefusal::NotBuyable(sku));
        }
        let order = self.parts.mint.mint(user.bucket());
        let at = self.parts.clock.now();
        let deadline = match ask.method {
            Method::Card => checkout.deadline.max(at),
            other => at.plus_ms(self.parts.settings.patience_ms(other)),
        };
        let freeze = |version| (version, CartIntent::freeze(user, version, order, at));
        Ok(Begin {
            order,
            user,
            checkout: checkout.id,
            claim: Claim { key: ask.key.clone(), request, at },
            payment: self.attempt(order, user, checkout.quote.total, (&ask.token, ask.method), at),
            transfers_max: self.parts.settings.transfers_max(ask.method),
            quote: checkout.quote,
            ship_to: checkout.ship_to,
            hold: HoldStep::Pin(PinHold { checkout: checkout.id, order }),
            cart: checkout.cart_version.map(freeze),
            lease: self.lease(at),
            deadline,
            at,
        })
    }

    async fn place(&self, begin: Begin) -> Placing<Placed> {
        let request = begin.claim.request;
        let key = begin.claim.key.clone();
        match one(self.parts.orders.begin(vec![begin.clone()]).await) {
            Ok(Begun::Fresh(order)) => answered(&self.run(*order, begin.payment.payment()).await?),
            Ok(Begun::Before(order)) => answered(&order),
            Err(BeginRefusal::KeyReused) => Err(PlaceRefusal::KeyReused),
            Err(refusal) => self.placed_before(&key, request, refusal.into()).await,
        }
    }

    /// A refusal is the answer only if the key was not answered before: by then the price may have
    /// changed, the stock be gone, the checkout be paid, *because* the first request succeeded.
    async fn placed_before(
        &self,
        key: &ClaimKey,
        request: [u8; 16],
        refusal: PlaceRefusal,
    ) -> Placing<Placed> {
        let Some(claimed) = self.parts.orders.claimed(key).await? else {
            return Err(refusal);
        };
        let order = match claimed.subject {
            Subject::Order(order) if claimed.request == request => order,
            _ => return Err(PlaceRefusal::KeyReused),
        };
        let found = self.parts.orders.order(order).await?;
        let found = found.ok_or(PlaceRefusal::NotFound("order"))?;
        // A begin that was undone meanwhile gave its key back: nothing was answered under it.
        if found.state == OrderState::Cancelled
            && self.parts.orders.claimed(key).await? != Some(claimed)
        {
            return Err(refusal);
        }
        answered(&found)
    }

    pub(super) fn attempt(
        &self,
        order: OrderId,
        user: UserId,
        amount: Money,
        (token, method): (&str, Method),
        at: Timestamp,
    ) -> StartAttempt {
        let id: PaymentId = self.parts.mint.mint(user.bucket());
        let gateway = self.parts.gateway.name();
        StartAttempt { id, order, user, amount, method, gateway, token: token.into(), at }
    }

    pub(super) fn lease(&self, now: Timestamp) -> Lease {
        let settings = &self.parts.settings;
        Lease { owner: settings.owner, until: now.plus_ms(settings.lease_ms) }
    }
}

fn placed(order: &Order, answer: Answer) -> Placing<Placed> {
    if let Answer::Declined { reason } = answer {
        return Err(PlaceRefusal::Declined { order: order.id, checkout: order.checkout, reason });
    }
    Ok(Placed {
        order: order.id,
        number: order.number(),
        checkout: order.checkout,
        total: order.total(),
        answer,
    })
}

/// What was recorded as the answer; while nothing was, the key is in flight.
fn answered(order: &Order) -> Placing<Placed> {
    match order.answer.clone() {
        Some(answer) => placed(order, answer),
        None => Err(PlaceRefusal::InFlight(order.id)),
    }
}

pub(super) fn wants(quote: &Quote) -> Vec<Want> {
    quote.lines.iter().map(|l| Want { sku: l.item.sku, quantity: l.item.quantity }).collect()
}

/// Where tax and shipping are computed for.
pub(crate) fn destination(ship_to: &ShipTo) -> Placing<Destination> {
    let country = ship_to.country.parse().map_err(|_| PlaceRefusal::NotFound("country"))?;
    Ok(Destination {
        country,
        region: ship_to.region.clone(),
        postal_code: ship_to.postal_code.clone(),
    })
}

fn buy_now_digest(ask: &BuyNow) -> [u8; 16] {
    let mut body = Vec::with_capacity(128);
    for line in &ask.lines {
        body.extend_from_slice(line.sku.bytes());
        body.extend_from_slice(&line.quantity.to_be_bytes());
    }
    body.extend_from_slice(ask.shipping.name().as_bytes());
    push(&mut body, Some(&ask.token));
    push_place(&mut body, &ask.ship_to);
    push_method(&mut body, ask.method);
    request_digest("buy_now", &body)
}

/// A field, told apart from the next and from one that is not there.
fn push(body: &mut Vec<u8>, field: Option<&str>) {
    body.push(u8::from(field.is_some()));
    body.extend_from_slice(field.unwrap_or_default().as_bytes());
    body.push(0);
}

/// Where it goes, whom it is for and who pays: all that the order keeps of it.
fn push_place(body: &mut Vec<u8>, to: &ShipTo) {
    let ShipTo { name, line1, line2, city, postal_code, region, country, email, bill_to } = to;
    push_address(body, &[name, line1, city, postal_code, country, email], [line2, region]);
    if let Some(BillTo { name, line1, line2, city, postal_code, region, country }) = bill_to {
        push_address(body, &[name, line1, city, postal_code, country], [line2, region]);
    }
}

fn push_address(body: &mut Vec<u8>, said: &[&String], perhaps: [&Option<String>; 2]) {
    said.iter().for_each(|field| push(body, Some(field)));
    perhaps.into_iter().for_each(|field| push(body, field.as_deref()));
}

fn pay_digest(ask: &Pay) -> [u8; 16] {
    let mut body = ask.checkout.bytes().to_vec();
    body.extend_from_slice(ask.token.as_bytes());
    push_method(&mut body, ask.method);
    request_digest("pay", &body)
}

/// Another way to pay is another request; a card is what is meant where nothing is said.
fn push_method(body: &mut Vec<u8>, method: Method) {
    if method != Method::Card {
        body.push(0);
        body.extend_from_slice(method.name().as_bytes());
    }
}

#[cfg(test)]
#[path = "checkout_tests.rs"]
mod tests;

//! What the cases share: a small shop to buy in.

use super::{Fixture, START};
use crate::rules::Stamp;
use crate::{
    Actor, Begin, BeginRefusal, Begun, CheckoutRecord, HoldStep, Lease, Order, OrderState, Settle,
    SettleRefusal, ShipTo, StartCheckout, Started,
};
use souk_cart::{Cart, CartIntent, Line, Step};
use souk_inventory::{Hold, HoldState, Level, PinHold, StockIntent, TakeHold, Want};
use souk_kernel::{
    Bucket, CheckoutId, Claim, ClaimKey, Currency, Event, Id, LANES, MINUTE_MS, ManualClock, Mint,
    Money, OrderId, SECOND_MS, SeededEntropy, Seq, Sku, Timestamp, UserId, one,
};
use souk_payments::{Method, Payment, StartAttempt};
use souk_pricing::{Country, Destination, PricedLine, Pricing, Quote, ShippingMethod, TaxClass};
use std::sync::Arc;

/// How long a checkout's hold lasts.
pub(super) const HOLD_MS: i64 = 15 * MINUTE_MS;
/// How long a saga's owner has it.
pub(super) const LEASE_MS: i64 = 60 * SECOND_MS;

pub(super) struct Bench {
    pub(super) at: Fixture,
    mint: Mint,
    prices: Pricing,
}

pub(super) fn key(user: UserId, key: &str) -> ClaimKey {
    ClaimKey { principal: user, key: key.into() }
}

impl Bench {
    pub(super) fn new(at: Fixture, seed: u64) -> Self {
        // Ids don't follow the case's clock, which may jump.
        let mint = Mint::new(Arc::new(ManualClock::at(START)), Arc::new(SeededEntropy::new(seed)));
        Self { at, mint, prices: Pricing::default_shop(Currency::Eur) }
    }

    pub(super) fn id<N>(&self) -> Id<N> {
        self.mint.mint(Bucket::of(7))
    }

    pub(super) fn now(&self) -> Timestamp {
        use souk_kernel::Clock;
        self.at.clock.now()
    }

    pub(super) fn lease(&self, owner: u64) -> Lease {
        Lease { owner, until: self.now().plus_ms(LEASE_MS) }
    }

    pub(super) fn stamp(&self) -> Stamp {
        Stamp { by: Actor::Saga, at: self.now(), lease: self.lease(1) }
    }

    /// A fresh SKU with so many in one warehouse.
    pub(super) async fn stocked(&self, quantity: u32) -> Sku {
        let (sku, warehouse) = (self.id(), self.id());
        let open = StockIntent::Open { sku, warehouse, quantity };
        one(self.at.stock.apply(vec![open]).await).expect("a level is opened");
        sku
    }

    pub(super) async fn stock(&self, intent: StockIntent) {
        one(self.at.stock.apply(vec![intent]).await).expect("stock moves");
    }

    pub(super) async fn level(&self, sku: Sku) -> Level {
        self.at.stock.levels(sku).await.expect("the store works")[0].level
    }

    fn quote(&self, lines: &[(Sku, u32)]) -> Arc<Quote> {
        let line = |&(sku, quantity): &(Sku, u32)| PricedLine {
            sku,
            product: Id::from_uuid(sku.uuid()),
            variant: Id::from_uuid(sku.uuid()),
            seller: Id::from_uuid(sku.uuid()),
            title: Arc::from("Kopfhörer \"Stille\", 'schwarz'"),
            quantity,
            unit_price: Money::new(12_99, Currency::Eur),
            tax_class: TaxClass::Standard,
            weight_g: 250,
            image: None,
        };
        let lines: Vec<_> = lines.iter().map(line).collect();
        let there = Destination::country(Country::of(b"DE"));
        let quote = self.prices.quote(&lines, &there, ShippingMethod::Standard, START);
        Arc::new(quote.expect("a quote"))
    }

    fn ship_to(&self) -> Arc<ShipTo> {
        Arc::new(ShipTo {
            name: "Åsa O'Neil".into(),
            line1: "Große Straße 1".into(),
            city: "Köln".into(),
            postal_code: "50667".into(),
            country: "DE".into(),
            email: "asa@example.com".into(),
            ..ShipTo::default()
        })
    }

    fn begin_with(
        &self,
        claim: Claim,
        checkout: CheckoutId,
        quote: Arc<Quote>,
        hold: impl FnOnce(OrderId) -> HoldStep,
        deadline: Timestamp,
    ) -> Begin {
        let (order, user, at) = (self.id(), claim.key.principal, self.now());
        let payment = StartAttempt {
            id: self.id(),
            order,
            user,
            amount: quote.total,
            method: Method::Card,
            gateway: "sandbox",
            token: "tok_approve".into(),
            at,
        };
        Begin {
            order,
            user,
            checkout,
            claim,
            quote,
            ship_to: self.ship_to(),
            hold: hold(order),
            cart: None,
            payment,
            transfers_max: None,
            lease: self.lease(1),
            deadline,
            at,
        }
    }

    /// Buy Now, under a key, with a request's digest.
    pub(super) fn buy_now(&self, key: &ClaimKey, request: u8, lines: &[(Sku, u32)]) -> Begin {
        let checkout: CheckoutId = self.id();
        let deadline = self.now().plus_ms(HOLD_MS);
        let wants = lines.iter().map(|&(sku, quantity)| Want { sku, quantity }).collect();
        let take =
            |order| HoldStep::Take(TakeHold { checkout, wants, deadline, pinned_by: Some(order) });
        self.begin_with(self.claim(key, request), checkout, self.quote(lines), take, deadline)
    }

    /// Buy Now by a fresh shopper.
    pub(super) fn buy(&self, sku: Sku, quantity: u32) -> Begin {
        self.buy_now(&key(self.id(), "k"), 1, &[(sku, quantity)])
    }

    pub(super) fn claim(&self, key: &ClaimKey, request: u8) -> Claim {
        Claim { key: key.clone(), request: [request; 16], at: self.now() }
    }

    /// The start of a checkout.
    pub(super) fn starting(&self, key: &ClaimKey, lines: &[(Sku, u32)]) -> StartCheckout {
        let at = self.now();
        let record = CheckoutRecord {
            id: self.id(),
            user: key.principal,
            cart_version: None,
            quote: self.quote(lines),
            ship_to: self.ship_to(),
            deadline: at.plus_ms(HOLD_MS),
            created_at: at,
        };
        let wants = lines.iter().map(|&(sku, quantity)| Want { sku, quantity }).collect();
        let deadline = record.deadline;
        let hold = TakeHold { checkout: record.id, wants, deadline, pinned_by: None };
        StartCheckout { record, claim: self.claim(key, 9), hold }
    }

    /// A try to pay a checkout.
    pub(super) fn pay(&self, checkout: &CheckoutRecord, key: &ClaimKey) -> Begin {
        let pin = |order| HoldStep::Pin(PinHold { checkout: checkout.id, order });
        let quote = Arc::clone(&checkout.quote);
        let mut begin =
            self.begin_with(self.claim(key, 2), checkout.id, quote, pin, checkout.deadline);
        let freeze =
            |version| (version, CartIntent::freeze(begin.user, version, begin.order, begin.at));
        begin.cart = checkout.cart_version.map(freeze);
        begin
    }

    pub(super) async fn start(&self, start: StartCheckout) -> Result<Started, BeginRefusal> {
        one(self.at.orders.start(vec![start]).await)
    }

    /// A checkout that holds its stock.
    pub(super) async fn started(&self, user: UserId, sku: Sku, quantity: u32) -> CheckoutRecord {
        let start = self.starting(&key(user, &self.id::<()>().to_string()), &[(sku, quantity)]);
        let record = start.record.clone();
        assert_eq!(self.start(start).await, Ok(Started::Fresh));
        record
    }

    pub(super) async fn begin(&self, begin: &Begin) -> Result<Begun, BeginRefusal> {
        one(self.at.orders.begin(vec![begin.clone()]).await)
    }

    /// Begins, freshly.
    pub(super) async fn begun(&self, begin: &Begin) -> Order {
        match self.begin(begin).await {
            Ok(Begun::Fresh(order)) => *order,
            other => panic!("a fresh order was expected: {other:?}"),
        }
    }

    pub(super) async fn settle(&self, settle: Settle) -> Result<u64, SettleRefusal> {
        one(self.at.orders.settle(vec![settle]).await)
    }

    /// Settles, and the order afterwards.
    pub(super) async fn settled(&self, settle: Settle) -> Order {
        let (id, expected) = (settle.order, settle.expected_version + 1);
        let shown = format!("{settle:?}");
        let version = self.settle(settle).await;
        assert_eq!(version, Ok(expected), "{shown}");
        self.order(id).await
    }

    pub(super) async fn find(&self, id: OrderId) -> Option<Order> {
        self.at.orders.order(id).await.expect("the store works")
    }

    pub(super) async fn order(&self, id: OrderId) -> Order {
        self.find(id).await.expect("there is an order")
    }

    pub(super) async fn payment(&self, order: &Order) -> Payment {
        let payment = self.at.payments.payment(order.payment).await.expect("the store works");
        payment.expect("there is a payment")
    }

    pub(super) async fn hold(&self, checkout: CheckoutId) -> Hold {
        let hold = self.at.stock.hold(checkout).await.expect("the store works");
        hold.expect("there is a hold")
    }

    pub(super) async fn hold_is(&self, order: &Order, state: HoldState) {
        assert_eq!(self.hold(order.checkout).await.state, state);
    }

    pub(super) async fn cart(&self, user: UserId) -> Cart {
        self.at.carts.get(user).await.expect("the store works").expect("there is a cart")
    }

    pub(super) async fn add_to_cart(&self, user: UserId, offer: Sku, quantity: u32) -> Cart {
        let price = Money::new(12_99, Currency::Eur);
        let line = Line { offer, quantity, price, added_at: self.now() };
        let keep_until = self.now().plus_ms(souk_kernel::DAY_MS);
        let step = Step::Add { line, expected_version: None, keep_until };
        let intent = CartIntent { user, at: self.now(), step };
        one(self.at.carts.apply(vec![intent]).await).expect("the store works").cart().clone()
    }

    /// Every fact that waits.
    pub(super) async fn facts(&self) -> Vec<(Seq, Event)> {
        let lanes: Vec<u16> = (0..LANES).collect();
        self.at.outbox.pending(&lanes, usize::MAX).await.expect("the store works")
    }

    /// A refused begin left nothing that counts.
    pub(super) async fn left_nothing(&self, begin: &Begin) {
        match self.find(begin.order).await {
            None => {}
            Some(order) if !self.at.co_located => {
                assert_eq!(order.state, OrderState::Cancelled, "never half an order");
            }
            Some(order) => panic!("a refused begin left an order: {order:?}"),
        }
        assert_eq!(self.at.orders.claimed(&begin.claim.key).await, Ok(None), "its key is free");
        let open = self.at.payments.payment(begin.payment.id).await.expect("the store works");
        let declined = souk_payments::PaymentState::Declined;
        assert!(open.is_none_or(|p| p.state == declined), "no attempt is open");
        assert_eq!(self.facts().await, vec![], "nobody is told");
    }
}

//! The split purchase, cut off at every write to a store beside the orders' records, before or after
//! that write took effect: what is finished later leaves no hold, attempt or cart behind.

use async_trait::async_trait;
use futures_util::FutureExt;
use souk_cart::{Cart, CartAnswer, CartIntent, Carts, Line, Step, Swept};
use souk_inventory::{
    Entry, Hold, HoldState, PinHold, Stock, StockAnswer, StockIntent, StockRefusal, TakeHold, Want,
    WarehouseLevel,
};
use souk_kernel::{
    Answers, CheckoutId, Claim, ClaimKey, Clock, Currency, DAY_MS, Id, LANES, ManualClock, Money,
    OrderId, Outbox, PaymentId, PortError, Sku, Timestamp, UserId, one,
};
use souk_memory::orders::SplitShop;
use souk_orders::rules::{Stamp, abandon, confirm};
use souk_orders::split::SplitOrders;
use souk_orders::{
    Actor, Begin, Begun, CheckoutRecord, HoldStep, Lease, OrderState, Orders, ShipTo, StartCheckout,
};
use souk_payments::{
    Method, Payment, PaymentIntent, PaymentRefusal, PaymentState, Payments, Refund, RefundPlace,
    StartAttempt,
};
use souk_pricing::{Country, Destination, PricedLine, Pricing, ShippingMethod, TaxClass};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const AT: Timestamp = Timestamp(1_790_000_000_000);

/// Counts the writes to the stores around the record; the one that is due crashes the process.
struct Fuse {
    calls: AtomicUsize,
    at: usize,
    after: bool,
}

impl Fuse {
    /// Whether this call has its effect, and whether the process lives on. From the crash on, nothing
    /// reaches any store.
    fn burn(&self) -> (bool, bool) {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        (call < self.at || call == self.at && self.after, call < self.at)
    }
}

fn crashed() -> PortError {
    PortError::Timeout("the process is gone".into())
}

/// A store behind a fuse.
struct Fused<P: ?Sized>(Arc<P>, Arc<Fuse>);

macro_rules! burnt {
    ($self:ident, $batch:ident, $apply:expr) => {{
        let count = $batch.len();
        let (works, lives) = $self.1.burn();
        let answers = if works { $apply($batch).await } else { Vec::new() };
        if lives { answers } else { (0..count).map(|_| Err(crashed().into())).collect() }
    }};
}

#[async_trait]
impl Stock for Fused<dyn Stock> {
    async fn apply(&self, batch: Vec<StockIntent>) -> Answers<StockAnswer, StockRefusal> {
        burnt!(self, batch, |batch| self.0.apply(batch))
    }
    async fn hold(&self, checkout: CheckoutId) -> Result<Option<Hold>, PortError> {
        self.0.hold(checkout).await
    }
    async fn levels(&self, sku: Sku) -> Result<Vec<WarehouseLevel>, PortError> {
        self.0.levels(sku).await
    }
    async fn expired(&self, limit: usize) -> Result<Vec<CheckoutId>, PortError> {
        self.0.expired(limit).await
    }
    async fn ledger(&self, sku: Sku, limit: usize) -> Result<Vec<Entry>, PortError> {
        self.0.ledger(sku, limit).await
    }
}

#[async_trait]
impl Payments for Fused<dyn Payments> {
    async fn apply(&self, batch: Vec<PaymentIntent>) -> Answers<Payment, PaymentRefusal> {
        burnt!(self, batch, |batch| self.0.apply(batch))
    }
    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, PortError> {
        self.0.payment(id).await
    }
    async fn refunds(&self, payment: PaymentId) -> Result<Vec<Refund>, PortError> {
        self.0.refunds(payment).await
    }
    async fn unfinished_refunds(
        &self,
        before: Timestamp,
        after: Option<RefundPlace>,
        limit: usize,
    ) -> Result<Vec<Refund>, PortError> {
        self.0.unfinished_refunds(before, after, limit).await
    }
    async fn of_order(&self, order: OrderId) -> Result<Option<Payment>, PortError> {
        self.0.of_order(order).await
    }

    async fn waiting_transfers(&self, user: UserId) -> Result<u32, PortError> {
        self.0.waiting_transfers(user).await
    }
}

#[async_trait]
impl Carts for Fused<dyn Carts> {
    async fn get(&self, user: UserId) -> Result<Option<Cart>, PortError> {
        self.0.get(user).await
    }
    async fn apply(&self, batch: Vec<CartIntent>) -> Answers<CartAnswer, PortError> {
        burnt!(self, batch, |batch| self.0.apply(batch))
    }
    async fn sweep(
        &self,
        now: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Swept, PortError> {
        self.0.sweep(now, after, limit).await
    }
}

fn id<N>(n: u8) -> Id<N> {
    Id::from_bytes([n; 16])
}

/// A shopper's checkout of a cart, held, and the try to pay it.
struct Story {
    clock: Arc<ManualClock>,
    shop: SplitShop,
    begin: Begin,
}

impl Story {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(AT));
        let shop = SplitShop::new(clock.clone());
        let (user, sku, checkout): (UserId, Sku, CheckoutId) = (id(1), id(2), id(3));
        let open = StockIntent::Open { sku, warehouse: id(4), quantity: 5 };
        now(shop.stock.apply(vec![open]))[0].as_ref().expect("opened");
        let price = Money::new(10_00, Currency::Eur);
        let line = Line { offer: sku, quantity: 2, price, added_at: AT };
        let step = Step::Add { line, expected_version: None, keep_until: AT.plus_ms(DAY_MS) };
        assert!(now(shop.carts.apply(vec![CartIntent { user, at: AT, step }]))[0].is_ok());
        let priced = PricedLine {
            sku,
            product: id(5),
            variant: id(6),
            seller: id(7),
            title: Arc::from("Headphones"),
            quantity: 2,
            unit_price: price,
            tax_class: TaxClass::Standard,
            weight_g: 1,
            image: None,
        };
        let there = Destination::country(Country::of(b"DE"));
        let pricing = Pricing::default_shop(Currency::Eur);
        let quote = pricing.quote(&[priced], &there, ShippingMethod::Standard, AT);
        let (quote, ship_to) = (Arc::new(quote.expect("a quote")), Arc::new(ShipTo::default()));
        let deadline = AT.plus_ms(900_000);
        let claim = |key: &str| Claim {
            key: ClaimKey { principal: user, key: key.into() },
            request: [1; 16],
            at: AT,
        };
        let record = CheckoutRecord {
            id: checkout,
            user,
            cart_version: Some(1),
            quote: Arc::clone(&quote),
            ship_to: Arc::clone(&ship_to),
            deadline,
            created_at: AT,
        };
        let want = Want { sku, quantity: 2 };
        let hold = TakeHold { checkout, wants: vec![want], deadline, pinned_by: None };
        let start = StartCheckout { record, claim: claim("start"), hold };
        assert!(now(shop.orders.start(vec![start]))[0].is_ok());
        let order: OrderId = id(8);
        let begin = Begin {
            order,
            user,
            checkout,
            claim: claim("pay"),
            payment: StartAttempt {
                id: id(9),
                order,
                user,
                amount: quote.total,
                method: Method::Card,
                gateway: "sandbox",
                token: "tok_approve".into(),
                at: AT,
            },
            transfers_max: None,
            quote,
            ship_to,
            hold: HoldStep::Pin(PinHold { checkout, order }),
            cart: Some((1, CartIntent::freeze(user, 1, order, AT))),
            lease: Lease { owner: 1, until: AT.plus_ms(60_000) },
            deadline,
            at: AT,
        };
        Self { clock, shop, begin }
    }

    /// The purchase, by a process that crashes at its `at`-th write to a store beside the records.
    fn process(&self, at: usize, after: bool) -> (SplitOrders, Arc<Fuse>) {
        let fuse = Arc::new(Fuse { calls: AtomicUsize::new(0), at, after });
        let stock: Arc<dyn Stock> = self.shop.stock.clone();
        let payments: Arc<dyn Payments> = self.shop.payments.clone();
        let carts: Arc<dyn Carts> = self.shop.carts.clone();
        let orders = SplitOrders {
            records: self.shop.records.clone(),
            stock: Arc::new(Fused(stock, Arc::clone(&fuse))),
            payments: Arc::new(Fused(payments, Arc::clone(&fuse))),
            carts: Arc::new(Fused(carts, Arc::clone(&fuse))),
            clock: self.clock.clone(),
        };
        (orders, fuse)
    }

    fn stamp(&self) -> Stamp {
        let at = self.clock.now();
        Stamp { by: Actor::Recovery, at, lease: Lease { owner: 2, until: at.plus_ms(60_000) } }
    }

    fn facts(&self) -> Vec<String> {
        let lanes: Vec<u16> = (0..LANES).collect();
        let waiting = now(self.shop.records.pending(&lanes, 100)).expect("memory works");
        waiting.into_iter().map(|(_, event)| event.kind).collect()
    }

    /// How everything stands: order, hold, payment, cart.
    fn stands(&self) -> (OrderState, HoldState, Option<PaymentState>, bool) {
        let order = self.shop.records.orders().order(self.begin.order).expect("an order").clone();
        let hold = self.shop.stock.rows().hold(self.begin.checkout).expect("a hold").state;
        let payment = self.shop.payments.rows().payment(self.begin.payment.id).map(|p| p.state);
        let cart = now(self.shop.carts.get(self.begin.user)).expect("memory works");
        (order.state, hold, payment, cart.expect("a cart").frozen.is_some())
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("memory never waits")
}

#[test]
fn a_begin_that_crashed_is_abandoned_whole() {
    let mut reached = 0;
    for at in 0..4 {
        for after in [false, true] {
            let story = Story::new();
            let (orders, fuse) = story.process(at, after);
            let begun = one(now(orders.begin(vec![story.begin.clone()])));
            if fuse.calls.load(Ordering::SeqCst) <= at {
                assert!(matches!(begun, Ok(Begun::Fresh(_))), "past the last call");
                continue;
            }
            reached += 1;
            assert!(begun.is_err(), "call {at}");
            story.clock.advance(60_000);
            let orders = &story.shop.orders;
            for order in now(orders.due(10)).expect("memory works") {
                let order = now(orders.order(order)).expect("memory works").expect("due");
                let step = abandon(&order, false, story.stamp());
                one(now(orders.settle(vec![step]))).expect("recovery abandons");
            }
            let (order, hold, payment, frozen) = story.stands();
            let what = format!("call {at}, after its effect: {after}");
            assert_eq!(
                (order, hold, frozen),
                (OrderState::Cancelled, HoldState::Held, false),
                "{what}"
            );
            assert!(payment.is_none_or(|p| p == PaymentState::Declined), "{what}: {payment:?}");
            assert_eq!(now(orders.due(10)), Ok(vec![]), "{what}: nothing is left to do");
        }
    }
    assert_eq!(reached, 6, "stock, cart, payment: before and after each");
}

#[test]
fn a_confirmation_that_crashed_is_finished() {
    for at in 0..3 {
        for after in [false, true] {
            let story = Story::new();
            let begun = one(now(story.shop.orders.begin(vec![story.begin.clone()])));
            let Ok(Begun::Fresh(order)) = begun else { panic!("{begun:?}") };
            let payment = story.begin.payment.payment();
            let (orders, _) = story.process(at, after);
            let step = confirm(&order, &payment, Some("pay_1".into()), story.stamp());
            let what = format!("call {at}, after its effect: {after}");
            assert_eq!(one(now(orders.settle(vec![step]))), Ok(order.version + 1), "{what}");
            assert_eq!(story.stands().0, OrderState::Confirmed, "the commit point: {what}");
            assert_eq!(
                story.facts(),
                [""; 0],
                "nobody hears of what is not true everywhere: {what}"
            );
            assert_eq!(now(story.shop.orders.due(10)), Ok(vec![]), "{what}");
            let (order, hold, payment, frozen) = story.stands();
            assert_eq!((order, hold), (OrderState::Confirmed, HoldState::Committed), "{what}");
            assert_eq!((payment, frozen), (Some(PaymentState::Authorized), false), "{what}");
            assert_eq!(story.facts(), ["order.confirmed"], "{what}");
        }
    }
}

//! A gateway's message meets its own answer, comes before our record, comes again and again: whatever
//! it says, the order is confirmed once and nothing moves twice.

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_inventory::StockIntent;
use souk_kernel::{
    Bucket, ClaimKey, Currency, DAY_MS, ManualClock, Mint, Money, OrderId, SECOND_MS,
    SeededEntropy, Sku, UserId, one,
};
use souk_memory::inbox::MemoryInbox;
use souk_orders::{
    Answer, BuyNow, BuyerLine, InboxWorker, Order, OrderState, Placed, Saga, SagaParts,
    SagaSettings,
};
use souk_payments::{
    Authorization, Authorize, Gateway, GatewayError, GatewayPayment, Inbox, Message, Method,
    reference,
};
use souk_pricing::{Country, Destination, Pricing, ShippingMethod};
use souk_simulator::exec::EPOCH;
use souk_simulator::fleet::SimOffers;
use souk_simulator::gateway::SimGateway;
use souk_simulator::shopper::ship_to;
use souk_simulator::stores::Base;
use souk_simulator::waiting::block_on;
use std::sync::{Arc, OnceLock};

/// A shop with one thing to sell, and an inbox.
struct Shop {
    clock: Arc<ManualClock>,
    base: Base,
    there: Arc<SimGateway>,
    saga: Saga,
    inbox: Arc<MemoryInbox>,
    sku: Sku,
    user: UserId,
}

/// The gateway; its message is worked between its yes and our hearing of it.
struct Overtaken {
    there: Arc<SimGateway>,
    worker: Arc<OnceLock<InboxWorker>>,
    inbox: Arc<MemoryInbox>,
    /// What the message's worker left.
    seen: Arc<Mutex<Option<usize>>>,
}

#[async_trait]
impl Gateway for Overtaken {
    fn name(&self) -> &'static str {
        self.there.name()
    }
    fn key_lifetime_ms(&self) -> i64 {
        self.there.key_lifetime_ms()
    }
    async fn authorize(&self, request: Authorize) -> Result<Authorization, GatewayError> {
        let name = request.reference.clone();
        let answer = self.there.authorize(request).await;
        if let Some(worker) = self.worker.get() {
            keep(&self.inbox, "evt_early", &name);
            worker.work(10).await.expect("memory works");
            *self.seen.lock() = Some(waiting(&self.inbox));
        }
        answer
    }
    async fn capture(&self, at: &str, amount: Money, key: &str) -> Result<(), GatewayError> {
        self.there.capture(at, amount, key).await
    }
    async fn void(&self, reference: &str, key: &str) -> Result<(), GatewayError> {
        self.there.void(reference, key).await
    }
    async fn refund(&self, at: &str, amount: Money, key: &str) -> Result<(), GatewayError> {
        self.there.refund(at, amount, key).await
    }
    async fn has_refunded(&self, at: &str, key: &str) -> Result<bool, GatewayError> {
        self.there.has_refunded(at, key).await
    }
    async fn look_up(&self, reference: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        self.there.look_up(reference).await
    }
}

fn keep(inbox: &MemoryInbox, event: &str, reference: &str) -> bool {
    let message = Message {
        provider: "simulated".into(),
        event: event.into(),
        kind: "authorization.succeeded".into(),
        reference: reference.into(),
        at: EPOCH,
    };
    one(block_on(inbox.keep(vec![message]))).expect("memory works")
}

/// Messages that are not done, whenever they are due.
fn waiting(inbox: &MemoryInbox) -> usize {
    block_on(inbox.due(EPOCH.plus_ms(100 * DAY_MS), 100)).expect("memory works").len()
}

impl Shop {
    fn open() -> Self {
        let clock = Arc::new(ManualClock::at(EPOCH));
        let there = SimGateway::new(clock.clone());
        Self::over(clock, there.clone(), there)
    }

    fn over(clock: Arc<ManualClock>, there: Arc<SimGateway>, gateway: Arc<dyn Gateway>) -> Self {
        let base = Base::colocated(clock.clone());
        let mint = Mint::new(clock.clone(), Arc::new(SeededEntropy::new(5)));
        let sku: Sku = mint.mint(Bucket::of(1));
        let offers = Arc::new(SimOffers::default());
        offers.0.lock().insert(sku, 1_000);
        let open = StockIntent::Open { sku, warehouse: mint.mint(Bucket::of(1)), quantity: 5 };
        one(block_on(base.plain.stock.apply(vec![open]))).expect("stock");
        let ports = base.plain.clone();
        let user = mint.mint(Bucket::of(2));
        let saga = Saga::new(SagaParts {
            orders: ports.orders,
            payments: ports.payments,
            stock: ports.stock,
            carts: ports.carts,
            offers,
            gateway,
            tables: Arc::new(Pricing::default_shop(Currency::Eur)),
            mint,
            clock: clock.clone(),
            settings: SagaSettings::default(),
        });
        Self { clock, base, there, saga, inbox: Arc::default(), sku, user }
    }

    fn worker(&self) -> InboxWorker {
        InboxWorker::new(self.saga.clone(), self.inbox.clone())
    }

    fn works(&self) -> usize {
        block_on(self.worker().work(10)).expect("memory works")
    }

    fn buys(&self, token: &str) -> Placed {
        let lines = vec![BuyerLine { sku: self.sku, quantity: 1 }];
        let to = Destination::country(Country::of(b"DE"));
        let quote = block_on(self.saga.quote(&lines, &to, ShippingMethod::Standard));
        let ask = BuyNow {
            key: ClaimKey { principal: self.user, key: "k".into() },
            lines,
            ship_to: ship_to(),
            shipping: ShippingMethod::Standard,
            token: token.into(),
            method: Method::Card,
            shown: quote.expect("a quote").total,
        };
        block_on(self.saga.buy_now(ask)).expect("an order")
    }

    fn order(&self, id: OrderId) -> Order {
        let found = block_on(self.base.plain.orders.order(id)).expect("memory works");
        found.expect("the order is there")
    }

    /// The order was confirmed once, and the gateway holds its money once.
    fn is_confirmed_once(&self, id: OrderId) {
        let order = self.order(id);
        let times = order.moves.iter().filter(|step| step.to == OrderState::Confirmed).count();
        assert_eq!((order.state, times), (OrderState::Confirmed, 1));
        let held: Vec<_> = self.there.charges().iter().map(|c| c.authorized).collect();
        assert_eq!(held, [order.total()]);
        assert!(self.there.alerts().is_empty(), "{:?}", self.there.alerts());
    }
}

#[test]
fn a_message_that_overtakes_the_answer_waits_for_it() {
    let clock = Arc::new(ManualClock::at(EPOCH));
    let (worker, seen) = (Arc::new(OnceLock::new()), Arc::default());
    let there = SimGateway::new(clock.clone());
    let inbox = Arc::new(MemoryInbox::default());
    let gateway = Arc::new(Overtaken {
        there: there.clone(),
        worker: Arc::clone(&worker),
        inbox: inbox.clone(),
        seen: Arc::clone(&seen),
    });
    let shop = Shop { inbox, ..Shop::over(clock, there, gateway) };
    assert!(worker.set(shop.worker()).is_ok());

    let placed = shop.buys("tok_approve");
    assert_eq!(placed.answer, Answer::Confirmed);
    assert_eq!(*seen.lock(), Some(1), "its saga was at it: the message waits");
    let version = shop.order(placed.order).version;
    assert_eq!(version, 2, "begun and settled: nobody else moved it");
    shop.clock.advance(SECOND_MS);
    assert_eq!((shop.works(), waiting(&shop.inbox)), (1, 0));
    assert_eq!(shop.order(placed.order).version, version, "the message changes nothing");
    shop.is_confirmed_once(placed.order);
}

#[test]
fn a_message_about_an_order_that_is_not_there_yet_waits_for_it() {
    let shop = Shop::open();
    let placed = shop.buys("tok_3ds");
    assert!(shop.there.act(&reference(placed.order), true));
    assert!(keep(&shop.inbox, "evt_1", &reference(placed.order)));

    // A shop that has the message, and not the order.
    let elsewhere = Shop { inbox: shop.inbox.clone(), ..Shop::open() };
    assert_eq!((elsewhere.works(), waiting(&shop.inbox)), (1, 1), "not there yet: it waits");
    assert_eq!(shop.works(), 0, "not at once");
    shop.clock.advance(SECOND_MS);
    assert_eq!((shop.works(), waiting(&shop.inbox)), (1, 0));
    shop.is_confirmed_once(placed.order);
}

#[test]
fn a_message_repeated_has_one_effect_also_a_day_later() {
    let shop = Shop::open();
    let placed = shop.buys("tok_3ds");
    let name = reference(placed.order);
    assert!(shop.there.act(&name, true));
    let kept = [0; 3].map(|_| keep(&shop.inbox, "evt_1", &name));
    assert_eq!(kept, [true, false, false]);
    assert_eq!((shop.works(), waiting(&shop.inbox)), (1, 0));
    shop.is_confirmed_once(placed.order);
    let order = shop.order(placed.order);

    shop.clock.advance(DAY_MS);
    assert!(!keep(&shop.inbox, "evt_1", &name), "already");
    assert_eq!(shop.works(), 0);
    // The same news under another name.
    assert!(keep(&shop.inbox, "evt_2", &name));
    assert_eq!((shop.works(), waiting(&shop.inbox)), (1, 0));
    assert_eq!(shop.order(placed.order), order);
    shop.is_confirmed_once(placed.order);
}

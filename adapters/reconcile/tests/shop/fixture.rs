//! The shop that the tests look at.

use super::gateway::InProcess;
use async_trait::async_trait;
use souk_cart::{CartIntent, Carts, Line, Step};
use souk_fulfillment::{Fulfillment, FulfillmentService, Pace};
use souk_inventory::{Stock, StockIntent};
use souk_invoices::{Back, InvoiceService};
use souk_kernel::{
    Bucket, ClaimKey, Clock, Currency, ManualClock, Mint, Money, OrderId, PortError, SeededEntropy,
    Sku, Timestamp, UserId, WarehouseId,
};
use souk_orders::{
    Actor, BuyNow, BuyerLine, Offers, Orders, Pay, PlaceRefusal, Saga, SagaParts, SagaSettings,
    ShipTo, StartFromCart, derived,
};
use souk_payments::{Method, Payments, RefundOutcome};
use souk_pricing::{Country, Destination, PricedLine, Pricing, ShippingMethod, TaxClass};
use souk_reconcile::{Report, reconcile};
use souk_sandbox as sandbox;
use souk_sellers::BookService;
use souk_sqlite::{Options, Priority, Store};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

/// Everything is for sale, at a price that follows from its id.
struct Anything;

#[async_trait]
impl Offers for Anything {
    async fn price(&self, lines: &[BuyerLine]) -> Result<Vec<Option<PricedLine>>, PortError> {
        let id = |sku: Sku| *sku.bytes();
        let priced = |line: &BuyerLine| PricedLine {
            sku: line.sku,
            product: souk_kernel::Id::from_bytes(id(line.sku)),
            variant: souk_kernel::Id::from_bytes(id(line.sku)),
            seller: souk_kernel::Id::from_bytes(id(line.sku)),
            title: "A lamp".into(),
            quantity: line.quantity,
            unit_price: Money::new(1_299 + line.sku.key() % 7, Currency::Eur),
            tax_class: TaxClass::Standard,
            weight_g: 250,
            image: None,
        };
        Ok(lines.iter().map(|line| Some(priced(line))).collect())
    }
}

/// A shop at work.
pub struct Live {
    pub clock: Arc<ManualClock>,
    pub store: Arc<Store>,
    pub saga: Saga,
    gateway: Arc<sandbox::Gateway>,
    pub invoices: InvoiceService,
    pub mint: Mint,
    pub skus: Vec<Sku>,
    keys: AtomicU32,
    pub books: BookService,
    pub parcels: FulfillmentService,
}

pub fn ship_to(country: &str) -> Arc<ShipTo> {
    Arc::new(ShipTo {
        name: "Ada Lovelace".into(),
        line1: "Unter den Linden 1".into(),
        city: "Berlin".into(),
        postal_code: "10117".into(),
        country: country.into(),
        email: "ada@example.com".into(),
        ..ShipTo::default()
    })
}

impl Live {
    /// Opens an empty shop with stock.
    pub async fn open(dir: &Path) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
        let store = Store::open(dir, clock.clone(), &Options::default()).unwrap();
        let mint = Mint::new(clock.clone(), Arc::new(SeededEntropy::new(11)));
        let disk = sandbox::record::FileDisk::open(dir.join("sandbox/record.jsonl")).unwrap();
        let config =
            sandbox::Config { commit: sandbox::record::Commit::Inline, ..Default::default() };
        let parts = sandbox::Parts {
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(12)),
            sink: None,
        };
        let gateway = sandbox::Gateway::open(config, Box::new(disk), parts).unwrap();
        let saga = Saga::new(SagaParts {
            orders: store.clone(),
            payments: store.clone(),
            stock: store.clone(),
            carts: store.clone(),
            offers: Arc::new(Anything),
            gateway: Arc::new(InProcess(Arc::clone(&gateway))),
            tables: Arc::new(Pricing::default_shop(Currency::Eur)),
            mint: mint.clone(),
            clock: clock.clone(),
            settings: SagaSettings::default(),
        });
        let skus: Vec<Sku> = (0..3).map(|_| mint.mint(Bucket::of(1))).collect();
        let keys = AtomicU32::new(0);
        let books = BookService::new(store.clone(), store.clone(), clock.clone(), mint.clone());
        let invoices = InvoiceService::new(store.clone(), store.clone());
        let parcels = FulfillmentService::beside(&saga, store.clone(), Pace::default());
        let live = Self { clock, store, gateway, saga, invoices, mint, skus, keys, books, parcels };
        live.stock().await;
        live.seller().await;
        live
    }

    async fn stock(&self) {
        let houses: [WarehouseId; 2] =
            [self.mint.mint(Bucket::of(0)), self.mint.mint(Bucket::of(0))];
        let open = |at: usize, house: usize, quantity| StockIntent::Open {
            sku: self.skus[at],
            warehouse: houses[house],
            quantity,
        };
        let intents = vec![
            open(0, 0, 100),
            open(1, 0, 3),
            open(1, 1, 3),
            open(2, 1, 20),
            StockIntent::Adjust { sku: self.skus[2], warehouse: houses[1], delta: -3 },
        ];
        for answer in Stock::apply(&*self.store, intents).await {
            answer.unwrap();
        }
    }

    /// Counts the last shelf below what is promised.
    async fn miscount(&self) {
        let at = self.store.levels(self.skus[2]).await.unwrap()[0];
        let count = StockIntent::Count {
            sku: self.skus[2],
            warehouse: at.warehouse,
            expected: at.level.on_hand,
            counted: 1,
        };
        let answers = Stock::apply(&*self.store, vec![count]).await;
        assert!(answers.into_iter().all(|answer| answer.is_ok()));
    }

    pub fn key(&self, user: UserId) -> ClaimKey {
        let key = self.keys.fetch_add(1, Ordering::Relaxed);
        ClaimKey { principal: user, key: format!("key-{key}") }
    }

    /// Buys at once; gives the order, whatever became of it.
    pub async fn buy(&self, token: &str, lines: &[(usize, u32)], country: &str) -> OrderId {
        self.buy_by(Method::Card, token, lines, country).await
    }

    /// The same in another way.
    async fn buy_by(
        &self,
        method: Method,
        token: &str,
        lines: &[(usize, u32)],
        country: &str,
    ) -> OrderId {
        self.clock.advance(1_000);
        let user: UserId = self.mint.mint_anywhere();
        let lines: Vec<BuyerLine> = lines
            .iter()
            .map(|(at, quantity)| BuyerLine { sku: self.skus[*at], quantity: *quantity })
            .collect();
        let to = Destination::country(country.parse::<Country>().unwrap());
        let quote = self.saga.quote(&lines, &to, ShippingMethod::Standard).await.unwrap();
        let ask = BuyNow {
            key: self.key(user),
            lines,
            ship_to: ship_to(country),
            shipping: ShippingMethod::Standard,
            token: token.into(),
            method,
            shown: quote.total,
        };
        match self.saga.buy_now(ask).await {
            Ok(placed) => placed.order,
            Err(PlaceRefusal::Declined { order, .. }) => order,
            Err(other) => panic!("{token}: {other}"),
        }
    }

    /// Puts something into a new shopper's cart and starts a checkout of it.
    pub async fn checkout(&self, at: usize) -> souk_orders::CheckoutRecord {
        self.clock.advance(1_000);
        let user: UserId = self.mint.mint_anywhere();
        let now = self.clock.now();
        let price = Money::new(1_299, Currency::Eur);
        let line = Line { offer: self.skus[at], quantity: 2, price, added_at: now };
        let keep_until = now.plus_ms(souk_kernel::DAY_MS);
        let step = Step::Add { line, expected_version: None, keep_until };
        for answer in Carts::apply(&*self.store, vec![CartIntent { user, at: now, step }]).await {
            answer.unwrap();
        }
        let shipping = ShippingMethod::Standard;
        let ask = StartFromCart { key: self.key(user), ship_to: ship_to("DE"), shipping };
        self.saga.start_checkout(ask).await.unwrap()
    }

    pub async fn pay(&self, checkout: &souk_orders::CheckoutRecord, token: &str) -> OrderId {
        self.clock.advance(1_000);
        let ask = Pay {
            key: self.key(checkout.user),
            checkout: checkout.id,
            token: token.into(),
            method: Method::Card,
            shown: checkout.quote.total,
        };
        match self.saga.pay(ask).await {
            Ok(placed) => placed.order,
            Err(PlaceRefusal::Declined { order, .. }) => order,
            Err(other) => panic!("{token}: {other}"),
        }
    }

    pub async fn user_of(&self, order: OrderId) -> UserId {
        self.store.order(order).await.unwrap().unwrap().user
    }

    /// Money comes by transfer for an order that waits for it.
    async fn transfer(&self, order: OrderId) {
        let payment = self.store.of_order(order).await.unwrap().unwrap();
        let at = payment.gateway_ref.unwrap().parse().unwrap();
        assert!(self.gateway.receive_transfer(at, payment.amount.minor).await.unwrap());
        self.saga.sync(order).await.unwrap();
    }

    /// Cancels a confirmed order.
    pub async fn cancel(&self, order: OrderId) {
        let user = self.user_of(order).await;
        self.saga.cancel(user, order, Actor::Shopper, "changed_mind").await.unwrap();
    }

    /// Gives some of an order's money back.
    pub async fn refund(&self, order: OrderId, minor: i64) {
        let key = self.key(self.user_of(order).await);
        let amount = Money::new(minor, Currency::Eur);
        let asked = self.saga.refund(&key, order, Some(amount), "broken".into()).await;
        let (refund, outcome) = asked.unwrap();
        // A fact tells of it once the gateway has said yes.
        if outcome == RefundOutcome::Succeeded {
            let back = Back { amount, goods: Vec::new() };
            self.invoices.refunded(order, refund, &back).await.unwrap();
        }
    }

    /// Takes an order's money, as its consumer does; the gateway may not answer.
    pub async fn capture(&self, order: OrderId) -> Result<(), PortError> {
        self.saga.money().capture(order).await
    }

    /// Tells everything about an order to everybody, as the relay does.
    pub async fn tell(&self, order: OrderId) {
        self.store.list(vec![order]).await.unwrap();
        let found = self.store.order(order).await.unwrap().unwrap();
        match found.state.name() {
            "confirmed" => {
                self.capture(order).await.unwrap();
                self.book(order, false).await;
                souk_kernel::one(self.invoices.issue(&[order]).await).unwrap();
                souk_kernel::one(self.parcels.open(&[order]).await).unwrap();
            }
            "cancelled" => {
                self.parcels.call_off(order).await.unwrap();
                self.invoices.cancelled(order).await.unwrap();
                let principal = UserId::from_uuid(order.uuid());
                let key = ClaimKey { principal, key: "cancelled".into() };
                let refund = |_| derived(&key, "refund");
                self.saga.money().unwind(order, refund).await.unwrap();
                self.book(order, true).await;
            }
            _ => {}
        }
        self.told(order).await;
    }

    /// Everybody has heard every fact about an order, its payment and its parcels.
    pub async fn told(&self, order: OrderId) {
        let payment = self.store.order(order).await.unwrap().unwrap().payment;
        let parcels = Fulfillment::aggregate(order);
        let done = self.store.write(Priority::Background, move |tx| {
            let sql = "DELETE FROM outbox WHERE aggregate IN (?1, ?2, ?3)";
            tx.execute(sql, (order.bytes(), payment.bytes(), parcels.0.as_bytes()))
        });
        done.await.unwrap();
    }

    /// Every way that an order can go, and every way that it can wait.
    pub async fn fill(&self) -> BTreeMap<&'static str, OrderId> {
        let mut orders = BTreeMap::new();
        self.checkout(0).await;
        self.clock.advance(souk_kernel::HOUR_MS);
        assert_eq!(self.saga.sweep(10).await.unwrap(), 1);
        for (name, token, country) in [
            ("captured", "tok_approve", "DE"),
            ("untold", "tok_approve", "US"),
            ("declined", "tok_decline", "DE"),
            ("voided", "tok_approve", "DE"),
            ("refunded", "tok_approve", "DE"),
            ("partly refunded", "tok_approve", "FR"),
            ("waiting", "tok_3ds", "DE"),
            ("amount off", "tok_amount_plus_1", "DE"),
            ("unanswered", "tok_lost_answer_x9", "DE"),
            ("capturing", "tok_capture_lost_answer_x9", "DE"),
            ("refunding", "tok_refund_lost_answer_x9", "DE"),
            ("voiding", "tok_void_lost_answer_x9", "DE"),
        ] {
            orders.insert(name, self.buy(token, &[(0, 1), (2, 1)], country).await);
        }
        orders.insert("two warehouses", self.buy("tok_approve", &[(1, 5)], "DE").await);
        let checkout = self.checkout(0).await;
        orders.insert("first try", self.pay(&checkout, "tok_decline").await);
        orders.insert("second try", self.pay(&checkout, "tok_approve").await);
        self.checkout(0).await;
        self.cancel(orders["voided"]).await;
        self.cancel(orders["voiding"]).await;
        for name in ["captured", "declined", "voided", "refunded", "partly refunded", "refunding"] {
            self.tell(orders[name]).await;
        }
        for name in ["amount off", "two warehouses", "first try", "second try"] {
            self.tell(orders[name]).await;
        }
        self.cancel(orders["refunded"]).await;
        self.tell(orders["refunded"]).await;
        self.refund(orders["partly refunded"], 500).await;
        self.book_refund(orders["partly refunded"], 500).await;
        self.refund(orders["refunding"], 400).await;
        orders.insert("returned", self.buy("tok_approve", &[(0, 3), (1, 1)], "DE").await);
        self.tell(orders["returned"]).await;
        self.send_back(orders["returned"]).await;
        let transfer = Method::BankTransfer;
        for name in ["awaited", "transferred"] {
            let order = self.buy_by(transfer, "tok_approve", &[(0, 1)], "DE").await;
            orders.insert(name, order);
        }
        self.transfer(orders["transferred"]).await;
        self.tell(orders["transferred"]).await;
        assert!(self.capture(orders["capturing"]).await.is_err());
        let key = self.key(self.user_of(orders["voiding"]).await);
        let unwinding = |_| derived(&key, "refund");
        assert!(self.saga.money().unwind(orders["voiding"], unwinding).await.is_err());
        self.miscount().await;
        orders
    }
}

/// The closed shop, built once.
pub struct Shop {
    pub dir: PathBuf,
    pub orders: BTreeMap<&'static str, OrderId>,
}

impl Shop {
    pub fn shared() -> &'static Self {
        static SHOP: OnceLock<Shop> = OnceLock::new();
        SHOP.get_or_init(|| {
            let dir = scratch("shop");
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let orders = runtime.block_on(async {
                let live = Live::open(&dir).await;
                let orders = live.fill().await;
                live.store.close();
                orders
            });
            Self { dir, orders }
        })
    }

    pub fn order(&self, name: &str) -> OrderId {
        self.orders[name]
    }
}

/// A folder of its own.
pub fn scratch(name: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let dir = dir.join(format!("reconcile-{}-{number}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(dir.join("sandbox")).unwrap();
    dir
}

/// A copy of the shop to break.
pub struct Planted {
    pub dir: PathBuf,
}

impl Drop for Planted {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

impl Planted {
    pub fn copy(shop: &Shop) -> Self {
        let dir = scratch("planted");
        for file in ["souk.db", "souk.db-wal", "sandbox/record.jsonl"] {
            if shop.dir.join(file).exists() {
                std::fs::copy(shop.dir.join(file), dir.join(file)).unwrap();
            }
        }
        Self { dir }
    }

    pub fn db(&self) -> PathBuf {
        self.dir.join("souk.db")
    }

    pub fn record(&self) -> PathBuf {
        self.dir.join("sandbox/record.jsonl")
    }

    /// Runs statements.
    pub fn sql(&self, sql: &str) {
        let conn = rusqlite::Connection::open(self.db()).unwrap();
        conn.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// One value.
    pub fn get<T: rusqlite::types::FromSql>(&self, sql: &str) -> T {
        let conn = rusqlite::Connection::open(self.db()).unwrap();
        conn.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub fn reconcile(&self) -> Report {
        reconcile(&self.db(), Some(&self.record()), &Default::default()).unwrap()
    }
}

/// The report names exactly these invariants, and of the first one a row with this id.
#[track_caller]
pub fn named(report: &Report, invariants: &[&str], noun: &str, id: &str) {
    let broken: Vec<&str> =
        report.totals.iter().filter(|(_, n)| *n > 0).map(|(name, _)| *name).collect();
    let mut expected = invariants.to_vec();
    expected.sort_by_key(|name| souk_reconcile::INVARIANTS.iter().position(|i| i == name));
    assert_eq!(broken, expected, "{report}");
    let there = report.findings.iter().any(|finding| {
        finding.invariant == invariants[0]
            && finding.ids.iter().any(|named| named.noun == noun && named.id == id)
    });
    assert!(there, "{noun} {id} is not named for {}\n{report}", invariants[0]);
}

/// Plants something about an order, `{key}` its key, and expects this order to be named.
#[track_caller]
pub fn plant(sql: &str, order: &str, invariants: &[&str]) {
    let shop = Shop::shared();
    let planted = Planted::copy(shop);
    let id = shop.order(order);
    planted.sql(&sql.replace("{key}", &id.key().to_string()));
    named(&planted.reconcile(), invariants, "order", &id.to_string());
}

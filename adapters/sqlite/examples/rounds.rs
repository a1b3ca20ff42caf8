//! The two durable rounds of a purchase, without HTTP: what an order costs the writer thread.
//!
//! `cargo run --release -p souk-sqlite --example rounds -- ORDERS CALLERS [SKUS] [DIR]`

#![expect(clippy::unwrap_used, reason = "a measurement that fails is no measurement")]

use souk_inventory::{Stock, StockIntent, TakeHold, Want};
use souk_kernel::{
    Bucket, Claim, ClaimKey, Clock, Currency, Mint, Money, SeededEntropy, Sku, SystemClock, one,
};
use souk_orders::rules::{Stamp, confirm};
use souk_orders::{Actor, Begin, Begun, HoldStep, Lease, Orders, ShipTo};
use souk_payments::{Method, StartAttempt};
use souk_pricing::{Country, Destination, PricedLine, Pricing, Quote, ShippingMethod, TaxClass};
use souk_sqlite::{Options, Store};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

struct Shop {
    store: Arc<Store>,
    mint: Mint,
    quotes: Vec<Arc<Quote>>,
    ship_to: Arc<ShipTo>,
    next: AtomicU64,
    orders: u64,
}

fn number(n: usize, default: u64) -> u64 {
    std::env::args().nth(n).and_then(|a| a.parse().ok()).unwrap_or(default)
}

fn quotes(mint: &Mint, skus: &[Sku]) -> Vec<Arc<Quote>> {
    let pricing = Pricing::default_shop(Currency::Eur);
    let to = Destination::country(Country::of(b"DE"));
    let line = |sku: Sku| PricedLine {
        sku,
        product: mint.mint(Bucket::of(1)),
        variant: mint.mint(Bucket::of(1)),
        seller: mint.mint(Bucket::of(1)),
        title: "Noise-cancelling over-ear headphones, black".into(),
        quantity: 1,
        unit_price: Money::new(12_990, Currency::Eur),
        tax_class: TaxClass::Standard,
        weight_g: 250,
        image: None,
    };
    let pair = |i: usize| [line(skus[i]), line(skus[(i * 7 + 1) % skus.len()])];
    let now = SystemClock.now();
    (0..skus.len())
        .filter(|i| skus[*i] != skus[(*i * 7 + 1) % skus.len()] || skus.len() == 1)
        .map(|i| Arc::new(pricing.quote(&pair(i), &to, ShippingMethod::Standard, now).unwrap()))
        .collect()
}

async fn buy(shop: &Shop, n: u64) {
    let bucket = Bucket::of(n);
    let quote = &shop.quotes[(n.wrapping_mul(2_654_435_761) as usize) % shop.quotes.len()];
    let (user, checkout, order) =
        (shop.mint.mint(bucket), shop.mint.mint(bucket), shop.mint.mint(bucket));
    let at = SystemClock.now();
    let deadline = at.plus_ms(900_000);
    let wants = quote.lines.iter().map(|l| Want { sku: l.item.sku, quantity: 1 }).collect();
    let payment = StartAttempt {
        id: shop.mint.mint(bucket),
        order,
        user,
        amount: quote.total,
        method: Method::Card,
        gateway: "sandbox",
        token: "tok_approve".into(),
        at,
    };
    let lease = Lease { owner: 1, until: at.plus_ms(60_000) };
    let begin = Begin {
        order,
        user,
        checkout,
        claim: Claim {
            key: ClaimKey { principal: user, key: format!("key-{n}") },
            request: [7; 16],
            at,
        },
        quote: Arc::clone(quote),
        ship_to: Arc::clone(&shop.ship_to),
        hold: HoldStep::Take(TakeHold { checkout, wants, deadline, pinned_by: Some(order) }),
        cart: None,
        payment: payment.clone(),
        transfers_max: None,
        lease,
        deadline,
        at,
    };
    let Ok(Begun::Fresh(order)) = one(shop.store.begin(vec![begin]).await) else {
        panic!("order {n} did not begin")
    };
    let stamp = Stamp { by: Actor::Saga, at, lease };
    let settle = confirm(&order, &payment.payment(), Some("gw_0123456789abcdef".into()), stamp);
    one(shop.store.settle(vec![settle]).await).unwrap();
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let (orders, callers, skus) = (number(1, 100_000), number(2, 128), number(3, 20_000));
    let dir = std::env::args().nth(4).unwrap_or_else(|| "/tmp/souk-rounds".into());
    let dir = std::path::PathBuf::from(dir);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Store::open(&dir, Arc::clone(&clock), &Options::default()).unwrap();
    let mint = Mint::new(Arc::clone(&clock), Arc::new(SeededEntropy::new(clock.now().0 as u64)));
    let warehouse = mint.mint(Bucket::of(0));
    let skus: Vec<Sku> = (0..skus).map(|_| mint.mint(Bucket::of(1))).collect();
    for chunk in skus.chunks(1_000) {
        let open = |sku: &Sku| StockIntent::Open { sku: *sku, warehouse, quantity: 10_000_000 };
        store.apply(chunk.iter().map(open).collect()).await;
    }
    let quotes = quotes(&mint, &skus);
    let ship_to = Arc::new(ShipTo {
        name: "Ada Lovelace".into(),
        line1: "Unter den Linden 1".into(),
        city: "Berlin".into(),
        postal_code: "10117".into(),
        country: "DE".into(),
        email: "ada@example.com".into(),
        ..ShipTo::default()
    });
    let shop = Arc::new(Shop { store, mint, quotes, ship_to, next: AtomicU64::new(0), orders });
    let size = || std::fs::metadata(dir.join("souk.db")).map_or(0, |m| m.len());
    let (before, begun) = (size(), Instant::now());
    let cpu = shop.store.stats().cpu_ns.load(Ordering::Relaxed);
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let shop = Arc::clone(&shop);
            tokio::spawn(async move {
                loop {
                    let n = shop.next.fetch_add(1, Ordering::Relaxed);
                    if n >= shop.orders {
                        break;
                    }
                    buy(&shop, n).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let seconds = begun.elapsed().as_secs_f64();
    let stats = shop.store.stats();
    let get = |n: &AtomicU64| n.load(Ordering::Relaxed) as f64;
    let per = |ns: f64| ns / 1_000.0 / orders as f64;
    println!(
        "{orders} orders in {seconds:.1} s: {:.0}/s; writer {:.1} µs CPU, {:.1} µs busy, {:.1} µs in \
         commit an order; {:.1} jobs a commit; wal {} pages; file +{:.0} bytes an order",
        orders as f64 / seconds,
        per(get(&stats.cpu_ns) - cpu as f64),
        per(get(&stats.busy_ns)),
        per(get(&stats.commit_ns)),
        get(&stats.jobs) / get(&stats.commits),
        stats.wal_pages.load(Ordering::Relaxed),
        (size() as f64 - before as f64) / orders as f64,
    );
}

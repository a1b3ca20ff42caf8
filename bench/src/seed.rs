//! A shop with a past: a million users, a hundred thousand signed in, a catalogue, plenty of stock.
//!
//! Written straight into the store before the shop opens, because what is measured is the purchase,
//! not signing up.

use rusqlite::Connection;
use souk_accounts::TokenDigest;
use souk_catalog::port::{Catalog, PutListing};
use souk_catalog::rules::department_bucket;
use souk_catalog::{HOUSE_SELLER, Listing, Offer, Product, Seller, TaxClass, Variant};
use souk_inventory::{Stock, StockIntent};
use souk_kernel::{
    Bucket, Clock, Currency, DAY_MS, Entropy, Mint, Money, SeededEntropy, SessionId, SystemClock,
    UserId, WarehouseId,
};
use souk_sqlite::catalog::SqliteCatalog;
use souk_sqlite::{Options, Store};
use std::path::Path;
use std::sync::Arc;

/// A signed-in shopper.
pub struct Shopper {
    /// The session's token.
    pub token: String,
    /// The user's id.
    pub user: String,
}

/// A product as the load asks for it.
pub struct Item {
    /// Its offer.
    pub offer: String,
    /// Its id.
    pub product: String,
    /// Words that find it.
    pub words: [&'static str; 3],
    /// Its brand.
    pub brand: &'static str,
}

/// What was written.
pub struct Seeded {
    /// In a random order.
    pub shoppers: Vec<Shopper>,
    /// In a random order: the first ones are asked for most.
    pub items: Vec<Item>,
}

/// How much is written.
#[derive(Debug, Clone, Copy)]
pub struct Amounts {
    /// Users.
    pub users: u32,
    /// Users with a session and an address.
    pub sessions: u32,
    /// Products.
    pub products: u32,
    /// Seed.
    pub seed: u64,
}

const BRANDS: [&str; 16] = [
    "Aldermoor",
    "Brightwater",
    "Castellan",
    "Dunmore",
    "Eastvale",
    "Fairholt",
    "Greywick",
    "Harrowgate",
    "Ironbridge",
    "Juniper",
    "Kestrel",
    "Larkspur",
    "Mossfield",
    "Northcape",
    "Oakhurst",
    "Pinecrest",
];
const ADJECTIVES: [&str; 20] = [
    "compact",
    "wireless",
    "stainless",
    "cordless",
    "foldable",
    "waterproof",
    "portable",
    "digital",
    "ceramic",
    "insulated",
    "ergonomic",
    "adjustable",
    "magnetic",
    "rechargeable",
    "lightweight",
    "professional",
    "quiet",
    "heavy",
    "modular",
    "classic",
];
const NOUNS: [(&str, [&str; 2]); 24] = [
    ("headphones", ["Electronics", "Audio"]),
    ("speaker", ["Electronics", "Audio"]),
    ("keyboard", ["Electronics", "Computing"]),
    ("monitor", ["Electronics", "Computing"]),
    ("router", ["Electronics", "Network"]),
    ("camera", ["Electronics", "Photo"]),
    ("tripod", ["Electronics", "Photo"]),
    ("kettle", ["Kitchen", "Appliances"]),
    ("toaster", ["Kitchen", "Appliances"]),
    ("blender", ["Kitchen", "Appliances"]),
    ("saucepan", ["Kitchen", "Cookware"]),
    ("skillet", ["Kitchen", "Cookware"]),
    ("thermos", ["Kitchen", "Drinkware"]),
    ("drill", ["Tools", "Power tools"]),
    ("sander", ["Tools", "Power tools"]),
    ("wrench", ["Tools", "Hand tools"]),
    ("hammer", ["Tools", "Hand tools"]),
    ("backpack", ["Outdoor", "Bags"]),
    ("tent", ["Outdoor", "Camping"]),
    ("lantern", ["Outdoor", "Camping"]),
    ("bicycle", ["Sports", "Cycling"]),
    ("helmet", ["Sports", "Cycling"]),
    ("armchair", ["Home", "Furniture"]),
    ("bookshelf", ["Home", "Furniture"]),
];
const COLOURS: [&str; 8] = ["black", "white", "silver", "red", "blue", "green", "walnut", "copper"];

/// Writes everything into a new data folder.
///
/// # Errors
/// The engine's.
pub fn seed(data: &Path, amounts: Amounts) -> Result<Seeded, String> {
    std::fs::create_dir_all(data).map_err(|e| e.to_string())?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy = Arc::new(SeededEntropy::new(amounts.seed));
    let mint = Mint::new(Arc::clone(&clock), Arc::clone(&entropy) as Arc<dyn Entropy>);
    let store = Store::open(data, Arc::clone(&clock), &Options::default());
    let store = store.map_err(|e| e.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| e.to_string())?;
    let mut items = runtime.block_on(fill_shelves(&store, &mint, amounts.products, clock.now()))?;
    store.close();
    drop(store);
    let mut shoppers = write_users(data, amounts, &mint, &*entropy, clock.now().0)
        .map_err(|e| format!("users: {e}"))?;
    shuffle(&mut shoppers, &entropy);
    shuffle(&mut items, &entropy);
    Ok(Seeded { shoppers, items })
}

async fn fill_shelves(
    store: &Arc<Store>,
    mint: &Mint,
    products: u32,
    at: souk_kernel::Timestamp,
) -> Result<Vec<Item>, String> {
    let seller = Seller { id: HOUSE_SELLER, name: "Souk".into() };
    let catalog = SqliteCatalog::new(Arc::clone(store));
    catalog.put_sellers(vec![seller]).await.map_err(|e| e.to_string())?;
    let warehouse: WarehouseId = mint.mint(Bucket::of(0));
    let mut items = Vec::with_capacity(products as usize);
    let numbers: Vec<u32> = (0..products).collect();
    for chunk in numbers.chunks(500) {
        let mut puts = Vec::with_capacity(chunk.len());
        let mut stock = Vec::with_capacity(chunk.len());
        for n in chunk {
            let (item, listing) = listing(*n, mint, at);
            let sku = listing.offers[0].id;
            stock.push(StockIntent::Open { sku, warehouse, quantity: 50_000_000 });
            let put = PutListing {
                listing,
                expected_version: None,
                stock: Vec::new(),
                at,
                keep_hidden: false,
            };
            puts.push(put);
            items.push(item);
        }
        for answer in catalog.put(puts, None).await.map_err(|e| e.to_string())? {
            answer.map_err(|e| e.to_string())?;
        }
        for answer in Stock::apply(&**store, stock).await {
            answer.map_err(|e| e.to_string())?;
        }
    }
    Ok(items)
}

fn listing(n: u32, mint: &Mint, at: souk_kernel::Timestamp) -> (Item, Listing) {
    let pick = |list: &'static [&'static str], by: u32| list[(n / by) as usize % list.len()];
    let (noun, category) = NOUNS[n as usize % NOUNS.len()];
    let (adjective, colour) = (pick(&ADJECTIVES, 24), pick(&COLOURS, 7));
    let brand = pick(&BRANDS, 11);
    let bucket = department_bucket(Some(category[0]));
    let (product, variant) = (mint.mint(bucket), mint.mint(bucket));
    let text = |text: &str| vec![text.to_owned()];
    let listing = Listing {
        product: Product {
            id: product,
            external: None,
            title: format!("{brand} {adjective} {noun}, {colour}, model {n}"),
            description: format!(
                "A {adjective} {noun} by {brand}. It comes in {colour}, is made to last, and can be \
                 repaired: every part is sold on its own.\nGuarantee: three years."
            ),
            brand: Some(brand.into()),
            category_path: category.iter().map(|level| (*level).to_owned()).collect(),
            attributes: [
                ("colour".to_owned(), text(colour)),
                ("kind".to_owned(), text(adjective)),
                ("size".to_owned(), vec![format!("{}", n % 12)]),
            ]
            .into(),
            images: Vec::new(),
            gtins: Vec::new(),
            hidden: false,
            created_at: at,
            updated_at: at,
            version: 1,
        },
        variants: vec![Variant {
            id: variant,
            product,
            key: String::new(),
            title: String::new(),
            options: [].into(),
        }],
        offers: vec![Offer {
            id: mint.mint(bucket),
            variant,
            product,
            seller: HOUSE_SELLER,
            price: Money::new(499 + i64::from(n % 997) * 50, Currency::Eur),
            tax_class: TaxClass::Standard,
            weight_g: 200 + n % 1_800,
            buyable: true,
            version: 1,
        }],
    };
    let item = Item {
        offer: listing.offers[0].id.to_string(),
        product: product.to_string(),
        words: [adjective, noun, colour],
        brand,
    };
    (item, listing)
}

fn write_users(
    data: &Path,
    amounts: Amounts,
    mint: &Mint,
    entropy: &dyn Entropy,
    now: i64,
) -> rusqlite::Result<Vec<Shopper>> {
    let mut conn = Connection::open(data.join("souk.db"))?;
    conn.execute_batch(
        "PRAGMA synchronous=OFF; PRAGMA cache_size=-262144; PRAGMA wal_autocheckpoint=0;",
    )?;
    let tx = conn.transaction()?;
    let mut sessions = Vec::with_capacity(amounts.sessions as usize);
    {
        let mut user = tx.prepare(
            "INSERT INTO user (key, id, kind, email, name, password_hash, created_at)
             VALUES (?1, ?2, 'customer', ?3, ?4, 'none', ?5)",
        )?;
        let mut address = tx.prepare(
            "INSERT INTO address_book (user, id, name, line1, city, postal_code, country,
               shipping, billing, changed_at)
             VALUES (?1, ?2, ?3, ?4, 'Berlin', '10117', 'DE', 1, 1, ?5)",
        )?;
        let every = (amounts.users / amounts.sessions.max(1)).max(1);
        for n in 0..amounts.users.max(amounts.sessions) {
            let id: UserId = mint.mint_anywhere();
            let (email, name) = (format!("s{n:08}@example.com"), format!("Shopper {n}"));
            user.execute((id.key(), id.bytes(), email, &name, now))?;
            if n % every == 0 && sessions.len() < amounts.sessions as usize {
                let street = format!("Long Street {}", n % 200);
                address.execute((id.key(), id.bytes(), &name, street, now))?;
                let token: String =
                    entropy.token().iter().map(|byte| format!("{byte:02x}")).collect();
                sessions.push((TokenDigest::of(&token), token, id));
            }
        }
        // In the order of their place, or each would dirty another page.
        sessions.sort_unstable_by_key(|session| session.0);
        let mut session = tx.prepare(
            "INSERT INTO session (token, id, user, created_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (digest, _, user) in &sessions {
            let id: SessionId = mint.mint(user.bucket());
            session.execute((digest.bytes(), id.bytes(), user.bytes(), now, now + 30 * DAY_MS))?;
        }
        // The shop indexes a catalogue that it finds without an index: these facts are known then.
        tx.execute("DELETE FROM outbox", [])?;
    }
    tx.commit()?;
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let shopper = |(_, token, user): (_, String, UserId)| Shopper { token, user: user.to_string() };
    Ok(sessions.into_iter().map(shopper).collect())
}

/// Fisher and Yates.
fn shuffle<T>(list: &mut [T], entropy: &SeededEntropy) {
    for i in (1..list.len()).rev() {
        list.swap(i, (entropy.next_u64() % (i as u64 + 1)) as usize);
    }
}

/// How often each of `n` things is asked for: the k-th with a weight of 1/k.
pub struct Zipf(Vec<f64>);

impl Zipf {
    /// Over so many things.
    pub fn over(n: usize) -> Self {
        let mut sum = 0.0;
        let weights = (1..=n.max(1)).map(|k| {
            sum += 1.0 / k as f64;
            sum
        });
        Self(weights.collect())
    }

    /// One of them.
    pub fn pick(&self, entropy: &SeededEntropy) -> usize {
        let total = self.0.last().copied().unwrap_or(1.0);
        let at = (entropy.next_u64() >> 11) as f64 / (1_u64 << 53) as f64 * total;
        self.0.partition_point(|sum| *sum <= at).min(self.0.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_asked_for_most_and_the_last_too() {
        let (zipf, entropy) = (Zipf::over(100), SeededEntropy::new(3));
        let mut counts = [0_u32; 100];
        for _ in 0..100_000 {
            counts[zipf.pick(&entropy)] += 1;
        }
        assert!(counts[0] > counts[1] && counts[1] > counts[9] && counts[99] > 0, "{counts:?}");
        // 1 / H(100) = 0.193.
        assert!((18_000..21_000).contains(&counts[0]), "{}", counts[0]);
    }

    #[test]
    fn a_small_shop_is_written_and_can_be_opened() {
        let dir = std::env::temp_dir().join(format!("souk-bench-seed-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        let amounts = Amounts { users: 100, sessions: 10, products: 30, seed: 7 };
        let seeded = seed(&dir, amounts).unwrap();
        assert_eq!((seeded.shoppers.len(), seeded.items.len()), (10, 30));
        let conn = Connection::open(dir.join("souk.db")).unwrap();
        let count = |table: &str| -> i64 {
            conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0)).unwrap()
        };
        assert_eq!([count("user"), count("session"), count("address_book")], [100, 10, 10]);
        assert_eq!([count("offer"), count("stock_level"), count("outbox")], [30, 30, 0]);
        let _ = std::fs::remove_dir_all(&dir);
    }
}

//! Imports into the memory store: what is taken, what is refused, what a repetition changes, and that
//! a crash anywhere loses and doubles nothing.

#![expect(clippy::unwrap_used, reason = "whatever fails here fails the test")]

use async_trait::async_trait;
use souk_catalog::import::{
    Engine, Finding, ImportError, IndexSink, LINE_BYTES, Lines, Mapping, NoPictures, RowOptions,
    RowReader, Severity, StockReceiver, Summary, UNCATEGORISED, Watch,
};
use souk_catalog::port::StockDue;
use souk_catalog::{CatalogService, Listing, Shelf};
use souk_kernel::{
    Currency, ManualClock, Mint, Money, OfferId, PortError, ProductId, SeededEntropy, Timestamp,
};
use souk_memory::catalog::MemoryCatalog;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

/// Fails the nth call after it is armed: before or after its effect.
#[derive(Default)]
struct Crash(AtomicI64);

impl Crash {
    fn step(&self) -> Result<(), PortError> {
        match self.0.fetch_sub(1, Ordering::SeqCst) {
            1 => Err(PortError::Unavailable("planted".into())),
            _ => Ok(()),
        }
    }
}

/// Inventory and index in one: what they have.
#[derive(Default)]
struct World {
    crash: Crash,
    stock: Mutex<BTreeMap<OfferId, u32>>,
    found: Mutex<BTreeSet<ProductId>>,
    finished: AtomicI64,
}

#[async_trait]
impl StockReceiver for World {
    async fn receive(&self, due: &[StockDue]) -> Result<(), PortError> {
        self.crash.step()?;
        for due in due {
            self.stock.lock().unwrap().entry(due.sku).or_insert(due.quantity);
        }
        self.crash.step()
    }
}

#[async_trait]
impl IndexSink for World {
    async fn put(&self, listings: &[Listing]) -> Result<(), PortError> {
        self.crash.step()?;
        self.found.lock().unwrap().extend(listings.iter().map(|listing| listing.product.id));
        self.crash.step()
    }

    async fn finish(&self) -> Result<(), PortError> {
        self.crash.step()?;
        self.finished.fetch_add(1, Ordering::SeqCst);
        self.crash.step()
    }
}

#[derive(Default)]
struct Report(Vec<Finding>);

impl Watch for Report {
    fn found(&mut self, finding: &Finding) -> std::io::Result<()> {
        self.0.push(finding.clone());
        Ok(())
    }

    fn progress(&mut self, _: &Summary) {}
}

struct Shop {
    catalog: CatalogService,
    world: World,
    mint: Mint,
    clock: Arc<ManualClock>,
    options: RowOptions,
}

impl Shop {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
        let mint = Mint::new(clock.clone(), Arc::new(SeededEntropy::new(5)));
        let catalog = CatalogService::new(Arc::new(MemoryCatalog::new()), clock.clone(), 100);
        let options = RowOptions { stock: 7, ..RowOptions::default() };
        Self { catalog, world: World::default(), mint, clock, options }
    }

    async fn import(
        &self,
        file: &[u8],
        batch_rows: usize,
    ) -> (Result<Summary, ImportError>, Report) {
        self.import_as("icecat", file, batch_rows).await
    }

    async fn import_as(
        &self,
        mapping: &str,
        file: &[u8],
        batch_rows: usize,
    ) -> (Result<Summary, ImportError>, Report) {
        let mapping = Mapping::built_in(mapping).unwrap();
        let engine = Engine {
            catalog: &self.catalog,
            stock: &self.world,
            index: &self.world,
            pictures: &NoPictures,
            reader: RowReader::new(mapping, self.options.clone()),
            mint: &self.mint,
            clock: &*self.clock,
            job: "job".into(),
            batch_rows,
        };
        let mut report = Report::default();
        let result = engine.run(Lines::new(Cursor::new(file), LINE_BYTES), &mut report).await;
        (result, report)
    }

    async fn all(&self) -> Vec<Listing> {
        self.catalog.store().page(&Shelf::All, None, 1_000).await.unwrap().listings
    }
}

fn row(id: u32, price: &str) -> String {
    format!(
        r#"{{"id":"{id}","title":"Toner cartridge {id}","brand":"Xerox","price":{price},"currency":"USD",
        "gtin":["4006381333931","123"],"attributes":{{"n_width":17.0,"t_compatibility":"A, B,A","b_colour":false,
        "n_package_weight":950.2,"n_pallet_width":9.0}}}}"#
    )
    .replace('\n', "")
}

fn file(rows: &[String]) -> Vec<u8> {
    rows.join("\n").into_bytes()
}

#[tokio::test]
async fn a_row_becomes_a_listing() {
    let shop = Shop::new();
    let (done, report) = shop.import(&file(&[row(1, "49.95")]), 10).await;
    assert_eq!(done.unwrap(), Summary { lines: 1, created: 1, notes: 1, ..Summary::default() });
    assert_eq!(report.0[0].field, "gtin");
    let listing = shop.all().await.pop().unwrap();
    let product = &listing.product;
    assert_eq!(product.title, "Toner cartridge 1");
    assert_eq!(product.brand.as_deref(), Some("Xerox"));
    assert_eq!(product.category_path, ["Printing", "Toner"]);
    assert_eq!(product.gtins, ["4006381333931"]);
    let attributes: Vec<_> =
        product.attributes.iter().map(|(k, v)| (k.as_str(), v.join("|"))).collect();
    let expected = [("colour", "No"), ("compatibility", "A|B"), ("width", "17 mm")];
    assert_eq!(attributes, expected.map(|(k, v)| (k, v.to_owned())));
    let offer = &listing.offers[0];
    assert_eq!((offer.price.minor, offer.price.currency), (4_995, Currency::Usd));
    assert_eq!((offer.weight_g, offer.buyable), (951, true));
    assert_eq!(shop.world.stock.lock().unwrap().get(&offer.id), Some(&7));
    assert!(shop.world.found.lock().unwrap().contains(&product.id));
}

#[tokio::test]
async fn hostile_rows_are_refused_one_by_one_with_line_and_reason() {
    let shop = Shop::new();
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    let rows = [
        row(1, "1"),
        "{".into(),
        "[1,2]".into(),
        "null".into(),
        row(2, "NaN"),
        row(3, "-1"),
        row(4, "1.999"),
        row(5, "1e400"),
        row(6, "99999999999999999999"),
        r#"{"id":"7","price":1}"#.into(),
        r#"{"title":"no id","price":1}"#.into(),
        r#"{"id":{"a":1},"title":"x","price":1}"#.into(),
        format!(r#"{{"id":"8","title":"{}","price":1}}"#, "x".repeat(501)),
        r#"{"id":"9","title":"x","price":1,"currency":"XXX"}"#.into(),
        deep,
        format!(r#"{{"id":"10","title":"{}","price":1}}"#, "y".repeat(LINE_BYTES)),
        String::new(),
        row(11, "2"),
    ];
    let (done, report) = shop.import(&file(&rows), 4).await;
    let done = done.unwrap();
    // The empty line is no row.
    assert_eq!((done.lines, done.created, done.refused), (17, 2, 15));
    let refused: BTreeMap<u64, &Finding> = report
        .0
        .iter()
        .filter(|finding| finding.severity == Severity::Refused)
        .map(|finding| (finding.line, finding))
        .collect();
    assert_eq!(refused.keys().copied().collect::<Vec<_>>(), (2..=16).collect::<Vec<u64>>());
    for (line, field) in [
        (2, "line"),
        (6, "price"),
        (7, "price"),
        (9, "price"),
        (10, "title"),
        (11, "id"),
        (12, "id"),
        (13, "title"),
        (14, "currency"),
        (15, "line"),
        (16, "line"),
    ] {
        assert_eq!(refused[&line].field, field, "line {line}: {}", refused[&line].reason);
    }
}

/// The shop of the tests below: in euros, a dollar for 92 cents, a pound for 1.17.
fn euro_shop() -> Shop {
    let mut shop = Shop::new();
    shop.options.shop = Some(Currency::Eur);
    shop.options.rates.insert(Currency::Usd, "0.92".parse().unwrap());
    shop.options.rates.insert(Currency::Gbp, "1.17".parse().unwrap());
    shop
}

/// Imports twice: all is new, then nothing is.
async fn twice(shop: &Shop, mapping: &str, rows: &[&str]) -> Vec<Listing> {
    let file = rows.join("\n").into_bytes();
    let count = rows.len() as u64;
    let first = shop.import_as(mapping, &file, 2).await.0.unwrap();
    assert_eq!((first.created, first.refused, first.notes), (count, 0, 0), "{mapping}");
    let before = shop.all().await;
    let second = shop.import_as(mapping, &file, 2).await.0.unwrap();
    assert_eq!((second.unchanged, second.created, second.changed), (count, 0, 0), "{mapping}");
    assert_eq!(shop.all().await, before, "{mapping}");
    before
}

#[tokio::test]
async fn a_retail_demo_store_brings_categories_stock_and_gender() {
    let shop = euro_shop();
    let rows = [
        r#"{"id":"a1","title":"Canvas tote","description":"Holds a week of greens.","category_path":
        ["accessories","hand bag"],"price":19.5,"currency":"USD","image":"a1.jpg","gender":"F","stock":12.0}"#,
        r#"{"id":"a2","title":"Oak stool","description":"Three legs, no wobble.","category_path":
        ["furniture","chairs"],"price":45.25,"currency":"USD","image":"a2.jpg","gender":null,"stock":3.0}"#,
    ];
    let rows = rows.map(|row| row.replace('\n', ""));
    let all = twice(&shop, "retail-demo-store", &[&rows[0], &rows[1]]).await;
    let tote = all.iter().find(|one| one.product.title == "Canvas tote").unwrap();
    assert_eq!(tote.product.category_path, ["Accessories", "Hand bag"]);
    assert_eq!(tote.product.attributes["gender"], ["F"]);
    assert_eq!(tote.offers[0].price, Money::new(1_794, Currency::Eur));
    assert!(tote.product.images.is_empty(), "a name without its file is no picture");
    assert_eq!(shop.world.stock.lock().unwrap().get(&tote.offers[0].id), Some(&12));
    let stool = all.iter().find(|one| one.product.title == "Oak stool").unwrap();
    assert_eq!(stool.offers[0].price.minor, 4_163);
    assert_eq!(shop.world.stock.lock().unwrap().get(&stool.offers[0].id), Some(&3));
}

#[tokio::test]
async fn an_eshop_brings_brand_and_category_and_is_told_its_stock() {
    let shop = euro_shop();
    let row = r#"{"id":"1","title":"Ridge lantern","description":"Burns for nine nights.","brand":"Tarn",
        "category_path":["Trekking"],"price":24.99,"currency":"USD","image":"images/1.webp"}"#;
    let all = twice(&shop, "eshop", &[&row.replace('\n', "")]).await;
    let lantern = &all[0];
    assert_eq!(lantern.product.category_path, ["Trekking"]);
    assert_eq!(lantern.product.brand.as_deref(), Some("Tarn"));
    assert_eq!(lantern.offers[0].price, Money::new(2_299, Currency::Eur));
    assert_eq!(shop.world.stock.lock().unwrap().get(&lantern.offers[0].id), Some(&7));
}

#[tokio::test]
async fn a_row_without_a_category_stands_on_the_shelf_for_everything_else() {
    let shop = euro_shop();
    let row = r#"{"id":"77","title":"Tin whistle","price":0.85,"currency":"GBP","units":860}"#;
    twice(&shop, "online-retail", &[row]).await;
    let shelf = Shelf::Category(vec![UNCATEGORISED.to_owned()]);
    let page = shop.catalog.store().page(&shelf, None, 10).await.unwrap();
    assert_eq!(page.listings[0].product.title, "Tin whistle");
    let departments = shop.catalog.categories().await.unwrap();
    assert_eq!((departments[0].name.as_str(), departments[0].products), (UNCATEGORISED, 1));
}

#[tokio::test]
async fn a_row_without_a_price_is_shown_but_not_sold() {
    let shop = Shop::new();
    let rows = [row(1, "null"), row(2, "0"), row(3, "\" \"")];
    let (done, _) = shop.import(&file(&rows), 10).await;
    assert_eq!(done.unwrap().created, 3);
    assert!(shop.all().await.iter().all(|listing| !listing.offers[0].buyable));
}

#[tokio::test]
async fn a_shop_sells_in_one_currency() {
    let mut shop = Shop::new();
    shop.options.shop = Some(Currency::Eur);
    let rows = [row(1, "10"), row(2, "null")];
    let (done, report) = shop.import(&file(&rows), 10).await;
    assert_eq!(done.unwrap().refused, 1, "no rate is known");
    assert!(report.0.iter().any(|finding| finding.reason.contains("needs a rate")));
    shop.options.rates.insert(Currency::Usd, "0.92".parse().unwrap());
    shop.import(&file(&rows), 10).await.0.unwrap();
    let prices: Vec<_> = shop.all().await.iter().map(|listing| listing.offers[0].price).collect();
    assert_eq!(prices, [Money::zero(Currency::Eur), Money::new(920, Currency::Eur)]);
}

#[tokio::test]
async fn what_is_too_much_is_cut_and_noted() {
    let shop = Shop::new();
    let many: Vec<String> = (0..400).map(|n| format!(r#""t_a{n}":"v""#)).collect();
    let text = "z".repeat(25_000);
    let row = format!(
        r#"{{"id":"1","title":" a\u0000 \n title ","description":"<p>{text}</p>","price":5,"attributes":{{{}}}}}"#,
        many.join(",")
    );
    let (done, report) = shop.import(row.as_bytes(), 10).await;
    assert_eq!(done.unwrap().created, 1);
    let listing = shop.all().await.pop().unwrap();
    assert_eq!(listing.product.title, "a title");
    assert_eq!(listing.product.description.len(), 20_000);
    assert_eq!(listing.product.attributes.len(), 256);
    assert_eq!(report.0.len(), 1 + 144);
}

#[tokio::test]
async fn the_same_file_again_changes_nothing_and_an_edited_one_only_what_was_edited() {
    let shop = Shop::new();
    let mut rows: Vec<String> = (0..25).map(|id| row(id, "9.99")).collect();
    shop.import(&file(&rows), 10).await.0.unwrap();
    let before = shop.all().await;
    let again = shop.import(&file(&rows), 7).await.0.unwrap();
    assert_eq!((again.unchanged, again.created, again.changed), (25, 0, 0));
    assert_eq!(shop.all().await, before);
    rows[3] = row(3, "8.88");
    let edited = shop.import(&file(&rows), 10).await.0.unwrap();
    assert_eq!((edited.unchanged, edited.changed), (24, 1));
    let stock = shop.world.stock.lock().unwrap();
    assert_eq!((stock.len(), stock.values().sum::<u32>()), (25, 175), "stock came once");
}

#[tokio::test]
async fn two_rows_of_one_product_end_as_the_later_one() {
    let shop = Shop::new();
    let (done, _) = shop.import(&file(&[row(1, "1"), row(2, "2"), row(1, "3")]), 10).await;
    let done = done.unwrap();
    assert_eq!((done.created, done.changed), (2, 1));
    let all = shop.all().await;
    assert_eq!(all[0].offers[0].price.minor, 300);
}

/// Crashes at each call in turn, runs again, and compares with an import that nothing disturbed.
#[tokio::test]
async fn a_crash_anywhere_loses_and_doubles_nothing() {
    let rows: Vec<String> = (0..23).map(|id| row(id, "9.99")).collect();
    let mut crashes = 0;
    for step in 1.. {
        let shop = Shop::new();
        shop.world.crash.0.store(step, Ordering::SeqCst);
        let first = shop.import(&file(&rows), 5).await.0;
        if first.is_ok() {
            break;
        }
        crashes += 1;
        shop.world.crash.0.store(0, Ordering::SeqCst);
        let second = shop.import(&file(&rows), 5).await.0.unwrap();
        assert!(second.resumed_at > 0, "step {step}: it goes on, it doesn't begin again");
        assert_eq!(second.lines, 23);
        let all = shop.all().await;
        assert_eq!(all.len(), 23, "step {step}");
        assert_eq!(shop.world.stock.lock().unwrap().len(), 23, "step {step}");
        assert!(shop.world.stock.lock().unwrap().values().all(|quantity| *quantity == 7));
        assert_eq!(shop.world.found.lock().unwrap().len(), 23, "step {step}: all can be found");
        assert!(shop.world.finished.load(Ordering::SeqCst) >= 1);
        let third = shop.import(&file(&rows), 5).await.0.unwrap();
        assert_eq!((third.resumed_at, third.unchanged), (0, 23), "a finished import starts anew");
    }
    assert!(crashes > 15, "only {crashes} places to crash at");
}

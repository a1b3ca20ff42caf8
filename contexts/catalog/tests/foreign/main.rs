//! Files of other shops, imported into the memory store and exported again.

#![expect(clippy::unwrap_used, reason = "whatever fails here fails the test")]

use futures_util::FutureExt;
use souk_catalog::export::{ExportFormat, Exporter, Pieces};
use souk_catalog::import::{
    Engine, Finding, Format, Mapping, NoIndex, NoPictures, PictureTaker, RowOptions, RowReader,
    Severity, StockReceiver, Summary, Taken, Watch,
};
use souk_catalog::port::StockDue;
use souk_catalog::{CatalogService, HOUSE_SELLER, Listing, Shelf, TaxClass};
use souk_kernel::{Currency, ManualClock, Mint, OfferId, PortError, SeededEntropy, Timestamp};
use souk_memory::catalog::MemoryCatalog;
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};
use std::sync::{Arc, Mutex};

mod hidden;

const NOW: Timestamp = Timestamp(1_790_000_000_000);

#[derive(Default)]
struct Stock(Mutex<BTreeMap<OfferId, u32>>);

#[async_trait::async_trait]
impl StockReceiver for Stock {
    async fn receive(&self, due: &[StockDue]) -> Result<(), PortError> {
        for due in due {
            self.0.lock().unwrap().entry(due.sku).or_insert(due.quantity);
        }
        Ok(())
    }
}

#[derive(Default)]
struct Report(Vec<Finding>);

impl Watch for Report {
    fn found(&mut self, finding: &Finding) -> io::Result<()> {
        self.0.push(finding.clone());
        Ok(())
    }

    fn progress(&mut self, _: &Summary) {}
}

struct Shop {
    catalog: CatalogService,
    stock: Stock,
    mint: Mint,
    clock: Arc<ManualClock>,
    options: RowOptions,
}

impl Shop {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        let mint = Mint::new(clock.clone(), Arc::new(SeededEntropy::new(5)));
        let catalog = CatalogService::new(Arc::new(MemoryCatalog::new()), clock.clone(), 100);
        let options = RowOptions {
            assume: Some(Currency::Eur),
            shop: Some(Currency::Eur),
            rates: BTreeMap::from([(Currency::Usd, "0.5".parse().unwrap())]),
            stock: 3,
        };
        Self { catalog, stock: Stock::default(), mint, clock, options }
    }

    fn import(&self, format: Format, file: &str) -> (Summary, Vec<Finding>) {
        self.import_with(format, file.as_bytes(), &NoPictures).unwrap()
    }

    fn import_with(
        &self,
        format: Format,
        file: &[u8],
        pictures: &dyn PictureTaker,
    ) -> Result<(Summary, Vec<Finding>), String> {
        let mapping = Mapping::built_in(format.mapping().unwrap()).unwrap();
        let engine = Engine {
            catalog: &self.catalog,
            stock: &self.stock,
            index: &NoIndex,
            pictures,
            reader: RowReader::new(mapping, self.options.clone()),
            mint: &self.mint,
            clock: &*self.clock,
            job: "job".into(),
            batch_rows: 2,
        };
        let owned = file.to_vec();
        let open = || Ok(Box::new(Cursor::new(owned.clone())) as Box<dyn io::BufRead>);
        let rows = format.rows(&open, NOW).map_err(|e| e.to_string())?;
        let mut report = Report::default();
        let done = engine.run(rows, &mut report).now_or_never().unwrap();
        Ok((done.map_err(|e| e.to_string())?, report.0))
    }

    fn all(&self) -> Vec<Listing> {
        let page = self.catalog.store().page(&Shelf::All, None, 1_000);
        page.now_or_never().unwrap().unwrap().listings
    }

    fn named(&self, title: &str) -> Listing {
        let found = self.all().into_iter().find(|listing| listing.product.title == title);
        found.unwrap_or_else(|| panic!("no {title} in {:?}", self.titles()))
    }

    fn titles(&self) -> Vec<String> {
        self.all().into_iter().map(|listing| listing.product.title).collect()
    }

    /// Variant title, price, pieces, grams, whether it can be bought.
    fn terms(&self, listing: &Listing) -> Vec<(String, i64, u32, u32, bool)> {
        let stock = self.stock.0.lock().unwrap();
        let of = |variant: &souk_catalog::Variant| {
            let offer = listing.offers.iter().find(|offer| offer.variant == variant.id).unwrap();
            let pieces = stock.get(&offer.id).copied().unwrap_or(0);
            (variant.title.clone(), offer.price.minor, pieces, offer.weight_g, offer.buyable)
        };
        listing.variants.iter().map(of).collect()
    }

    fn export(&self, format: ExportFormat) -> String {
        let exporter = Exporter {
            format,
            shop: "Test & Sons".into(),
            base_url: "https://shop.example".into(),
        };
        let pieces: Pieces = self.stock.0.lock().unwrap().clone();
        let mut bytes = exporter.heading();
        for listing in self.all() {
            bytes.extend(exporter.listing(&listing, &pieces));
        }
        bytes.extend(exporter.end());
        String::from_utf8(bytes).unwrap()
    }
}

const SHOPIFY: &str = "\
Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,\
Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Taxable,Variant Barcode,Image Src,Image Position,Variant Image,\
Gift Card,Status,Fabric (product.metafields.custom.fabric)
tee,Linen tee,\"<p>Soft &amp; light.</p><script>x()</script><p>Washed, \"\"twice\"\".</p>\",Nord,Clothing > Tops,Tee,\"summer, linen\",true,\
Size,S,Color,White,TEE-S,180,4,\"29.00\",true,4006381333931,https://cdn.example/2.jpg,2,,false,active,Linen
tee,,,,,,,,,M,,White,TEE-M,190,0,31.50,true,,https://cdn.example/1.jpg,1,https://cdn.example/m.jpg,,,
tee,,,,,,,,,,,,,,,,,,https://cdn.example/3.jpg,3,,,,

mug,Mug,A mug.,,,Kitchenware,,true,Title,Default Title,,,,350,-2,9,false,,,,,false,active,
secret,Unreleased,Soon.,Nord,Clothing,,,true,Title,Default Title,,,,100,9,10,true,,,,,false,draft,
gift,Gift card,,,,,,true,Title,Default Title,,,,,,25,,,,,,true,active,
bad,Bad price,,,,,,true,Title,Default Title,,,,,,cheap,,,,,,false,active,
tee,Linen tee again,,,,,,true,Title,Default Title,,,,,,1,,,,,,false,active,
";

#[test]
fn a_shopify_product_stands_in_several_rows() {
    let shop = Shop::new();
    let (done, found) = shop.import(Format::Shopify, SHOPIFY);
    assert_eq!((done.created, done.refused), (3, 3), "{found:?}");
    let tee = shop.named("Linen tee");
    assert_eq!(tee.product.description, "Soft & light.\n\nWashed, \"twice\".");
    assert_eq!(tee.product.brand.as_deref(), Some("Nord"));
    assert_eq!(tee.product.category_path, ["Clothing", "Tops"]);
    let images = ["1.jpg", "2.jpg", "3.jpg", "m.jpg"].map(|n| format!("https://cdn.example/{n}"));
    assert_eq!(tee.product.images, images, "by position, the variant's behind");
    assert_eq!(tee.product.gtins, ["4006381333931"]);
    let has = |name: &str| tee.product.attributes[name].clone();
    assert_eq!(
        (has("tags"), has("fabric")),
        (vec!["summer".into(), "linen".into()], vec!["Linen".into()])
    );
    assert_eq!((has("size"), has("color")), (vec!["S".into(), "M".into()], vec!["White".into()]));
    let keys: Vec<_> = tee.variants.iter().map(|variant| variant.key.as_str()).collect();
    assert_eq!(keys, ["TEE-S", "TEE-M"]);
    assert_eq!(
        shop.terms(&tee),
        [
            ("S, White".to_owned(), 2_900, 4, 180, true),
            ("M, White".to_owned(), 3_150, 0, 190, true)
        ]
    );
    let mug = shop.named("Mug");
    assert_eq!(mug.product.category_path, ["Kitchenware"], "the type where there is no category");
    assert_eq!(shop.terms(&mug), [(String::new(), 900, 0, 350, true)], "fewer than none are none");
    assert_eq!((mug.variants[0].key.as_str(), mug.offers[0].tax_class), ("", TaxClass::Zero));
    let draft = shop.named("Unreleased");
    assert!(draft.product.hidden && draft.offers[0].buyable, "sold as soon as it is published");
    assert!(!tee.product.hidden && !mug.product.hidden);
    let refused: Vec<_> = found.iter().filter(|f| f.severity == Severity::Refused).collect();
    let fields: Vec<_> = refused.iter().map(|f| (f.line, f.field.as_str())).collect();
    assert_eq!(fields, [(8, "gift_card"), (9, "price"), (10, "handle")]);
}

#[test]
fn a_compare_at_price_is_passed_by_without_a_word() {
    let row = |heading: &str, compared: &str| {
        format!("Handle,Title,{heading}\ncap,Cap,19.00,{compared}\n")
    };
    for heading in ["Variant Price,Variant Compare At Price", "Price,Compare-at price"] {
        for compared in ["29.00", "", "cheap", "-1"] {
            let shop = Shop::new();
            let (done, found) = shop.import(Format::Shopify, &row(heading, compared));
            assert_eq!((done.created, found), (1, Vec::new()), "{heading}: {compared:?}");
            let cap = shop.named("Cap");
            assert_eq!((cap.offers[0].price.minor, cap.product.attributes.len()), (1_900, 0));
        }
    }
}

#[test]
fn a_second_run_changes_nothing_and_a_change_keeps_ids() {
    let shop = Shop::new();
    shop.import(Format::Shopify, SHOPIFY);
    let before = shop.all();
    let (again, _) = shop.import(Format::Shopify, SHOPIFY);
    assert_eq!((again.created, again.changed, again.unchanged), (0, 0, 3));
    assert_eq!(shop.all(), before);
    // One variant is dearer, the other is gone: it stays for the orders that point at it.
    let dearer = SHOPIFY
        .replace("\"29.00\"", "35.00")
        .lines()
        .filter(|l| !l.contains("TEE-M"))
        .collect::<Vec<_>>()
        .join("\n");
    let (changed, _) = shop.import(Format::Shopify, &dearer);
    assert_eq!((changed.created, changed.changed), (0, 1));
    let tee = shop.named("Linen tee");
    let ids = |listing: &Listing| listing.offers.iter().map(|offer| offer.id).collect::<Vec<_>>();
    assert_eq!(ids(&tee), ids(before.iter().find(|l| l.product.title == "Linen tee").unwrap()));
    let prices: Vec<_> = tee.offers.iter().map(|o| (o.price.minor, o.buyable)).collect();
    assert_eq!(prices, [(3_500, true), (3_150, false)]);
}

#[test]
fn shopifys_heading_of_today_says_the_same() {
    let shop = Shop::new();
    let file = "Title,URL handle,Description,Vendor,Option1 name,Option1 value,Price,Inventory quantity,Weight value (grams),Product image URL,Status\n\
        Kettle,kettle,<b>Hot</b>,Brenn,Title,Default Title,49.90,5,900,https://a.example/k.jpg,Active\n";
    let (done, found) = shop.import(Format::Shopify, file);
    assert_eq!((done.created, found.len()), (1, 0), "{found:?}");
    let kettle = shop.named("Kettle");
    assert_eq!(shop.terms(&kettle), [(String::new(), 4_990, 5, 900, true)]);
    assert_eq!(kettle.product.images, ["https://a.example/k.jpg"]);
}

#[test]
fn a_price_with_its_currency_needs_no_other() {
    let mut shop = Shop::new();
    shop.options.assume = None;
    let (done, found) = shop.import(Format::GoogleXml, FEED);
    assert_eq!((done.created, done.refused), (4, 0), "{found:?}");
    let (done, found) = shop.import(Format::Shopify, "Handle,Title,Variant Price\na,A,1\nb,B,\n");
    assert_eq!((done.created, done.refused), (1, 1), "nothing is guessed: {found:?}");
    assert_eq!((found[0].line, found[0].field.as_str()), (2, "currency"));
}

const FEED: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Feed</title>
<item><g:id>b1</g:id><g:item_group_id>boot</g:item_group_id><g:title>Boot – 42</g:title><g:size>42</g:size>
  <g:description><![CDATA[<p>Warm & dry</p>]]></g:description><g:price>100.00 USD</g:price><g:availability>in_stock</g:availability>
  <g:brand>Nord</g:brand><g:product_type>Shoes &gt; Boots</g:product_type><g:product_type>Winter</g:product_type><g:gtin>4006381333931</g:gtin>
  <g:shipping_weight>1.2 kg</g:shipping_weight><g:image_link>https://a.example/1.jpg</g:image_link>
  <g:additional_image_link>https://a.example/2.jpg</g:additional_image_link>
  <g:product_detail><g:section_name>General</g:section_name><g:attribute_name>Sole</g:attribute_name><g:attribute_value>Rubber</g:attribute_value></g:product_detail></item>
<item><g:id>pin</g:id><title>Pin &#8211; small</title><g:price>1.50 EUR</g:price><g:google_product_category>2271</g:google_product_category>
  <g:availability>out of stock</g:availability></item>
<item><g:id>b2</g:id><g:item_group_id>boot</g:item_group_id><g:title>Boot – 43</g:title><g:size>43</g:size><g:price>120 USD</g:price>
  <g:sale_price>90 USD</g:sale_price><g:availability>in_stock</g:availability><g:quantity>8</g:quantity></item>
<item><g:id>old</g:id><g:title>Old sale</g:title><g:price>20 EUR</g:price><g:sale_price>5 EUR</g:sale_price>
  <g:sale_price_effective_date>2020-01-01T00:00+0100/2020-02-01T00:00+0100</g:sale_price_effective_date></item>
<item><g:id>new</g:id><g:title>Running sale</g:title><g:price>20 EUR</g:price><g:sale_price>5 EUR</g:sale_price>
  <g:sale_price_effective_date>2020-01-01T00:00Z/2099-02-01T00:00Z</g:sale_price_effective_date></item>
</channel></rss>"#;

#[test]
fn a_feeds_item_groups_are_products() {
    let shop = Shop::new();
    let (done, found) = shop.import(Format::GoogleXml, FEED);
    assert_eq!((done.created, done.refused), (4, 0), "{found:?}");
    let boot = shop.named("Boot");
    assert_eq!(boot.product.external.as_ref().unwrap().id, "boot");
    assert_eq!(boot.product.description, "Warm & dry");
    assert_eq!(boot.product.category_path, ["Shoes", "Boots"]);
    assert_eq!(boot.product.attributes["sole"], ["Rubber"]);
    assert_eq!(boot.product.attributes["size"], ["42", "43"]);
    assert_eq!(boot.product.images, ["https://a.example/1.jpg", "https://a.example/2.jpg"]);
    let keys: Vec<_> = boot.variants.iter().map(|variant| variant.key.as_str()).collect();
    assert_eq!(keys, ["b1", "b2"]);
    // In the shop's currency at the rate given; the first has no sale, and the second's is its own.
    assert_eq!(
        shop.terms(&boot),
        [("42".to_owned(), 5_000, 3, 1_200, true), ("43".to_owned(), 4_500, 8, 0, true)]
    );
    let pin = shop.named("Pin – small");
    assert_eq!(shop.terms(&pin), [(String::new(), 150, 0, 0, true)]);
    assert_eq!(pin.product.category_path, ["Everything else"], "a number is no name");
    assert_eq!(shop.terms(&shop.named("Old sale"))[0].1, 2_000);
    assert_eq!(shop.terms(&shop.named("Running sale"))[0].1, 500);
    let (again, _) = shop.import(Format::GoogleXml, FEED);
    assert_eq!((again.created, again.changed, again.unchanged), (0, 0, 4));
}

#[test]
fn a_tab_separated_feed_says_the_same() {
    let shop = Shop::new();
    let file = "id\ttitle\tdescription\tlink\timage link\tadditional image link\tavailability\tprice\titem group id\tcolor\tshipping weight\tproduct detail\n\
        c1\tChair red\tTo sit\thttps://a.example\thttps://a.example/1.jpg\thttps://a.example/2.jpg,https://a.example/3.jpg\tin stock\t80.00 EUR\tchair\tred\t4 kg\tGeneral:Legs:Four,General:Wood:Oak\n\
        c2\tChair blue\tTo sit\thttps://a.example\thttps://a.example/1.jpg\t\tbackorder\t80.00 EUR\tchair\tblue\t4 kg\t\n";
    let (done, found) = shop.import(Format::GoogleTsv, file);
    assert_eq!((done.created, done.refused), (1, 0), "{found:?}");
    let chair = shop.named("Chair");
    assert_eq!(chair.product.images.len(), 3);
    assert_eq!(
        (&*chair.product.attributes["legs"][0], &*chair.product.attributes["wood"][0]),
        ("Four", "Oak")
    );
    assert_eq!(
        shop.terms(&chair),
        [("red".to_owned(), 8_000, 3, 4_000, true), ("blue".to_owned(), 8_000, 0, 4_000, true)]
    );
}

#[test]
fn what_is_not_a_file_of_its_kind_is_refused_in_words() {
    let shop = Shop::new();
    let long = format!("<rss><item><title>{}", "x".repeat(3 << 20));
    let quote = format!("Handle,Title\na,\"{}", "y\n".repeat(2 << 20));
    let wide = format!("Handle,Title\na,{}\nb,Fine\n", "z".repeat(1_100_000));
    for (format, file, words) in [
        (Format::GoogleXml, "<rss><channel></channel></rss>".as_bytes(), "no item"),
        (Format::GoogleXml, b"<!DOCTYPE x [<!ENTITY a \"b\">]><rss><item/></rss>", "document type"),
        (Format::GoogleXml, b"<rss><item><title>&lol;</title></item></rss>", "entity"),
        (Format::GoogleXml, b"<?xml version=\"1.0\" encoding=\"latin1\"?><rss/>", "UTF-8"),
        (Format::GoogleXml, b"<rss><item><title>\xFF</title></item></rss>", "byte"),
        (Format::GoogleXml, b"<rss><item><title>open", "item"),
        (Format::GoogleXml, long.as_bytes(), "longer than"),
        (Format::Shopify, quote.as_bytes(), "longer than"),
        (Format::Shopify, b"", "empty"),
        (Format::Shopify, b"Handle,Title,Title\n", "twice"),
        (Format::Shopify, b"Handle,\xFF\n", "UTF-8"),
    ] {
        let refused = shop.import_with(format, file, &NoPictures).expect_err(words);
        assert!(refused.contains(words), "{words}: {refused}");
    }
    assert!(shop.all().is_empty());
    // A row that is broken goes alone; its neighbours are taken.
    let (done, found) = shop.import_with(Format::Shopify, wide.as_bytes(), &NoPictures).unwrap();
    assert_eq!((done.created, done.refused), (1, 1), "{found:?}");
    let file = b"Handle,Title,Variant Price\na,Good,1\nb,Bro\xFFken,1\nc,Fine,1\nd,Many,1,2,3\n";
    let (done, found) = shop.import_with(Format::Shopify, file, &NoPictures).unwrap();
    let lines: Vec<_> = found.iter().map(|finding| finding.line).collect();
    assert_eq!((done.created, done.refused, lines), (2, 2, vec![3, 5]), "{found:?}");
}

/// A feed without an end, made as it is read.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b'x');
        self.0 += buffer.len() as u64;
        assert!(self.0 < 8 << 20, "reads on and on");
        Ok(buffer.len())
    }
}

#[test]
fn a_record_without_an_end_is_given_up_soon() {
    for (format, start) in
        [(Format::GoogleXml, "<rss><item><title>"), (Format::Shopify, "Handle,Title\na,\"")]
    {
        let open = || {
            let endless = Cursor::new(start.as_bytes()).chain(Endless(0));
            Ok(Box::new(io::BufReader::new(endless)) as Box<dyn io::BufRead>)
        };
        let refused = format.rows(&open, NOW).and_then(|mut rows| rows.next_row().map(drop));
        let words = refused.err().unwrap().to_string();
        assert!(words.contains("longer than"), "{format:?}: {words}");
    }
}

/// Takes what ends in `.jpg`, fails for the rest.
#[derive(Default)]
struct Camera(Mutex<Vec<String>>);

#[async_trait::async_trait]
impl PictureTaker for Camera {
    async fn take(&self, sources: &[String]) -> Result<Vec<Taken>, PortError> {
        self.0.lock().unwrap().extend(sources.iter().cloned());
        let one = |source: &String| {
            if source.ends_with(".jpg") {
                let digest = source.bytes().fold([0_u8; 16], |mut sum, byte| {
                    sum[usize::from(byte) % 16] = sum[usize::from(byte) % 16].wrapping_add(byte);
                    sum
                });
                Taken::Photo(souk_catalog::rules::photo_name(digest))
            } else {
                Taken::Missing("gone".to_owned())
            }
        };
        Ok(sources.iter().map(one).collect())
    }
}

#[test]
fn a_picture_that_is_missing_does_not_stop_its_product() {
    let shop = Shop::new();
    let file = "Handle,Title,Variant Price,Image Src\na,One,1,x.jpg\na,,,y.png\nb,Two,1,x.jpg\n";
    let camera = Camera::default();
    let (done, found) = shop.import_with(Format::Shopify, file.as_bytes(), &camera).unwrap();
    assert_eq!((done.created, done.refused, done.notes), (2, 0, 1));
    assert_eq!((found[0].line, found[0].field.as_str()), (2, "images"));
    assert!(found[0].reason.contains("y.png: gone"), "{found:?}");
    assert_eq!(*camera.0.lock().unwrap(), ["x.jpg", "y.png"], "once a batch, whoever shows it");
    let one = shop.named("One").product.images;
    assert_eq!((one.len(), &one), (1, &shop.named("Two").product.images));
    assert!(souk_catalog::is_photo(&one[0]));
    let (again, _) = shop.import_with(Format::Shopify, file.as_bytes(), &camera).unwrap();
    assert_eq!((again.unchanged, again.changed), (2, 0));
}

/// What both formats carry: everything but ids and times.
fn essence(shop: &Shop) -> BTreeMap<String, String> {
    let of = |listing: &Listing| {
        let p = &listing.product;
        let variants: Vec<_> =
            listing.variants.iter().map(|v| (v.options.clone(), v.title.clone())).collect();
        let terms = shop.terms(listing);
        let text = format!(
            "{:?} {:?} {:?} {:?} {variants:?} {terms:?}",
            p.description, p.brand, p.category_path, p.attributes
        );
        (p.title.clone(), text)
    };
    shop.all().iter().map(of).collect()
}

#[test]
fn what_is_exported_can_be_imported_into_an_empty_shop() {
    let here = Shop::new();
    here.import(Format::Shopify, SHOPIFY);
    here.import(Format::GoogleXml, FEED);
    // What is hidden stands in no feed of Google's.
    let sold = |shop: &Shop| {
        let mut all = essence(shop);
        all.remove("Unreleased");
        all
    };
    let both =
        [(ExportFormat::Shopify, Format::Shopify), (ExportFormat::Google, Format::GoogleXml)];
    for (format, read) in both {
        let equal = |shop: &Shop| match format {
            ExportFormat::Shopify => essence(shop),
            ExportFormat::Google => sold(shop),
        };
        let file = here.export(format);
        let there = Shop::new();
        let (done, found) = there.import(read, &file);
        let (ours, theirs) = (equal(&here), equal(&there));
        let many = ours.len() as u64;
        assert_eq!((done.refused, done.created), (0, many), "{found:?}\n{file}");
        assert_eq!(theirs.len(), ours.len(), "{format:?}");
        for (title, wanted) in &ours {
            assert_eq!(theirs.get(title), Some(wanted), "{format:?} {title}\n{file}");
        }
        let (again, _) = there.import(read, &file);
        assert_eq!(again.unchanged, many, "{format:?}");
    }
}

#[test]
fn our_own_export_finds_our_own_products_again() {
    let shop = Shop::new();
    shop.import(Format::Shopify, SHOPIFY);
    shop.import(Format::GoogleXml, FEED);
    let before = shop.all();
    assert!(before.iter().flat_map(|l| &l.offers).all(|offer| offer.seller == HOUSE_SELLER));
    let both =
        [(ExportFormat::Shopify, Format::Shopify), (ExportFormat::Google, Format::GoogleXml)];
    for (format, read) in both {
        let (again, found) = shop.import(read, &shop.export(format));
        assert_eq!((again.created, again.refused), (0, 0), "{format:?} {found:?}");
        let after = shop.all();
        assert_eq!(after.len(), before.len());
        for (was, is) in before.iter().zip(&after) {
            let offers = |listing: &Listing| {
                let of = |offer: &souk_catalog::Offer| {
                    (offer.id, offer.price, offer.buyable, offer.tax_class)
                };
                listing.offers.iter().map(of).collect::<Vec<_>>()
            };
            assert_eq!(offers(is), offers(was), "{format:?} {}", is.product.title);
        }
    }
}

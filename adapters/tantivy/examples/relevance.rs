//! Measures how good the first ten hits are, on a catalogue with human judgements:
//! `cargo run --release -p souk-tantivy --example relevance -- DIR`, where DIR has
//! `products.jsonl.gz` and `qrels.csv` (query_id,query,product_id,grade). With `--speed`, times
//! searches with facets as well; with `--show QUERY`, prints what it finds.

use souk_kernel::{Currency, Money, OfferId, ProductId, SellerId, Timestamp};
use souk_search::{Document, Filters, Index, Query};
use souk_tantivy::TantivyIndex;
use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// What judges said of one query: grades by product.
#[derive(Default)]
struct Judged {
    text: String,
    grades: HashMap<ProductId, u32>,
}

fn id(number: &str) -> Outcome<u128> {
    Ok(number.parse()?)
}

fn texts(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::String(text) => text.split(',').map(|t| t.trim().to_owned()).collect(),
        serde_json::Value::Bool(true) => vec!["Yes".to_owned()],
        serde_json::Value::Number(number) => vec![number.to_string()],
        _ => Vec::new(),
    }
}

fn document(line: &str) -> Outcome<Document> {
    let json: serde_json::Value = serde_json::from_str(line)?;
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    let number = id(&text("id"))?;
    let mut codes: Vec<String> = vec![text("model")];
    codes.extend(json["gtin"].as_array().into_iter().flatten().flat_map(texts));
    let attributes = json["attributes"].as_object();
    let attributes = attributes.into_iter().flatten().map(|(k, v)| (k.clone(), texts(v)));
    let kind = text("product_type");
    Ok(Document {
        product: ProductId::from_bytes(number.to_be_bytes()),
        offer: OfferId::from_bytes(number.to_be_bytes()),
        seller: SellerId::from_bytes([1; 16]),
        title: text("title"),
        description: text("description"),
        brand: text("brand"),
        codes,
        category: if kind.is_empty() { vec![] } else { vec![kind] },
        attributes: attributes.collect(),
        price: Money::new((json["price"].as_f64().unwrap_or(0.0) * 100.0) as i64, Currency::Usd),
        in_stock: true,
        rating_tenths: 0,
        reviews: 0,
        fast_delivery: false,
        created_at: Timestamp(number as i64),
        image: Some(text("thumb")),
        colours: Vec::new(),
    })
}

fn documents(folder: &Path) -> Outcome<Vec<Document>> {
    let file = std::fs::File::open(folder.join("products.jsonl.gz"))?;
    BufReader::new(flate2::read::GzDecoder::new(file)).lines().map(|l| document(&l?)).collect()
}

fn judgements(folder: &Path) -> Outcome<BTreeMap<String, Judged>> {
    let mut all: BTreeMap<String, Judged> = BTreeMap::new();
    for line in std::fs::read_to_string(folder.join("qrels.csv"))?.lines().skip(1) {
        let mut parts = line.rsplitn(3, ',');
        let (Some(grade), Some(product), Some(rest)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err("a judgement has four fields".into());
        };
        let (query, text) = rest.split_once(',').ok_or("a judgement has four fields")?;
        let judged = all.entry(query.to_owned()).or_default();
        judged.text = text.trim_matches('"').replace("\"\"", "\"");
        let product = ProductId::from_bytes(id(product)?.to_be_bytes());
        judged.grades.insert(product, grade.trim().parse()?);
    }
    Ok(all)
}

/// Discounted gain of grades in this order.
fn gain(grades: impl Iterator<Item = u32>) -> f64 {
    let discounted =
        |(at, grade): (usize, u32)| (2_f64.powi(grade as i32) - 1.0) / (at as f64 + 2.0).log2();
    grades.take(10).enumerate().map(discounted).sum()
}

/// How many hits are looked at: as many as a page has at most.
const DEEP: u32 = 100;

/// An index without any rule of ours, to compare with: the same engine's own words and BM25 over title
/// and description, any word will do.
struct Plain {
    reader: tantivy::IndexReader,
    parser: tantivy::query::QueryParser,
    place: tantivy::schema::Field,
    products: Vec<ProductId>,
}

impl Plain {
    fn of(documents: &[Document]) -> Outcome<Self> {
        use tantivy::doc;
        use tantivy::schema::{STORED, Schema, TEXT};
        let mut schema = Schema::builder();
        let (title, description) =
            (schema.add_text_field("title", TEXT), schema.add_text_field("description", TEXT));
        let place = schema.add_u64_field("place", STORED);
        let index = tantivy::Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 50_000_000)?;
        for (at, document) in documents.iter().enumerate() {
            writer.add_document(doc!(
                title => document.title.as_str(),
                description => document.description.as_str(),
                place => at as u64,
            ))?;
        }
        writer.commit()?;
        let parser = tantivy::query::QueryParser::for_index(&index, vec![title, description]);
        let products = documents.iter().map(|document| document.product).collect();
        Ok(Self { reader: index.reader()?, parser, place, products })
    }

    fn search(&self, text: &str) -> Outcome<Vec<ProductId>> {
        use tantivy::schema::Value;
        let words: String =
            text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let (query, _) = self.parser.parse_query_lenient(&words.to_lowercase());
        let searcher = self.reader.searcher();
        let top = tantivy::collector::TopDocs::with_limit(DEEP as usize);
        let mut found = Vec::new();
        for (_, address) in searcher.search(&query, &top.order_by_score())? {
            let stored: tantivy::TantivyDocument = searcher.doc(address)?;
            let at = stored.get_first(self.place).and_then(|value| value.as_u64());
            found.extend(at.and_then(|at| self.products.get(at as usize)));
        }
        Ok(found)
    }
}

/// NDCG@10 over the whole catalogue, and with products that nobody judged left out. None when no
/// judged product is any good.
fn ndcg(hits: &[ProductId], judged: &Judged) -> Option<(f64, f64)> {
    let mut ideal: Vec<u32> = judged.grades.values().copied().collect();
    ideal.sort_unstable_by_key(|g| std::cmp::Reverse(*g));
    let best = gain(ideal.into_iter());
    if best <= 0.0 {
        return None;
    }
    let grade = |p: &ProductId| judged.grades.get(p).copied();
    let whole = gain(hits.iter().map(|hit| grade(hit).unwrap_or(0)));
    let known = gain(hits.iter().filter_map(grade));
    Some((whole / best, known / best))
}

/// Sums of both measures.
#[derive(Default)]
struct Sums {
    whole: f64,
    known: f64,
}

impl Sums {
    fn add(&mut self, (whole, known): (f64, f64)) {
        self.whole += whole;
        self.known += known;
    }

    fn tell(&self, who: &str, n: f64) {
        let (whole, known) = (self.whole / n, self.known / n);
        println!("{who:<10} NDCG@10 {whole:.4}, unjudged left out {known:.4}, {n} queries");
    }
}

async fn relevance(
    index: &TantivyIndex,
    plain: &Plain,
    judged: &BTreeMap<String, Judged>,
) -> Outcome<()> {
    let (mut ours, mut theirs, mut n) = (Sums::default(), Sums::default(), 0.0);
    for judged in judged.values() {
        let query = Query { per_page: DEEP, ..Query::new(&judged.text) };
        let results = index.search(&query).await?;
        let hits: Vec<ProductId> = results.hits.iter().map(|hit| hit.product).collect();
        let Some(found) = ndcg(&hits, judged) else { continue };
        let bare = ndcg(&plain.search(&judged.text)?, judged).unwrap_or_default();
        n += 1.0;
        println!("{:.3} {:.3} (plain {:.3}) {}", found.0, found.1, bare.0, judged.text);
        ours.add(found);
        theirs.add(bare);
    }
    ours.tell("Souk", n);
    theirs.tell("plain BM25", n);
    Ok(())
}

/// Distinct texts from titles, a third misspelt, half with two filters.
fn speed_queries(documents: &[Document]) -> Vec<Query> {
    let mut queries = Vec::new();
    for (at, document) in documents.iter().step_by(9).enumerate() {
        let words: Vec<&str> = document.title.split(' ').skip(at % 3).take(1 + at % 3).collect();
        let mut text = words.join(" ");
        if text.len() < 3 {
            continue;
        }
        if at % 3 == 0 && text.is_char_boundary(3) && text.len() > 4 {
            text.remove(text.char_indices().nth(2).map_or(0, |(i, _)| i));
        }
        let mut filters = Filters::default();
        if at % 2 == 0 {
            filters.brands.insert(document.brand.clone());
            filters.price_max = Some(document.price.minor * 2);
        }
        queries.push(Query { filters, ..Query::new(&text) });
    }
    queries
}

/// What this thread has computed so far: other work on the machine doesn't count. Linux only.
fn computed() -> std::time::Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split(' ').next().and_then(|n| n.parse().ok());
    std::time::Duration::from_nanos(nanos.unwrap_or(0))
}

async fn speed(index: &TantivyIndex, queries: &[Query]) -> Outcome<()> {
    let mut times = Vec::new();
    let before = computed();
    let mut hits = 0;
    for query in std::iter::repeat_n(queries, 6).flatten() {
        let start = Instant::now();
        hits += index.search(query).await?.total;
        times.push((start.elapsed(), query.text.clone()));
    }
    let computed = (computed() - before) / times.len() as u32;
    times.drain(..queries.len());
    let sum: std::time::Duration = times.iter().map(|t| t.0).sum();
    times.sort();
    let at = |share: usize| times[times.len() * share / 100].0;
    println!(
        "{} queries, CPU {computed:?} each, mean {:?}, p50 {:?}, p90 {:?}, p99 {:?}, {} hits a query",
        queries.len(),
        sum / times.len() as u32,
        at(50),
        at(90),
        at(99),
        hits / 6 / queries.len() as u64
    );
    for (time, text) in times.iter().rev().take(8) {
        println!("  {time:?} {text}");
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let folder = args.first().ok_or("name the folder with the catalogue")?;
    let documents = documents(Path::new(folder))?;
    let place = std::env::temp_dir().join(format!("souk-relevance-{}", std::process::id()));
    let start = Instant::now();
    let index = TantivyIndex::open(&place)?.index;
    index.upsert(documents.clone()).await?;
    index.refresh().await?;
    index.finish_rebuild()?;
    println!("{} products indexed in {:?}", index.count().await?, start.elapsed());
    if let Some(at) = args.iter().position(|a| a == "--show") {
        for text in &args[at + 1..] {
            let results = index.search(&Query { per_page: 15, ..Query::new(text) }).await?;
            println!("{text}: {} hits, {:?}", results.total, results.did_you_mean);
            results.hits.iter().for_each(|h| println!("  {}", h.title));
        }
    } else {
        relevance(&index, &Plain::of(&documents)?, &judgements(Path::new(folder))?).await?;
    }
    if args.iter().any(|a| a == "--speed") {
        drop(index);
        let start = Instant::now();
        let index = TantivyIndex::open(&place)?.index;
        println!("opened in {:?}", start.elapsed());
        speed(&index, &speed_queries(&documents)).await?;
    }
    Ok(std::fs::remove_dir_all(&place)?)
}

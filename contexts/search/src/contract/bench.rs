//! A small shop to search in, and what the answers must be, worked out the slow way.

use crate::model::{Document, Filters, Query, Results};
use crate::port::Index;
use souk_kernel::{
    Currency, Entropy, ManualClock, Mint, Money, ProductId, SeededEntropy, SellerId, Timestamp,
};
use std::collections::BTreeMap;
use std::sync::Arc;

const AT: Timestamp = Timestamp(1_790_000_000_000);
pub const SEED: u64 = 20_261_123;

/// An empty index and a mint of ids.
pub struct Bench {
    pub index: Arc<dyn Index>,
    mint: Mint,
    entropy: Arc<SeededEntropy>,
}

impl Bench {
    pub fn over(index: Arc<dyn Index>) -> Self {
        let entropy = Arc::new(SeededEntropy::new(SEED));
        let mint = Mint::new(Arc::new(ManualClock::at(AT)), Arc::<SeededEntropy>::clone(&entropy));
        Self { index, mint, entropy }
    }

    /// A product with a title and nothing special.
    pub fn product(&self, title: &str) -> Document {
        Document {
            product: self.mint.mint_anywhere(),
            offer: self.mint.mint_anywhere(),
            seller: seller(0),
            title: title.to_owned(),
            description: String::new(),
            brand: String::new(),
            codes: Vec::new(),
            category: Vec::new(),
            attributes: Vec::new(),
            price: Money::new(1_000, Currency::Eur),
            in_stock: true,
            rating_tenths: 0,
            reviews: 0,
            fast_delivery: false,
            created_at: AT,
            image: None,
            colours: Vec::new(),
        }
    }

    pub async fn publish(&self, documents: &[Document]) {
        self.index.upsert(documents.to_vec()).await.expect("the index takes documents");
        self.index.refresh().await.expect("the index refreshes");
    }

    /// Products with these titles, findable.
    pub async fn titled(&self, titles: &[&str]) -> Vec<Document> {
        let documents: Vec<Document> = titles.iter().map(|t| self.product(t)).collect();
        self.publish(&documents).await;
        documents
    }

    pub async fn search(&self, query: &Query) -> Results {
        self.index.search(query).await.expect("no text is an error")
    }

    pub async fn find(&self, text: &str) -> Results {
        self.search(&Query::new(text)).await
    }

    /// The titles that a text finds, best first.
    pub async fn titles(&self, text: &str) -> Vec<String> {
        self.find(text).await.hits.into_iter().map(|hit| hit.title).collect()
    }

    pub fn below(&self, n: u64) -> usize {
        (self.entropy.next_u64() % n) as usize
    }

    /// A few hundred products with every kind of filter; all have "widget" in their titles, some
    /// have "gadget" as well.
    pub fn shop(&self, products: usize) -> Vec<Document> {
        (0..products).map(|i| self.varied(i)).collect()
    }

    fn varied(&self, i: usize) -> Document {
        const BRANDS: [&str; 5] = ["Acme", "Borealis", "Café Noir", "HP", ""];
        const PATHS: [&[&str]; 6] = [
            &["Home"],
            &["Home", "Kitchen"],
            &["Home", "Kitchen", "Pans"],
            &["Electronics", "Phones"],
            &["Electronics", "Kitchen"],
            &[],
        ];
        const COLOURS: [&str; 4] = ["Red", "Green", "Blue", "Red / Blue"];
        let word = if self.below(3) == 0 { "widget gadget" } else { "widget" };
        let mut document = self.product(&format!("{word} {i}"));
        document.brand = BRANDS[self.below(5)].to_owned();
        document.category = PATHS[self.below(6)].iter().map(|s| (*s).to_owned()).collect();
        document.seller = seller(self.below(3) as u8);
        document.price.minor = [99, 100, 199, 500, 1_299, 4_999, 100_000][self.below(7)];
        document.in_stock = self.below(4) > 0;
        document.rating_tenths = [0, 19, 30, 39, 40, 47, 50][self.below(7)];
        document.reviews = self.below(50) as u32;
        document.fast_delivery = self.below(3) == 0;
        document.created_at = AT.plus_ms(self.below(10) as i64);
        let colours = (0..self.below(3)).map(|_| COLOURS[self.below(4)].to_owned()).collect();
        document.attributes.push(("Colour".to_owned(), colours));
        let size = format!("{} cm", self.below(30));
        document.attributes.push(("Size".to_owned(), vec![size]));
        document
    }
}

/// One of a few sellers.
pub fn seller(n: u8) -> SellerId {
    SellerId::from_bytes([n; 16])
}

/// Whether a document passes these filters, read off their definition.
pub fn passes(document: &Document, filters: &Filters) -> bool {
    let price = document.price.minor;
    document.category.starts_with(&filters.category)
        && (filters.brands.is_empty() || filters.brands.contains(&document.brand))
        && filters.seller.is_none_or(|seller| document.seller == seller)
        && filters.price_min.is_none_or(|min| price >= min)
        && filters.price_max.is_none_or(|max| price <= max)
        && filters.rating_min.is_none_or(|min| document.rating_tenths >= min)
        && (!filters.in_stock || document.in_stock)
        && (!filters.fast_delivery || document.fast_delivery)
        && filters.attributes.iter().all(|(name, wanted)| {
            let own = document.attributes.iter().filter(|(n, _)| n == name);
            own.flat_map(|(_, values)| values).any(|v| wanted.contains(v))
        })
}

/// How many documents have each value that `values` gives for them, most frequent first.
pub fn counted<T: Ord + Clone>(
    documents: &[Document],
    values: impl Fn(&Document) -> Vec<T>,
) -> Vec<(T, u64)> {
    let mut counts: BTreeMap<T, u64> = BTreeMap::new();
    for document in documents {
        let mut own = values(document);
        own.sort();
        own.dedup();
        own.into_iter().for_each(|value| *counts.entry(value).or_default() += 1);
    }
    let mut counts: Vec<(T, u64)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// The products of some documents, in their order.
pub fn products(documents: &[Document]) -> Vec<ProductId> {
    documents.iter().map(|d| d.product).collect()
}

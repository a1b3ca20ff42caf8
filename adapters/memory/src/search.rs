//! The product index in memory: every search looks at every product. The specification that real
//! engines are compared with, and enough for small tests.

use async_trait::async_trait;
use parking_lot::RwLock;
use souk_kernel::{Money, PortError, ProductId};
use souk_search::rules::MAX_SUGGESTIONS;
use souk_search::rules::analysis::{Analysed, analyse};
use souk_search::rules::facets::{Counted, assemble, price_range, stars};
use souk_search::rules::kind::{self, AskedKind, Kind};
use souk_search::rules::limits::{clamp, filterable};
use souk_search::rules::plan::{Alternative, Group, Lexicon, Plan, plan};
use souk_search::rules::ranking::{
    CLOSER_LOOK, FIELDS, Field, LEAD, Standing, Titles, alternative_idf, coverage, idf, required,
    saturate, sort_key, standing, term_hash, tf,
};
use souk_search::rules::spelling::{Candidate, Vocabulary};
use souk_search::rules::suggest::{self, TRIED, typing};
use souk_search::rules::taste::{factor, share_of};
use souk_search::{
    CategoryCount, Demand, Document, Facets, Filters, Hit, Index, Query, Results, Signals, Sort,
    Taste,
};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

/// A product index that is gone with its process.
#[derive(Default)]
pub struct MemoryIndex {
    inner: RwLock<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Writes since the last refresh, in order.
    pending: Vec<Write>,
    entries: BTreeMap<ProductId, Entry>,
    vocabulary: Vocabulary,
    averages: [f32; FIELDS],
}

enum Write {
    Upsert(Box<Document>),
    Remove(ProductId),
    Clear,
}

struct Entry {
    document: Document,
    analysed: Analysed,
    /// How often each term stands in each field.
    terms: HashMap<String, [u32; FIELDS]>,
    title: Vec<u32>,
    lead: Vec<u32>,
    leaf: Vec<u32>,
    demand: Demand,
}

impl Entry {
    fn new(document: Document, demand: Demand) -> Self {
        let analysed = analyse(&document);
        let mut terms: HashMap<String, [u32; FIELDS]> = HashMap::new();
        for field in Field::ALL {
            for term in analysed.field(field) {
                terms.entry(term.clone()).or_default()[field as usize] += 1;
            }
        }
        let title = analysed.title.iter().map(|t| term_hash(t)).collect();
        let lead = analysed.description.iter().take(LEAD).map(|t| term_hash(t)).collect();
        let leaf = kind::leaf(&document.category);
        Self { document, analysed, terms, title, lead, leaf, demand }
    }

    fn standing(&self) -> Standing {
        Standing {
            in_stock: self.document.in_stock,
            popularity: self.demand.popularity,
            conversion: self.demand.conversion,
            fast_delivery: self.document.fast_delivery,
            rating_tenths: self.document.rating_tenths,
            reviews: self.document.reviews,
        }
    }

    fn hit(&self) -> Hit {
        let document = &self.document;
        Hit {
            product: document.product,
            offer: document.offer,
            title: document.title.clone(),
            brand: document.brand.clone(),
            price: Money::new(document.price.minor, document.price.currency),
            image: document.image.clone(),
            in_stock: document.in_stock,
            rating_tenths: document.rating_tenths,
            reviews: document.reviews,
            fast_delivery: document.fast_delivery,
            colours: document.colours.clone(),
        }
    }
}

impl Inner {
    fn refresh(&mut self) {
        for write in std::mem::take(&mut self.pending) {
            match write {
                Write::Clear => self.entries.clear(),
                Write::Remove(product) => drop(self.entries.remove(&product)),
                Write::Upsert(document) => {
                    let before = self.entries.get(&document.product);
                    let demand = before.map_or_else(Demand::default, |b| b.demand);
                    self.entries.insert(document.product, Entry::new(*document, demand));
                }
            }
        }
        let words = self.entries.values().flat_map(|e| e.analysed.words.iter());
        self.vocabulary = Vocabulary::learn(words.map(|w| (w.clone(), 1)));
        let entries = self.entries.len().max(1) as f32;
        self.averages = Field::ALL.map(|field| {
            let terms: usize = self.entries.values().map(|e| e.analysed.field(field).len()).sum();
            terms as f32 / entries
        });
    }

    /// How much an entry answers one way of saying something; zero when it doesn't.
    fn answer(&self, entry: &Entry, alternative: &Alternative) -> f32 {
        let of_term = |term: &String| -> f32 {
            let Some(times) = entry.terms.get(term) else { return 0.0 };
            let part = |field: Field| {
                let length = entry.analysed.field(field).len() as u32;
                let average = self.averages[field as usize];
                tf(field, times[field as usize], length, average)
            };
            Field::ALL.into_iter().map(part).sum()
        };
        saturate(alternative.terms.iter().map(of_term).fold(f32::INFINITY, f32::min))
    }

    /// The score of an entry apart from its standing, and how many groups it answers.
    fn score(&self, entry: &Entry, plan: &Plan, known: &Known<'_>) -> (f32, usize) {
        if plan.groups.is_empty() {
            return (1.0, 0);
        }
        let all = self.entries.len() as u32;
        let of_group = |group: &Group| -> f32 {
            let first = known.frequency(&group.term);
            let of_alternative = |alternative: &Alternative| {
                let rarest = alternative.terms.iter().map(|t| known.frequency(t)).min();
                let own = idf(rarest.unwrap_or(0), all);
                let weight = alternative.weight;
                let idf = alternative_idf(own, idf(first, all), first > 0, weight);
                self.answer(entry, alternative) * idf * weight
            };
            group.alternatives.iter().map(of_alternative).fold(0.0, f32::max)
        };
        let scores: Vec<f32> = plan.groups.iter().map(of_group).collect();
        let answered = scores.iter().filter(|s| **s > 0.0).count();
        (scores.iter().sum::<f32>() * coverage(answered, scores.len()), answered)
    }

    fn search(&self, query: &Query) -> Results {
        let known = Known { inner: self, frequencies: RefCell::default() };
        let plan = plan(&query.text, &known, &query.words);
        let groups = plan.groups.len();
        let mut answered = vec![0_usize; groups + 1];
        let mut found: Vec<(&Entry, f32, usize)> = Vec::new();
        for entry in self.entries.values() {
            let (score, groups_answered) = self.score(entry, &plan, &known);
            if groups == 0 || groups_answered > 0 {
                answered[groups_answered] += 1;
                found.push((entry, score, groups_answered));
            }
        }
        let least = if groups == 0 { 0 } else { required(&answered, query.sort) };
        found.retain(|(_, _, groups_answered)| *groups_answered >= least);
        let facets = facets(&found, &query.filters);
        found.retain(|(entry, ..)| failed(&entry.document, &query.filters).is_empty());
        let window = clamp(query);
        let ranked = rank(&found, &plan, query);
        let page = ranked.iter().skip(window.offset).take(window.end - window.offset);
        Results {
            hits: page.map(|entry| entry.hit()).collect(),
            total: ranked.len() as u64,
            page: window.page,
            per_page: window.per_page,
            facets,
            did_you_mean: plan.did_you_mean,
            searched: plan.searched,
        }
    }

    fn suggest(&self, prefix: &str) -> Vec<String> {
        let Some(typing) = typing(prefix) else { return Vec::new() };
        let mut found: Vec<(usize, &str)> = Vec::new();
        for (word, _) in self.vocabulary.completions(&typing.last, TRIED) {
            let own = |e: &&Entry| {
                e.analysed.words.iter().any(|w| w == word)
                    && typing.before.iter().all(|t| e.terms.contains_key(t))
            };
            found.push((self.entries.values().filter(own).count(), word));
        }
        found.retain(|(count, _)| *count > 0);
        found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        found.truncate(MAX_SUGGESTIONS);
        found.into_iter().map(|(_, word)| format!("{}{word}", typing.head)).collect()
    }
}

/// What the catalogue knows of terms, counted once in a search.
struct Known<'a> {
    inner: &'a Inner,
    frequencies: RefCell<HashMap<String, u32>>,
}

impl Lexicon for Known<'_> {
    fn frequency(&self, term: &str) -> u32 {
        if let Some(known) = self.frequencies.borrow().get(term) {
            return *known;
        }
        let having = self.inner.entries.values().filter(|e| e.terms.contains_key(term)).count();
        self.frequencies.borrow_mut().insert(term.to_owned(), having as u32);
        having as u32
    }

    fn correct(&self, word: &str, most: u8) -> Option<Candidate> {
        self.inner.vocabulary.correct(word, most)
    }
}

/// One filter.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Filter {
    Category,
    Brand,
    Seller,
    Price,
    Rating,
    Stock,
    Fast,
    Attribute(String),
}

/// The filters that a document fails.
fn failed(document: &Document, filters: &Filters) -> Vec<Filter> {
    let mut failed = Vec::new();
    let mut need = |passes: bool, filter: Filter| {
        if !passes {
            failed.push(filter);
        }
    };
    let price = document.price.minor;
    need(document.category.starts_with(&filters.category), Filter::Category);
    let brands = &filters.brands;
    need(brands.is_empty() || brands.contains(&document.brand), Filter::Brand);
    need(filters.seller.is_none_or(|seller| document.seller == seller), Filter::Seller);
    let (least, most) = filters.price_bounds();
    need((least..=most).contains(&price), Filter::Price);
    need(document.rating_tenths >= filters.rating_min.unwrap_or(0), Filter::Rating);
    need(!filters.in_stock || document.in_stock, Filter::Stock);
    need(!filters.fast_delivery || document.fast_delivery, Filter::Fast);
    for (name, wanted) in &filters.attributes {
        let mut own = filterable(&document.attributes).filter(|(n, _)| n == name);
        need(own.any(|(_, v)| wanted.contains(v)), Filter::Attribute(name.clone()));
    }
    failed
}

fn facets(found: &[(&Entry, f32, usize)], filters: &Filters) -> Facets {
    let mut counted = Counted::default();
    let mut categories: BTreeMap<&[String], u64> = BTreeMap::new();
    let mut brands: BTreeMap<&str, u64> = BTreeMap::new();
    let mut attributes: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for (entry, ..) in found {
        let document = &entry.document;
        let failed = failed(document, filters);
        let counts = |filter: &Filter| failed.iter().all(|f| f == filter);
        if counts(&Filter::Category) && !document.category.is_empty() {
            *categories.entry(&document.category).or_default() += 1;
        }
        if counts(&Filter::Brand) && !document.brand.is_empty() {
            *brands.entry(&document.brand).or_default() += 1;
        }
        if counts(&Filter::Price) && document.price.minor > 0 {
            counted.prices[price_range(document.price.minor)] += 1;
        }
        if counts(&Filter::Rating) {
            counted.ratings[stars(document.rating_tenths)] += 1;
        }
        counted.in_stock += u64::from(counts(&Filter::Stock) && document.in_stock);
        let fast = counts(&Filter::Fast) && document.fast_delivery;
        counted.fast_delivery += u64::from(fast);
        for (name, value) in filterable(&document.attributes) {
            if counts(&Filter::Attribute(name.to_owned())) {
                *attributes.entry(name).or_default().entry(value).or_default() += 1;
            }
        }
    }
    counted.categories = categories.into_iter().collect();
    counted.brands = brands.into_iter().collect();
    let mut texts: Vec<&str> = Vec::new();
    let mut lists: Vec<(&str, Vec<(u32, u64)>)> = Vec::new();
    for (name, values) in attributes {
        let mut list = Vec::new();
        for (value, count) in values {
            list.push((texts.len() as u32, count));
            texts.push(value);
        }
        lists.push((name, list));
    }
    let slices = lists.iter_mut().map(|(name, values)| (*name, values.as_mut_slice()));
    counted.attributes = slices.collect();
    assemble(counted, filters, &|value| texts[value as usize])
}

/// What a score is multiplied with for who asks.
fn liked(taste: &Taste, document: &Document) -> f32 {
    let brand = taste.brands.get(&document.brand).copied().unwrap_or(0);
    factor(share_of(taste, &document.category), brand)
}

fn rank<'a>(found: &[(&'a Entry, f32, usize)], plan: &Plan, query: &Query) -> Vec<&'a Entry> {
    let sort = query.sort;
    let asked = AskedKind::of(plan);
    let same = found.iter().filter(|(e, ..)| asked.compare(&e.leaf) == Kind::Same).count();
    let told = same >= kind::ENOUGH;
    let kind = |e: &Entry| if told { asked.compare(&e.leaf).factor() } else { 1.0 };
    let key = |entry: &Entry, score: f32| {
        let document = &entry.document;
        let created = document.created_at.0;
        let key = sort_key(sort, score, document.price.minor, created, entry.standing());
        (key, document.product)
    };
    let scored = found.iter().map(|(entry, score, _)| {
        let known = standing(entry.standing()) * liked(&query.taste, &entry.document);
        (*entry, score * known * kind(entry))
    });
    let mut ranked: Vec<(&Entry, f32)> = scored.collect();
    ranked.sort_by_key(|(entry, score)| key(entry, *score));
    if sort == Sort::Relevance && !plan.groups.is_empty() {
        let titles = Titles::new(plan);
        let best = ranked.len().min(CLOSER_LOOK);
        for (entry, score) in &mut ranked[..best] {
            *score *= titles.look(&entry.title, &entry.lead);
        }
        ranked[..best].sort_by_key(|(entry, score)| key(entry, *score));
    }
    ranked.into_iter().map(|(entry, _)| entry).collect()
}

#[async_trait]
impl Index for MemoryIndex {
    async fn upsert(&self, documents: Vec<Document>) -> Result<(), PortError> {
        let writes = documents.into_iter().map(|d| Write::Upsert(Box::new(d)));
        self.inner.write().pending.extend(writes);
        Ok(())
    }

    async fn remove(&self, products: Vec<ProductId>) -> Result<(), PortError> {
        self.inner.write().pending.extend(products.into_iter().map(Write::Remove));
        Ok(())
    }

    async fn set_signals(&self, signals: Vec<(ProductId, Signals)>) -> Result<(), PortError> {
        let mut inner = self.inner.write();
        for (product, signals) in signals {
            if let Some(entry) = inner.entries.get_mut(&product) {
                entry.demand = signals.demand.unwrap_or(entry.demand);
                let in_stock = &mut entry.document.in_stock;
                *in_stock = signals.in_stock.unwrap_or(*in_stock);
                let price = &mut entry.document.price.minor;
                *price = signals.price_minor.unwrap_or(*price);
            }
        }
        Ok(())
    }

    async fn refresh(&self) -> Result<(), PortError> {
        self.inner.write().refresh();
        Ok(())
    }

    async fn clear(&self) -> Result<(), PortError> {
        self.inner.write().pending.push(Write::Clear);
        Ok(())
    }

    async fn search(&self, query: &Query) -> Result<Results, PortError> {
        Ok(self.inner.read().search(query))
    }

    async fn suggest(&self, prefix: &str) -> Result<Vec<String>, PortError> {
        Ok(self.inner.read().suggest(prefix))
    }

    async fn categories(&self, prefix: &str) -> Result<Vec<CategoryCount>, PortError> {
        let inner = self.inner.read();
        let own = inner.entries.values().map(|e| (e.document.category.as_slice(), 1));
        Ok(suggest::categories(prefix, &own.collect::<Vec<_>>()))
    }

    async fn count(&self) -> Result<u64, PortError> {
        Ok(self.inner.read().entries.len() as u64)
    }
}

//! One search from text to cards.

use crate::card::Card;
use crate::filter::{Compiled, Tallies};
use crate::live::{Live, Row};
use crate::names::Names;
use crate::schema::Fields;
use crate::score::{Found, Scratch, score};
use crate::snapshot::{Snapshot, Terms};
use souk_kernel::{Money, PortError};
use souk_search::rules::kind::{self, AskedKind, Kind};
use souk_search::rules::limits::{MAX_TEXT_CHARS, Window, clamp};
use souk_search::rules::plan::{Plan, plan};
use souk_search::rules::ranking::{CLOSER_LOOK, Titles, required, sort_key, standing};
use souk_search::rules::taste::{factor, share_of};
use souk_search::{Hit, Query, Results, Sort};
use std::cell::RefCell;
use std::sync::Arc;
use tantivy::TantivyDocument;
use tantivy::schema::Value;

/// The arrays of one thread.
#[derive(Default)]
struct Desk {
    scratch: Scratch,
    tallies: Tallies,
    found: Vec<Found>,
    ranked: Vec<Ranked>,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// A hit before it is shown.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    key: i64,
    product: souk_kernel::ProductId,
    segment: u32,
    doc: u32,
    score: f32,
    kind: Kind,
}

impl Ranked {
    fn order(&self) -> (i64, souk_kernel::ProductId) {
        (self.key, self.product)
    }
}

/// Searches one moment of the index.
pub fn search(
    snapshot: &Snapshot,
    live: &Live,
    fields: &Fields,
    query: &Query,
) -> Result<Results, PortError> {
    // Taken, not borrowed: when anything below fails, the half-filled arrays go with it.
    let mut desk = DESK.take();
    let results = desk.search(snapshot, live, fields, query)?;
    DESK.set(desk);
    Ok(results)
}

impl Desk {
    fn search(
        &mut self,
        snapshot: &Snapshot,
        live: &Live,
        fields: &Fields,
        query: &Query,
    ) -> Result<Results, PortError> {
        let terms = Terms::of(snapshot);
        let plan = plan(text(query), &terms, &query.words);
        self.found.clear();
        self.ranked.clear();
        score(snapshot, &terms, &plan, &mut self.scratch, &mut self.found).map_err(broken)?;
        let facets = self.sift(snapshot, live, query, &plan);
        let total = self.ranked.len() as u64;
        let window = clamp(query);
        rank(&mut self.ranked, snapshot, &plan, query.sort, window);
        let end = window.end.min(self.ranked.len());
        let page = self.ranked.get(window.offset..end).unwrap_or_default();
        let hits = page.iter().map(|r| hit(snapshot, live, fields, r));
        Ok(Results {
            hits: hits.collect::<Result<_, _>>()?,
            total,
            page: window.page,
            per_page: window.per_page,
            facets,
            did_you_mean: plan.did_you_mean,
            searched: plan.searched,
        })
    }
}

/// The text that is looked at: callers refuse longer ones, this only bounds the work.
fn text(query: &Query) -> &str {
    let cut = query.text.char_indices().nth(MAX_TEXT_CHARS).map_or(query.text.len(), |(at, _)| at);
    &query.text[..cut]
}

/// A failure to read what was checked when the index was opened.
pub fn broken(error: impl std::fmt::Display) -> PortError {
    PortError::Corrupt(format!("search index: {error}"))
}

impl Desk {
    /// Keeps the hits among what was found and counts the facets.
    fn sift(
        &mut self,
        snapshot: &Snapshot,
        live: &Live,
        query: &Query,
        plan: &Plan,
    ) -> souk_search::Facets {
        let groups = plan.groups.len();
        let mut answered = vec![0_usize; groups + 1];
        self.found.iter().for_each(|f| answered[usize::from(f.answered)] += 1);
        let least = if groups == 0 { 0 } else { required(&answered, query.sort) };
        let names = &snapshot.names;
        let compiled = Compiled::new(&query.filters, names);
        let asker = Asker::new(query, plan, names);
        self.tallies.fit(names);
        for found in &self.found {
            if usize::from(found.answered) < least {
                continue;
            }
            let columns = &snapshot.segments[found.segment as usize].columns;
            let row = live.row(columns.places[found.doc as usize]);
            let failed = compiled.failed(columns, found.doc, row);
            self.tallies.count(failed, &compiled, names, columns, (found.doc, row));
            if failed == 0 {
                let at =
                    (columns.categories[found.doc as usize], columns.brands[found.doc as usize]);
                let created = columns.created[found.doc as usize];
                self.ranked.push(ranked(found, row, created, query.sort, asker.of(at)));
            }
        }
        self.weigh_kinds(query.sort);
        self.tallies.take(names, &query.filters)
    }
}

impl Desk {
    /// Raises what is of the kind that was asked for, when enough is.
    fn weigh_kinds(&mut self, sort: Sort) {
        let same = self.ranked.iter().filter(|hit| hit.kind == Kind::Same).count();
        if sort != Sort::Relevance || same < kind::ENOUGH {
            return;
        }
        for hit in &mut self.ranked {
            hit.score *= hit.kind.factor();
            hit.key = -i64::from(hit.score.to_bits());
        }
    }
}

/// What products are to who asks, by the numbers of their categories and brands.
struct Asker {
    /// By category: its kind and its share of the taste.
    categories: Vec<(Kind, u8)>,
    /// By brand; empty without a taste.
    brands: Vec<u8>,
}

impl Asker {
    fn new(query: &Query, plan: &Plan, names: &Names) -> Self {
        let asked = AskedKind::of(plan);
        let taste = &query.taste;
        let of = |(leaf, path): (&Vec<u32>, &Arc<[String]>)| {
            let share = if taste.is_empty() { 0 } else { share_of(taste, path) };
            (asked.compare(leaf), share)
        };
        let categories = names.leaves().iter().zip(names.paths()).map(of).collect();
        let mut brands = Vec::new();
        if !taste.brands.is_empty() {
            brands.resize(names.brands.len(), 0);
            for (brand, share) in &taste.brands {
                if let Some(number) = names.brands.get(brand) {
                    brands[number as usize] = *share;
                }
            }
        }
        Self { categories, brands }
    }

    /// The kind of a product of this category and brand, and what its score is multiplied with.
    fn of(&self, (category, brand): (u32, u32)) -> (Kind, f32) {
        let (kind, liked) = self.categories.get(category as usize).copied().unwrap_or_default();
        let brand = self.brands.get(brand as usize).copied().unwrap_or(0);
        (kind, factor(liked, brand))
    }
}

fn ranked(found: &Found, row: &Row, created: i64, sort: Sort, asker: (Kind, f32)) -> Ranked {
    let (kind, liked) = asker;
    let score = found.score * standing(row.standing) * liked;
    Ranked {
        kind,
        key: sort_key(sort, score, row.price, created, row.standing),
        product: row.product,
        segment: found.segment,
        doc: found.doc,
        score,
    }
}

/// Orders the hits up to the end of the page. The best are looked at closer on every page alike,
/// so that no hit is on two pages.
fn rank(ranked: &mut Vec<Ranked>, snapshot: &Snapshot, plan: &Plan, sort: Sort, window: Window) {
    let closer = sort == Sort::Relevance && !plan.groups.is_empty();
    let wanted = if closer { window.end.max(CLOSER_LOOK) } else { window.end };
    if ranked.len() > wanted {
        ranked.select_nth_unstable_by_key(wanted, Ranked::order);
        ranked.truncate(wanted);
    }
    ranked.sort_unstable_by_key(Ranked::order);
    if !closer {
        return;
    }
    let titles = Titles::new(plan);
    let best = ranked.len().min(CLOSER_LOOK);
    for hit in &mut ranked[..best] {
        let columns = &snapshot.segments[hit.segment as usize].columns;
        hit.score *= titles.look(columns.titles.of(hit.doc), columns.leads.of(hit.doc));
        hit.key = -i64::from(hit.score.to_bits());
    }
    ranked[..best].sort_unstable_by_key(Ranked::order);
}

fn hit(
    snapshot: &Snapshot,
    live: &Live,
    fields: &Fields,
    ranked: &Ranked,
) -> Result<Hit, PortError> {
    let segment = &snapshot.segments[ranked.segment as usize];
    let stored: TantivyDocument = segment.cards.get(ranked.doc).map_err(broken)?;
    let bytes = stored.get_first(fields.card).and_then(|v| v.as_bytes());
    let card = bytes.and_then(Card::decode).ok_or_else(|| broken("a card can't be read"))?;
    let row = live.row(segment.columns.places[ranked.doc as usize]);
    Ok(Hit {
        product: row.product,
        offer: card.offer,
        title: card.title,
        brand: card.brand,
        price: Money::new(row.price, card.currency),
        image: card.image,
        in_stock: row.standing.in_stock,
        rating_tenths: row.standing.rating_tenths,
        reviews: row.standing.reviews,
        fast_delivery: row.standing.fast_delivery,
        colours: card.colours,
    })
}

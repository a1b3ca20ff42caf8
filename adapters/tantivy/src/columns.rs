//! A segment's columns as plain arrays by document: read once, when the segment is first opened.

use crate::live::Live;
use crate::names::{NONE, Names};
use crate::schema::Facts;
use parking_lot::RwLock;
use souk_kernel::ProductId;
use std::sync::Arc;
use tantivy::SegmentReader;
use tantivy::columnar::StrColumn;

/// Documents whose live facts are taken in before searches get a turn.
const AT_ONCE: usize = 1_024;

/// Lists of numbers of different lengths, end to end.
#[derive(Debug, Default)]
pub struct Lists {
    ends: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    fn push(&mut self, items: impl Iterator<Item = u32>) {
        self.items.extend(items);
        self.ends.push(self.items.len() as u32);
    }

    /// The list of a document.
    pub fn of(&self, doc: u32) -> &[u32] {
        let doc = doc as usize;
        let start = if doc == 0 { 0 } else { self.ends[doc - 1] };
        &self.items[start as usize..self.ends[doc] as usize]
    }
}

/// What filters, facets and orders read, by document.
#[derive(Debug)]
pub struct Columns {
    /// The product's place among the live facts.
    pub places: Vec<u32>,
    /// Its brand's number, or [`NONE`].
    pub brands: Vec<u32>,
    /// Its seller's number.
    pub sellers: Vec<u32>,
    /// Its category's number, or [`NONE`].
    pub categories: Vec<u32>,
    /// Its attribute values' numbers.
    pub attributes: Lists,
    /// Hashes of its title's terms.
    pub titles: Lists,
    /// Hashes of its description's first terms.
    pub leads: Lists,
    /// When it was listed, in milliseconds.
    pub created: Vec<i64>,
}

impl Columns {
    /// Reads a segment's columns.
    pub fn read(
        segment: &SegmentReader,
        names: &mut Arc<Names>,
        live: &RwLock<Live>,
    ) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        let (high, low) = (fast.u64("id_high")?, fast.u64("id_low")?);
        let (sequence, facts) = (fast.u64("sequence")?, fast.u64("facts")?);
        let (price, created) = (fast.i64("price")?, fast.i64("created")?);
        let docs = segment.max_doc();
        let mut places = Vec::with_capacity(docs as usize);
        let all: Vec<u32> = (0..docs).collect();
        for some in all.chunks(AT_ONCE) {
            let mut live = live.write();
            for doc in some.iter().copied() {
                let (high, low) = (high.first(doc).unwrap_or(0), low.first(doc).unwrap_or(0));
                let id = uuid::Uuid::from_u128((u128::from(high) << 64) | u128::from(low));
                let facts = Facts::unpack(facts.first(doc).unwrap_or(0));
                let price = price.first(doc).unwrap_or(0);
                let sequence = sequence.first(doc).unwrap_or(0);
                places.push(live.place(ProductId::from_uuid(id), sequence, price, facts));
            }
        }
        let brands = fast.str("brand")?;
        let brand_numbers = numbers(brands.as_ref(), names, Names::brand)?;
        let sellers = fast.str("seller")?;
        let seller_numbers = numbers(sellers.as_ref(), names, Names::seller)?;
        let categories = fast.str("category")?;
        let category_numbers = numbers(categories.as_ref(), names, Names::category)?;
        let attributes = fast.str("attributes")?;
        let value_numbers = numbers(attributes.as_ref(), names, Names::value)?;
        let hashes = |name| -> tantivy::Result<Lists> {
            let column = fast.u64(name)?;
            let mut lists = Lists::default();
            for doc in 0..docs {
                lists.push(column.values_for_doc(doc).map(|hash| hash as u32));
            }
            Ok(lists)
        };
        Ok(Self {
            places,
            brands: singles(brands.as_ref(), &brand_numbers, docs),
            sellers: singles(sellers.as_ref(), &seller_numbers, docs),
            categories: singles(categories.as_ref(), &category_numbers, docs),
            attributes: lists(attributes.as_ref(), &value_numbers, docs),
            titles: hashes("title_terms")?,
            leads: hashes("lead_terms")?,
            created: (0..docs).map(|doc| created.first(doc).unwrap_or(0)).collect(),
        })
    }
}

/// The index-wide number of each of a segment's texts.
fn numbers(
    column: Option<&StrColumn>,
    names: &mut Arc<Names>,
    number: fn(&mut Names, &str) -> u32,
) -> tantivy::Result<Vec<u32>> {
    let Some(column) = column else { return Ok(Vec::new()) };
    let names = Arc::make_mut(names);
    let mut out = Vec::with_capacity(column.num_terms());
    let mut texts = column.dictionary().stream()?;
    while texts.advance() {
        out.push(number(names, &String::from_utf8_lossy(texts.key())));
    }
    Ok(out)
}

fn singles(column: Option<&StrColumn>, numbers: &[u32], docs: u32) -> Vec<u32> {
    let number = |doc| -> Option<u32> {
        let ordinal = column?.ords().first(doc)?;
        numbers.get(ordinal as usize).copied()
    };
    (0..docs).map(|doc| number(doc).unwrap_or(NONE)).collect()
}

fn lists(column: Option<&StrColumn>, numbers: &[u32], docs: u32) -> Lists {
    let mut out = Lists::default();
    for doc in 0..docs {
        match column {
            Some(column) => {
                let ordinals = column.term_ords(doc);
                out.push(ordinals.filter_map(|o| numbers.get(o as usize).copied()));
            }
            None => out.push(std::iter::empty()),
        }
    }
    out
}

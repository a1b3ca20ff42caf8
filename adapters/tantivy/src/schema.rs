//! How a document lies in the index: fields for words, columns for filters, a card to show.

use crate::card::Card;
use souk_kernel::ProductId;
use souk_search::Document;
use souk_search::rules::analysis::{Analysed, analyse};
use souk_search::rules::limits::filterable;
use souk_search::rules::ranking::{FIELDS, LEAD, term_hash};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{TantivyDocument, Term};

/// Raised whenever documents of an older index would be read wrongly: the schema below, the rules
/// by which texts are cut, the card.
pub const FORMAT: &str = "souk-search 4";

/// Separates the members of a path, and a name from its value.
pub const SEPARATOR: char = '\u{1f}';

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    id: Field,
    /// Terms by [`souk_search::rules::ranking::Field`].
    pub text: [Field; FIELDS],
    /// Unstemmed words, for spellings and completions.
    pub words: Field,
    id_high: Field,
    id_low: Field,
    sequence: Field,
    price: Field,
    created: Field,
    facts: Field,
    brand: Field,
    category: Field,
    seller: Field,
    attributes: Field,
    title_terms: Field,
    lead_terms: Field,
    /// What a hit shows.
    pub card: Field,
}

/// The schema and its fields.
pub fn schema() -> (Schema, Fields) {
    // Texts are cut by the context's rules; here they only arrive, separated by blanks.
    let indexing = |record, norms| {
        TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(record)
            .set_fieldnorms(norms)
    };
    let text =
        TextOptions::default().set_indexing_options(indexing(IndexRecordOption::WithFreqs, true));
    let words =
        TextOptions::default().set_indexing_options(indexing(IndexRecordOption::Basic, false));
    let column = TextOptions::default().set_fast("raw");
    let mut builder = Schema::builder();
    let fields = Fields {
        id: builder.add_bytes_field("id", INDEXED),
        text: ["title", "key", "description", "values"]
            .map(|name| builder.add_text_field(name, text.clone())),
        words: builder.add_text_field("words", words),
        id_high: builder.add_u64_field("id_high", FAST),
        id_low: builder.add_u64_field("id_low", FAST),
        sequence: builder.add_u64_field("sequence", FAST),
        price: builder.add_i64_field("price", FAST),
        created: builder.add_i64_field("created", FAST),
        facts: builder.add_u64_field("facts", FAST),
        brand: builder.add_text_field("brand", column.clone()),
        category: builder.add_text_field("category", column.clone()),
        seller: builder.add_text_field("seller", column.clone()),
        attributes: builder.add_text_field("attributes", column),
        title_terms: builder.add_u64_field("title_terms", FAST),
        lead_terms: builder.add_u64_field("lead_terms", FAST),
        card: builder.add_bytes_field("card", STORED),
    };
    (builder.build(), fields)
}

/// What of a product is a number, packed: stock, rating, how many ratings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Whether it could be bought when it was indexed.
    pub in_stock: bool,
    /// Whether it came fast when it was indexed.
    pub fast_delivery: bool,
    /// Mean rating times ten.
    pub rating_tenths: u8,
    /// How many ratings.
    pub reviews: u32,
}

impl Facts {
    fn pack(self) -> u64 {
        u64::from(self.in_stock)
            | u64::from(self.fast_delivery) << 1
            | u64::from(self.rating_tenths) << 8
            | u64::from(self.reviews) << 16
    }

    /// From its column.
    pub fn unpack(bits: u64) -> Self {
        Self {
            in_stock: bits & 1 == 1,
            fast_delivery: bits & 2 == 2,
            rating_tenths: (bits >> 8) as u8,
            reviews: (bits >> 16) as u32,
        }
    }
}

impl Fields {
    /// The term that names a product's documents.
    pub fn id_term(&self, product: ProductId) -> Term {
        Term::from_field_bytes(self.id, product.bytes())
    }

    /// A document as the index takes it; `sequence` tells later ones from earlier ones.
    pub fn document(&self, document: &Document, sequence: u64) -> TantivyDocument {
        let Analysed { title, key, description, attributes, words } = analyse(document);
        let mut out = TantivyDocument::new();
        out.add_bytes(self.id, document.product.bytes());
        for (field, terms) in self.text.iter().zip([&title, &key, &description, &attributes]) {
            out.add_text(*field, terms.join(" "));
        }
        out.add_text(self.words, words.join(" "));
        for term in &title {
            out.add_u64(self.title_terms, u64::from(term_hash(term)));
        }
        for term in description.iter().take(LEAD) {
            out.add_u64(self.lead_terms, u64::from(term_hash(term)));
        }
        self.columns(&mut out, document, sequence);
        out.add_bytes(self.card, &Card::of(document).encode());
        out
    }

    fn columns(&self, out: &mut TantivyDocument, document: &Document, sequence: u64) {
        let id = document.product.uuid().as_u128();
        out.add_u64(self.id_high, (id >> 64) as u64);
        out.add_u64(self.id_low, id as u64);
        out.add_u64(self.sequence, sequence);
        out.add_i64(self.price, document.price.minor);
        out.add_i64(self.created, document.created_at.0);
        let facts = Facts {
            in_stock: document.in_stock,
            fast_delivery: document.fast_delivery,
            rating_tenths: document.rating_tenths.min(50),
            reviews: document.reviews,
        };
        out.add_u64(self.facts, facts.pack());
        out.add_text(self.seller, document.seller.to_string());
        if !document.brand.is_empty() {
            out.add_text(self.brand, &document.brand);
        }
        if !document.category.is_empty() {
            out.add_text(self.category, document.category.join(&SEPARATOR.to_string()));
        }
        for (name, value) in filterable(&document.attributes) {
            out.add_text(self.attributes, format!("{name}{SEPARATOR}{value}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_survive_packing() {
        for (in_stock, fast_delivery) in [(true, false), (false, true)] {
            let facts = Facts { in_stock, fast_delivery, rating_tenths: 47, reviews: u32::MAX };
            assert_eq!(Facts::unpack(facts.pack()), facts);
        }
    }
}

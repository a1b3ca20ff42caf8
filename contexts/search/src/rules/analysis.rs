//! A document as the terms by which it is found.

use super::ranking::Field;
use super::tokens::{is_code, terms, words};
use crate::model::Document;

/// Terms taken from one field of a document: more is a book, not a product.
const MAX_FIELD_TERMS: usize = 2_000;

/// A document's terms by field, in order, and the words that spellings are learnt from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Analysed {
    /// Of the title.
    pub title: Vec<String>,
    /// Of brand, codes and categories.
    pub key: Vec<String>,
    /// Of the description.
    pub description: Vec<String>,
    /// Of the attributes' values.
    pub attributes: Vec<String>,
    /// Words of title, brand and categories, each once.
    pub words: Vec<String>,
}

impl Analysed {
    /// The terms of one field.
    #[must_use]
    pub fn field(&self, field: Field) -> &[String] {
        match field {
            Field::Title => &self.title,
            Field::Key => &self.key,
            Field::Description => &self.description,
            Field::Attributes => &self.attributes,
        }
    }
}

/// Cuts a document into its terms.
#[must_use]
pub fn analyse(document: &Document) -> Analysed {
    let collect = |texts: &mut dyn Iterator<Item = &str>| {
        let mut out = Vec::new();
        for text in texts {
            if out.len() < MAX_FIELD_TERMS {
                terms(text, |term| out.push(term));
            }
        }
        out.truncate(MAX_FIELD_TERMS);
        out
    };
    let values = document.attributes.iter().flat_map(|(_, values)| values);
    let named = std::iter::once(&document.brand).chain(&document.category);
    let mut key = collect(&mut named.map(String::as_str));
    for code in &document.codes {
        let mut own = collect(&mut std::iter::once(code.as_str()));
        // A model's name repeats words of the title: only what has digits tells it from others.
        own.retain(|term| is_code(term) || !code.contains(char::is_whitespace));
        key.append(&mut own);
    }
    key.truncate(MAX_FIELD_TERMS);
    let mut learnt = Vec::new();
    let named = [&document.title, &document.brand].into_iter().chain(&document.category);
    for text in named {
        words(text, |word| learnt.push(word));
    }
    learnt.sort_unstable();
    learnt.dedup();
    Analysed {
        title: collect(&mut std::iter::once(document.title.as_str())),
        key,
        description: collect(&mut std::iter::once(document.description.as_str())),
        attributes: collect(&mut values.map(String::as_str)),
        words: learnt,
    }
}

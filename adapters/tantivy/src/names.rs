//! One number for each brand, category and attribute value, over all segments: counting is adding
//! to an array.

use crate::schema::SEPARATOR;
use souk_search::rules::kind::leaf;
use std::collections::HashMap;
use std::sync::Arc;

/// No number: a product without a brand.
pub const NONE: u32 = u32::MAX;

/// Texts with their numbers, in order of arrival.
#[derive(Debug, Clone, Default)]
pub struct Interner {
    numbers: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
}

impl Interner {
    /// The number of a text, a new one if need be.
    fn intern(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.len() as u32;
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        number
    }

    /// The number of a text that has one.
    pub fn get(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    /// The text of a number.
    pub fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |t| t)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }
}

/// All names of an index. Only grows: a name that no product has any more counts zero.
#[derive(Debug, Clone, Default)]
pub struct Names {
    pub brands: Interner,
    /// By their ids.
    pub sellers: Interner,
    categories: Interner,
    paths: Vec<Arc<[String]>>,
    /// For each category: its own name as hashes of terms.
    leaves: Vec<Vec<u32>>,
    pub attribute_names: Interner,
    values: Interner,
    /// For each value: the number of its attribute's name.
    value_names: Vec<u32>,
    /// For each value: where its own text starts, after the name.
    value_starts: Vec<u32>,
}

impl Names {
    pub fn brand(&mut self, text: &str) -> u32 {
        self.brands.intern(text)
    }

    pub fn seller(&mut self, id: &str) -> u32 {
        self.sellers.intern(id)
    }

    /// The number of a category, by its separated path.
    pub fn category(&mut self, path: &str) -> u32 {
        let number = self.categories.intern(path);
        if number as usize == self.paths.len() {
            let path: Arc<[String]> = path.split(SEPARATOR).map(str::to_owned).collect();
            self.leaves.push(leaf(&path));
            self.paths.push(path);
        }
        number
    }

    /// The number of an attribute value, by its name and value.
    pub fn value(&mut self, pair: &str) -> u32 {
        let number = self.values.intern(pair);
        if number as usize == self.value_names.len() {
            let name = pair.split(SEPARATOR).next().unwrap_or_default();
            self.value_names.push(self.attribute_names.intern(name));
            self.value_starts.push((name.len() + SEPARATOR.len_utf8()) as u32);
        }
        number
    }

    /// The paths of all categories, by their numbers.
    pub fn paths(&self) -> &[Arc<[String]>] {
        &self.paths
    }

    /// The own names of all categories as hashes of terms, by their numbers.
    pub fn leaves(&self) -> &[Vec<u32>] {
        &self.leaves
    }

    pub fn value_count(&self) -> usize {
        self.value_names.len()
    }

    /// The number of an attribute's name, by the number of one of its values.
    pub fn name_of(&self, value: u32) -> u32 {
        self.value_names[value as usize]
    }

    /// A value's text, without its attribute's name.
    pub fn value_text(&self, value: u32) -> &str {
        let start = self.value_starts[value as usize] as usize;
        self.values.text(value).get(start..).unwrap_or_default()
    }

    /// The number of a value that some product has.
    pub fn find_value(&self, name: &str, value: &str) -> Option<u32> {
        self.values.get(&format!("{name}{SEPARATOR}{value}"))
    }
}

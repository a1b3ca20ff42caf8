//! The generated part of the demo: families of products from `demo/families.toml`, the same ones in
//! the same order in every shop.

use super::{Choice, Row};
use crate::model::TaxClass;
use crate::rules::slug;
use serde::Deserialize;
use std::collections::BTreeMap;

const FAMILIES: &str = include_str!("../../demo/families.toml");

/// Products of one family.
const EACH: usize = 38;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    department: Vec<Department>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Department {
    name: String,
    brands: Vec<String>,
    series: Vec<String>,
    family: Vec<Family>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    path: String,
    kinds: Vec<String>,
    attributes: BTreeMap<String, Vec<String>>,
    options: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    tax: TaxClass,
    say: Vec<String>,
}

/// Throws that follow from a text: `SplitMix64` over FNV-1a.
struct Dice(u64);

impl Dice {
    fn of(text: &str) -> Self {
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        Self(text.bytes().fold(0xCBF2_9CE4_8422_2325, step))
    }

    /// Below `n`; 0 for nothing.
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % n.max(1) as u64).unwrap_or(0)
    }

    fn some<'a, T>(&mut self, all: &'a [T], n: usize) -> Vec<&'a T> {
        let mut all: Vec<&T> = all.iter().collect();
        for at in (1..all.len()).rev() {
            all.swap(at, self.below(at + 1));
        }
        all.truncate(n);
        all
    }
}

/// Every generated product. Families take turns, so that a shop that is only half filled already has
/// something in every department.
pub(super) fn rows() -> Vec<Row> {
    let file: File = toml::from_str(FAMILIES).expect("the built-in families are right");
    let mut shelves: Vec<(usize, Row)> = Vec::new();
    for department in &file.department {
        for family in &department.family {
            shelves.extend(of_family(department, family).into_iter().enumerate());
        }
    }
    shelves.sort_by_key(|(place, _)| *place);
    shelves.into_iter().map(|(_, row)| row).collect()
}

fn of_family(department: &Department, family: &Family) -> Vec<Row> {
    let series = 0..department.series.len();
    let pairs: Vec<(usize, &str)> =
        series.flat_map(|at| family.kinds.iter().map(move |kind| (at, kind.as_str()))).collect();
    let chosen = Dice::of(&family.path).some(&pairs, EACH);
    chosen.into_iter().map(|(at, kind)| row(department, family, *at, kind)).collect()
}

fn row(department: &Department, family: &Family, series: usize, kind: &str) -> Row {
    let mut parts = kind.split('|');
    let name = parts.next().unwrap_or_default();
    let mut number = || parts.next().and_then(|text| text.parse::<u32>().ok()).unwrap_or(1);
    let (usual, weight_g) = (number(), number());
    let brand = &department.brands[series % department.brands.len()];
    let title = format!("{} {name}", department.series[series]);
    let mut dice = Dice::of(&format!("{brand} {title}"));
    let mut attributes = BTreeMap::new();
    for (attribute, values) in &family.attributes {
        let value = values[dice.below(values.len())].clone();
        attributes.insert(attribute.clone(), vec![value]);
    }
    let mut said: Vec<String> = dice.some(&family.say, 3).into_iter().cloned().collect();
    said.insert(0, opening(name, brand, &attributes, &mut dice));
    // The dearest brand of a department asks half as much again as the cheapest.
    let level = 85 + 15 * (series % department.brands.len()) + dice.below(20);
    let price = tidy(i64::from(usual) * i64::try_from(level).unwrap_or(100));
    let stock = stock(&mut dice);
    let variants = variants(family, price, &mut dice);
    Row {
        id: format!("{}-{}", slug(&family.path), slug(&format!("{brand} {title}"))),
        title,
        description: format!("{} {}\n{} {}", said[0], said[1], said[2], said[3]),
        brand: brand.clone(),
        category: vec![department.name.clone(), family.path.clone()],
        attributes,
        price,
        weight_g,
        stock,
        tax_class: family.tax,
        variants,
        seller: 0,
    }
}

fn opening(
    name: &str,
    brand: &str,
    attributes: &BTreeMap<String, Vec<String>>,
    dice: &mut Dice,
) -> String {
    // "dinner plates, set of 4" and "espresso beans 500 g" without what is counted.
    let words = name.split(',').next().unwrap_or(name);
    let plain = words.split(|c: char| c.is_ascii_digit()).next().unwrap_or(words).trim_end();
    let of =
        attributes.get("material").map_or_else(String::new, |m| format!(" in {}", lower(&m[0])));
    match dice.below(4) {
        0 => format!("From {brand}{of}: {plain} for every day."),
        1 => format!("{brand} has made {plain}{of} for as long as anyone there remembers."),
        2 => format!("A quiet classic by {brand}: {plain}{of}, with nothing that does not belong."),
        _ => format!("{} by {brand}{of}, made to be used and mended.", upper(plain)),
    }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |c| c.to_lowercase().chain(letters).collect())
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}

/// Prices end as prices do: in 90 below a hundred, in whole units above.
fn tidy(cents: i64) -> i64 {
    if cents >= 10_000 { (cents + 250) / 500 * 500 } else { (cents / 100).max(1) * 100 + 90 }
}

/// Now and then sold out, now and then nearly.
fn stock(dice: &mut Dice) -> u32 {
    let pieces = match dice.below(30) {
        0 => 0,
        1 | 2 => 1 + dice.below(4),
        _ => 8 + dice.below(140),
    };
    u32::try_from(pieces).unwrap_or(0)
}

fn variants(family: &Family, price: i64, dice: &mut Dice) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for (name, values) in &family.options {
        // Not everything comes in every colour; sizes are complete, and in order.
        let few = if name == "colour" { 2 + dice.below(values.len() - 1) } else { values.len() };
        let mut kept = dice.some(values, few);
        kept.sort_by_key(|value| values.iter().position(|other| other == *value));
        let starts = if choices.is_empty() { vec![Choice::default()] } else { choices };
        choices = Vec::with_capacity(starts.len() * kept.len());
        for start in &starts {
            choices.extend(kept.iter().map(|value| extended(start, name, value, price)));
        }
    }
    for choice in &mut choices {
        choice.stock = Some(stock(dice));
    }
    choices
}

fn extended(start: &Choice, name: &str, value: &str, price: i64) -> Choice {
    let (value, percent) = match value.split_once('*') {
        Some((value, by)) => (value, by.parse().map_or(100, |by: f64| (by * 100.0).round() as i64)),
        None => (value, 100),
    };
    let mut choice = start.clone();
    let (dash, comma) = if start.key.is_empty() { ("", "") } else { ("-", ", ") };
    choice.key += &format!("{dash}{}", slug(value));
    choice.title += &format!("{comma}{value}");
    choice.options.insert(name.to_owned(), value.to_owned());
    if percent != 100 {
        choice.price = Some(tidy(choice.price.unwrap_or(price) * percent / 100));
    }
    choice
}

//! The variants of a product as choices: a colour, a size. Each choice is a link to the variant that
//! comes closest to the chosen one; what can't be bought stays to be seen, and says so.

use super::product_path;
use serde::Serialize;
use souk_catalog::{Listing, Offer, Variant, attribute_label, picture};
use souk_kernel::VariantId;
use souk_webkit::href;

/// One option of a product: its name and the values to choose among.
#[derive(Debug, Serialize)]
pub struct Choice {
    pub name: String,
    /// The value that is chosen.
    pub chosen: String,
    pub values: Vec<Value>,
}

/// One value of an option.
#[derive(Debug, Serialize)]
pub struct Value {
    pub text: String,
    pub href: String,
    pub current: bool,
    /// Why it can't be bought as it is; empty when it can.
    pub off: &'static str,
    /// Its colour, six hexadecimal digits; empty when it names none.
    pub colour: String,
    /// Names the choice in the page, over a change of variant.
    pub key: String,
}

/// A variant with its best offer.
pub struct Offered<'a> {
    pub variant: &'a Variant,
    /// `None`: nobody offers it.
    pub offer: Option<&'a Offer>,
    /// How many are left of that offer.
    pub available: i64,
}

impl Offered<'_> {
    fn can_be_bought(&self) -> bool {
        self.available > 0 && self.offer.is_some_and(|offer| offer.buyable)
    }
}

/// Each variant with the offer that a shopper would take: the cheapest that can be bought now, else the
/// cheapest. `available` knows how many are left of each of the listing's offers, in their order.
pub fn offered<'a>(listing: &'a Listing, available: &[i64]) -> Vec<Offered<'a>> {
    let left = |at: usize| available.get(at).copied().unwrap_or(0);
    let best = |variant: &'a Variant| {
        let offers = listing.offers.iter().enumerate();
        let own = offers.filter(|(_, offer)| offer.variant == variant.id);
        let worth = |at: usize, offer: &Offer| {
            (!(offer.buyable && left(at) > 0), !offer.buyable, offer.price.minor)
        };
        let best = own.min_by_key(|(at, offer)| worth(*at, offer));
        let available = best.map_or(0, |(at, offer)| if offer.buyable { left(at) } else { 0 });
        Offered { variant, offer: best.map(|(_, offer)| offer), available }
    };
    listing.variants.iter().map(best).collect()
}

/// The choices of a product with more than one variant, the chosen one marked.
pub fn choices(listing: &Listing, all: &[Offered<'_>], chosen: Option<VariantId>) -> Vec<Choice> {
    if all.len() < 2 {
        return Vec::new();
    }
    let path = product_path(listing.product.id);
    let link = |variant: &Variant| href(&path, &[("variant".into(), variant.key.clone())]);
    let here = all.iter().find(|one| Some(one.variant.id) == chosen);
    let mut names: Vec<&str> = Vec::new();
    for name in all.iter().flat_map(|one| one.variant.options.keys()) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let Some(here) = here.filter(|_| tells_apart(all)) else {
        return vec![plain(all, chosen, link)];
    };
    let choice = |name: &str| {
        let mut values: Vec<&str> = Vec::new();
        for value in all.iter().filter_map(|one| one.variant.options.get(name)) {
            if !values.contains(&value.as_str()) {
                values.push(value);
            }
        }
        let value = |value: &&str| one_value(all, here.variant, (name, value), &link);
        Choice {
            name: attribute_label(name),
            chosen: here.variant.options.get(name).cloned().unwrap_or_default(),
            values: values.iter().filter_map(value).collect(),
        }
    };
    let choices = names.into_iter().map(choice);
    choices.filter(|choice| choice.values.len() > 1).collect()
}

/// Whether the options alone tell every variant from every other.
fn tells_apart(all: &[Offered<'_>]) -> bool {
    let mut seen: Vec<_> = all.iter().map(|one| &one.variant.options).collect();
    seen.sort();
    seen.windows(2).all(|pair| pair[0] != pair[1])
}

/// One value: it leads to the variant that keeps the most of what is chosen.
fn one_value(
    all: &[Offered<'_>],
    here: &Variant,
    (name, value): (&str, &str),
    link: &impl Fn(&Variant) -> String,
) -> Option<Value> {
    let has = |one: &&Offered<'_>| one.variant.options.get(name).is_some_and(|own| own == value);
    let kept = |one: &Offered<'_>| {
        let others = here.options.iter().filter(|(other, _)| *other != name);
        others.filter(|(other, own)| one.variant.options.get(*other) == Some(*own)).count()
    };
    let others = here.options.keys().filter(|other| *other != name).count();
    let most = all.iter().filter(has).map(kept).max()?;
    let mut closest = all.iter().filter(has).filter(|one| kept(one) == most);
    let found = closest.clone().find(|one| one.can_be_bought()).or_else(|| closest.next())?;
    let off = match (found.can_be_bought(), most == others) {
        (false, _) => "sold out",
        (true, false) => "in other choices",
        (true, true) => "",
    };
    Some(Value {
        text: value.to_owned(),
        href: link(found.variant),
        current: here.options.get(name).is_some_and(|own| own == value),
        off,
        colour: if name == "colour" { picture::swatch(value) } else { String::new() },
        key: format!("{name}={value}"),
    })
}

/// Variants that no options tell apart: by their titles.
fn plain(
    all: &[Offered<'_>],
    chosen: Option<VariantId>,
    link: impl Fn(&Variant) -> String,
) -> Choice {
    let text = |variant: &Variant| {
        if variant.title.is_empty() { variant.key.clone() } else { variant.title.clone() }
    };
    let value = |one: &Offered<'_>| Value {
        text: text(one.variant),
        href: link(one.variant),
        current: Some(one.variant.id) == chosen,
        off: if one.can_be_bought() { "" } else { "sold out" },
        colour: String::new(),
        key: one.variant.key.clone(),
    };
    let here = all.iter().find(|one| Some(one.variant.id) == chosen);
    Choice {
        name: "Variant".into(),
        chosen: here.map_or_else(String::new, |one| text(one.variant)),
        values: all.iter().map(value).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_catalog::contract::Builder;

    /// Colour and size, each with what is left of it.
    const BLACK_S: (&str, &str, i64) = ("Black", "S", 3);
    const BLACK_M: (&str, &str, i64) = ("Black", "M", 0);
    const BLUE_S: (&str, &str, i64) = ("Blue", "S", 1);

    fn listing(of: &[(&str, &str, i64)]) -> (Listing, Vec<i64>) {
        let builder = Builder::new(3);
        let mut listing = builder.listing("Shirt", &["Clothes"]);
        let (variant, offer) = (listing.variants[0].clone(), listing.offers[0].clone());
        (listing.variants, listing.offers) = (Vec::new(), Vec::new());
        for (at, (colour, size, _)) in of.iter().enumerate() {
            let other = builder.listing("Other", &["Clothes"]);
            let id = other.variants[0].id;
            let options = [("colour", colour), ("size", size)];
            let options = options.map(|(name, value)| (name.to_owned(), (*value).to_owned()));
            let key = format!("v{at}");
            listing.variants.push(Variant { id, key, options: options.into(), ..variant.clone() });
            let id = other.offers[0].id;
            listing.offers.push(Offer {
                id,
                variant: listing.variants[at].id,
                buyable: true,
                ..offer.clone()
            });
        }
        (listing, of.iter().map(|(.., left)| *left).collect())
    }

    fn said(of: &[(&str, &str, i64)], here: usize) -> String {
        let (listing, left) = listing(of);
        let all = offered(&listing, &left);
        let choices = choices(&listing, &all, Some(listing.variants[here].id));
        let value = |value: &Value| {
            let mark = if value.current { "*" } else { "" };
            let to = value.href.rsplit('=').next().unwrap_or_default().to_owned();
            format!("{mark}{} {to} {}", value.text, value.off).trim_end().to_owned()
        };
        let choice = |choice: &Choice| {
            let values: Vec<String> = choice.values.iter().map(value).collect();
            format!("{}: {}", choice.name, values.join(", "))
        };
        choices.iter().map(choice).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn each_option_is_a_choice_of_its_own() {
        let all = [BLACK_S, BLACK_M, BLUE_S];
        assert_eq!(said(&all, 0), "Colour: *Black v0, Blue v2; Size: *S v0, M v1 sold out");
        assert_eq!(
            said(&all, 1),
            "Colour: *Black v1 sold out, Blue v2 in other choices; Size: S v0, *M v1 sold out"
        );
    }

    #[test]
    fn one_variant_is_no_choice_and_equal_options_fall_back_to_titles() {
        assert_eq!(said(&[BLACK_S], 0), "");
        let twins = [BLACK_S, ("Black", "S", 0)];
        assert_eq!(said(&twins, 0), "Variant: *v0 v0, v1 v1 sold out");
    }

    #[test]
    fn of_several_offers_the_one_that_can_be_bought_counts() {
        let (mut listing, _) = listing(&[BLACK_S]);
        let mut dearer = listing.offers[0].clone();
        dearer.id = Builder::new(9).listing("Other", &[]).offers[0].id;
        dearer.price.minor += 100;
        listing.offers.push(dearer);
        let best = |left: &[i64]| offered(&listing, left)[0].offer.map(|offer| offer.id);
        assert_eq!(best(&[2, 2]), Some(listing.offers[0].id));
        assert_eq!(best(&[0, 2]), Some(listing.offers[1].id));
        assert_eq!(best(&[0, 0]), Some(listing.offers[0].id));
    }
}

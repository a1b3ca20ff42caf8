//! What a put does to what is stored: the one decision that every adapter shares.

use crate::error::PutRefused;
use crate::event::{price_changed, product_changed};
use crate::model::{Listing, Offer, Product, Variant};
use crate::port::{PutDone, PutListing, PutOutcome, StockDue};
use crate::rules::check;
use souk_kernel::{Event, OfferId, VariantId};
use std::collections::BTreeMap;

/// What the store knows under the put's external id, or else under its product id.
pub type Known<'a> = Option<&'a Listing>;

/// What an adapter has to do for one put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The answer; its listing is what to store, unless unchanged.
    pub done: PutDone,
    /// What to tell, in order.
    pub events: Vec<Event>,
    /// First stock to remember for inventory.
    pub stock: Vec<StockDue>,
}

/// The version check alone, for an adapter that knows only the version.
///
/// # Errors
/// The put expects another version than `current` (0: nothing stored).
pub fn unmerged_stale(put: &PutListing, current: u64) -> Result<(), PutRefused> {
    match put.expected_version {
        Some(expected) if expected != current => Err(PutRefused::Stale { current }),
        _ => Ok(()),
    }
}

/// Whether what somebody edited is what is stored: every stored offer at the version that the edited
/// listing carries. A price that was changed meanwhile is not put back by who edits a title.
#[must_use]
pub fn as_seen(known: &Listing, edited: &Listing) -> bool {
    known.product.version == edited.product.version
        && known.offers.iter().all(|stored| {
            let seen = edited.offers.iter().find(|offer| offer.id == stored.id);
            seen.is_some_and(|seen| seen.version == stored.version)
        })
}

/// Decides about one put, given what the store knows.
///
/// # Errors
/// Another version than expected; fields that break a rule.
pub fn merge(known: Known<'_>, put: PutListing) -> Result<Merged, PutRefused> {
    unmerged_stale(&put, known.map_or(0, |listing| listing.product.version))?;
    let problems = check(&put.listing);
    if !problems.is_empty() {
        return Err(PutRefused::Invalid(problems));
    }
    match known {
        None => Ok(create(put)),
        Some(known) => update(known, put),
    }
}

fn create(put: PutListing) -> Merged {
    let mut listing = put.listing;
    listing.variants.sort_by_key(|variant| variant.id);
    listing.offers.sort_by_key(|offer| offer.id);
    listing.product.version = 1;
    listing.product.created_at = put.at;
    listing.product.updated_at = put.at;
    for offer in &mut listing.offers {
        offer.version = 1;
    }
    let ids = listing.offers.iter().map(|offer| (offer.id, offer.id)).collect();
    let stock = stock_due(&listing, &ids, &put.stock);
    let events = vec![product_changed(&listing.product, put.at)];
    Merged { done: PutDone { outcome: PutOutcome::Created, listing }, events, stock }
}

fn update(known: &Listing, put: PutListing) -> Result<Merged, PutRefused> {
    let (variants, variant_ids) = merge_variants(known, &put.listing);
    let mut offers = merge_offers(known, &put.listing, &variant_ids);
    let mut listing = Listing {
        product: Product {
            id: known.product.id,
            external: known.product.external.clone().or(put.listing.product.external.clone()),
            hidden: if put.keep_hidden { known.product.hidden } else { put.listing.product.hidden },
            created_at: known.product.created_at,
            updated_at: known.product.updated_at,
            version: known.product.version,
            ..put.listing.product.clone()
        },
        variants,
        offers: std::mem::take(&mut offers.all),
    };
    if listing == *known {
        let done = PutDone { outcome: PutOutcome::Unchanged, listing };
        return Ok(Merged { done, events: Vec::new(), stock: Vec::new() });
    }
    // Kept variants and offers count too: an import can't grow a product without bound.
    let problems = check(&listing);
    if !problems.is_empty() {
        return Err(PutRefused::Invalid(problems));
    }
    listing.product.version += 1;
    listing.product.updated_at = put.at;
    let mut events = vec![product_changed(&listing.product, put.at)];
    for offer in &listing.offers {
        let before = known.offers.iter().find(|stored| stored.id == offer.id);
        if let Some(before) = before.filter(|before| before.price != offer.price) {
            events.push(price_changed(offer, before.price, put.at));
        }
    }
    let stock = stock_due(&listing, &offers.created, &put.stock);
    Ok(Merged { done: PutDone { outcome: PutOutcome::Changed, listing }, events, stock })
}

/// The variants after the put, and the true id of each proposed one.
fn merge_variants(
    known: &Listing,
    proposed: &Listing,
) -> (Vec<Variant>, BTreeMap<VariantId, VariantId>) {
    let product = known.product.id;
    let mut all = known.variants.clone();
    let mut ids = BTreeMap::new();
    for variant in &proposed.variants {
        if let Some(stored) = all.iter_mut().find(|stored| stored.key == variant.key) {
            ids.insert(variant.id, stored.id);
            *stored = Variant { id: stored.id, product, ..variant.clone() };
        } else {
            ids.insert(variant.id, variant.id);
            all.push(Variant { product, ..variant.clone() });
        }
    }
    all.sort_by_key(|variant| variant.id);
    (all, ids)
}

struct MergedOffers {
    all: Vec<Offer>,
    /// Proposed id to true id, of the offers that are new.
    created: BTreeMap<OfferId, OfferId>,
}

fn merge_offers(
    known: &Listing,
    proposed: &Listing,
    variants: &BTreeMap<VariantId, VariantId>,
) -> MergedOffers {
    let product = known.product.id;
    let mut all = Vec::with_capacity(known.offers.len());
    let mut created = BTreeMap::new();
    let mut named = Vec::new();
    for offer in &proposed.offers {
        let variant = variants.get(&offer.variant).copied().unwrap_or(offer.variant);
        let same = |stored: &&Offer| stored.variant == variant && stored.seller == offer.seller;
        let stored = known.offers.iter().find(same);
        let id = stored.map_or(offer.id, |stored| stored.id);
        if stored.is_none() {
            created.insert(offer.id, id);
        }
        let version = stored.map_or(1, |stored| stored.version);
        named.push((id, Offer { id, variant, product, version, ..offer.clone() }));
    }
    for stored in &known.offers {
        let after = named.iter().find(|(id, _)| *id == stored.id).map(|(_, offer)| offer.clone());
        // What its seller no longer names stays for the orders that point at it, but isn't sold.
        let speaks = proposed.offers.iter().any(|offer| offer.seller == stored.seller);
        let buyable = stored.buyable && !speaks;
        let mut after = after.unwrap_or_else(|| Offer { buyable, ..stored.clone() });
        after.version = if after == *stored { stored.version } else { stored.version + 1 };
        all.push(after);
    }
    all.extend(
        named.into_iter().filter(|(id, _)| created.contains_key(id)).map(|(_, offer)| offer),
    );
    all.sort_by_key(|offer| offer.id);
    MergedOffers { all, created }
}

fn stock_due(
    listing: &Listing,
    created: &BTreeMap<OfferId, OfferId>,
    stock: &[(OfferId, u32)],
) -> Vec<StockDue> {
    let mut due: BTreeMap<OfferId, u32> = BTreeMap::new();
    for (proposed, quantity) in stock {
        if let Some(sku) = created.get(proposed) {
            let sum = due.entry(*sku).or_default();
            *sum = sum.saturating_add(*quantity);
        }
    }
    let entry = |(sku, quantity)| StockDue { sku, product: listing.product.id, quantity };
    due.into_iter().filter(|(_, quantity)| *quantity > 0).map(entry).collect()
}

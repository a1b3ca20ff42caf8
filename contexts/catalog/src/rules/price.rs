//! What setting a price changes.

use crate::error::PriceRefused;
use crate::event::price_changed;
use crate::limits::PRICE_MINOR;
use crate::model::Offer;
use crate::port::SetPrice;
use souk_kernel::Event;

/// What to do about a price that was allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repriced {
    /// Nothing: it is the price already, at this version.
    Same(u64),
    /// Store the offer and tell.
    Changed {
        /// The offer with the new price and version.
        offer: Offer,
        /// `offer.price_changed`.
        event: Event,
    },
}

/// Decides about one price for the offer as stored, if there is one.
///
/// # Errors
/// No such offer, another version, not a price for it.
pub fn reprice(stored: Option<&Offer>, intent: &SetPrice) -> Result<Repriced, PriceRefused> {
    let stored = stored.ok_or(PriceRefused::NotFound)?;
    let price = intent.price;
    if price.currency != stored.price.currency || !(1..=PRICE_MINOR).contains(&price.minor) {
        return Err(PriceRefused::NotAPrice);
    }
    if stored.version != intent.expected_version {
        return Err(PriceRefused::Stale { current: stored.version });
    }
    if stored.price == price {
        return Ok(Repriced::Same(stored.version));
    }
    let offer = Offer { price, version: stored.version + 1, ..stored.clone() };
    let event = price_changed(&offer, stored.price, intent.at);
    Ok(Repriced::Changed { offer, event })
}

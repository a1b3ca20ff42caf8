//! Sellers who sell nothing at present: few, asked for with every offer that is read.

use crate::model::{Listing, OfferView};
use souk_kernel::SellerId;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The sellers who are closed. While nobody is, asking costs one load.
#[derive(Debug, Default)]
pub struct Closed {
    any: AtomicBool,
    sellers: RwLock<HashSet<SellerId>>,
}

impl Closed {
    /// These, and no others.
    pub fn set(&self, sellers: HashSet<SellerId>) {
        let mut closed = self.sellers.write().unwrap_or_else(PoisonError::into_inner);
        self.any.store(!sellers.is_empty(), Ordering::Release);
        *closed = sellers;
    }

    /// Whether this one is.
    #[must_use]
    pub fn has(&self, seller: SellerId) -> bool {
        self.any.load(Ordering::Acquire)
            && self.sellers.read().unwrap_or_else(PoisonError::into_inner).contains(&seller)
    }

    /// Makes their offers not buyable.
    pub fn mark<'a>(&self, listings: impl Iterator<Item = &'a mut Listing>) {
        if !self.any.load(Ordering::Acquire) {
            return;
        }
        for offer in listings.flat_map(|listing| &mut listing.offers) {
            offer.buyable &= !self.has(offer.seller);
        }
    }

    /// The same for views.
    pub fn mark_views(&self, views: &mut [Option<Arc<OfferView>>]) {
        if !self.any.load(Ordering::Acquire) {
            return;
        }
        for view in views.iter_mut().flatten() {
            if view.buyable && self.has(view.seller) {
                *view = Arc::new(OfferView { buyable: false, ..OfferView::clone(view) });
            }
        }
    }
}

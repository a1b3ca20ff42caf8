//! Saving for later and back, and what is told until the shopper has read it.

use super::{MAX_LINES, MAX_QUANTITY, MAX_SAVED, holds_already, put, refused, touched, written};
use crate::rules::Decision;
use crate::{Cart, CartAnswer, Line, Notice};
use souk_kernel::{Money, OfferId, Timestamp};

/// Puts a line among the saved ones; `false`: there is no room.
pub(super) fn put_by(cart: &mut Cart, line: &Line) -> bool {
    let has_room = cart.saved.len() < MAX_SAVED;
    match cart.saved.iter_mut().find(|saved| saved.offer == line.offer) {
        Some(saved) => {
            saved.quantity = saved.quantity.saturating_add(line.quantity).min(MAX_QUANTITY);
            saved.price = line.price;
            true
        }
        None if has_room => {
            cart.saved.push(line.clone());
            true
        }
        None => false,
    }
}

/// Nothing more is to be told of an offer.
pub(super) fn hush(cart: &mut Cart, offer: OfferId) {
    cart.kept.retain(|notice| notice.offer() != offer);
}

/// Until when lines and saved lines are kept.
pub(super) type Keep = (Timestamp, Timestamp);

pub(super) fn save(mut cart: Cart, offer: OfferId, keep: Keep, at: Timestamp) -> Decision {
    let Some(place) = cart.lines.iter().position(|line| line.offer == offer) else {
        return refused(CartAnswer::NoLine(cart));
    };
    let line = cart.lines[place].clone();
    if !put_by(&mut cart, &line) {
        return refused(CartAnswer::Full(cart));
    }
    cart.lines.remove(place);
    hush(&mut cart, offer);
    (cart.expires_at, cart.saved_until) = keep;
    written(touched(cart, at), Vec::new())
}

pub(super) fn restore(mut cart: Cart, offer: OfferId, keep: Keep, at: Timestamp) -> Decision {
    let Some(place) = cart.saved.iter().position(|line| line.offer == offer) else {
        return refused(CartAnswer::NoLine(cart));
    };
    if cart.line(offer).is_none() && cart.lines.len() >= MAX_LINES {
        return refused(CartAnswer::Full(cart));
    }
    let line = cart.saved.remove(place);
    hush(&mut cart, offer);
    let notices = put(&mut cart, &line).into_iter().collect();
    (cart.expires_at, cart.saved_until) = keep;
    written(touched(cart, at), notices)
}

pub(super) fn drop_saved(mut cart: Cart, offer: OfferId, at: Timestamp) -> Decision {
    let Some(place) = cart.saved.iter().position(|line| line.offer == offer) else {
        return holds_already(cart);
    };
    cart.saved.remove(place);
    hush(&mut cart, offer);
    written(touched(cart, at), Vec::new())
}

/// The shopper has read it: these are the prices that they saw. The lines are the same, so the version
/// stays.
pub(super) fn acknowledge(mut cart: Cart, seen: &[(OfferId, Money)]) -> Decision {
    let mut changed = !cart.kept.is_empty();
    cart.kept.clear();
    for line in cart.lines.iter_mut().chain(&mut cart.saved) {
        let price = seen.iter().find(|(offer, _)| *offer == line.offer).map(|(_, price)| *price);
        if let Some(price) = price.filter(|price| *price != line.price) {
            line.price = price;
            changed = true;
        }
    }
    if changed { written(cart, Vec::new()) } else { holds_already(cart) }
}

/// A guest became an account: what they have is kept as long as an account's.
pub(super) fn keep(mut cart: Cart, keep: Keep) -> Decision {
    let longer = (keep.0.max(cart.expires_at), keep.1.max(cart.saved_until));
    if cart.due().is_none() || longer == (cart.expires_at, cart.saved_until) {
        return holds_already(cart);
    }
    (cart.expires_at, cart.saved_until) = longer;
    written(cart, Vec::new())
}

/// Brings a guest's lines into an account's cart: sums what both have, up to the limit of a line; what
/// finds no room is saved for later. What was lost or moved is told, and kept until it is read.
pub(super) fn bring(cart: &mut Cart, lines: &[Line], saved: &[Line]) -> Vec<Notice> {
    let mut notices = Vec::new();
    for line in lines {
        if cart.line(line.offer).is_some() || cart.lines.len() < MAX_LINES {
            notices.extend(put(cart, line));
        } else if put_by(cart, line) {
            notices.push(Notice::SavedInstead { offer: line.offer });
        } else {
            notices.push(Notice::NotMerged { offer: line.offer });
        }
    }
    for line in saved {
        if !put_by(cart, line) {
            notices.push(Notice::NotMerged { offer: line.offer });
        }
    }
    for notice in &notices {
        hush(cart, notice.offer());
        cart.kept.push(*notice);
    }
    notices
}

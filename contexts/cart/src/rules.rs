//! What an intent does to a cart. Pure: every adapter asks [`decide`], so that all agree.

use crate::{Cart, CartAnswer, CartIntent, CartView, Freeze, Line, LineView, Merged, Notice};
use crate::{Offering, Step};
use souk_kernel::{Money, OfferId, OrderId, Timestamp, UserId};

/// The most pieces of a line.
pub const MAX_QUANTITY: u32 = 99;
/// The most lines of a cart.
pub const MAX_LINES: usize = 200;
/// How many merged carts a cart remembers. A merge is repeated within seconds, by the same sign-in.
pub const MAX_MERGED: usize = 16;

/// What to answer, and what to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The answer, with the cart as it is after the intent.
    pub answer: CartAnswer,
    /// Whether the answer's cart differs from the stored one and must be written.
    pub write: bool,
}

/// Decides one intent. `stored` is what the store has of this user.
///
/// A change of lines raises the version by one; freezing and thawing leave it, because the shopper
/// sees the same lines.
#[must_use]
pub fn decide(stored: Option<Cart>, intent: &CartIntent) -> Decision {
    let mut cart = stored.unwrap_or_else(|| Cart::empty(intent.user));
    let expired = cart.expired(intent.at);
    if expired {
        cart = expire(cart, intent.at);
    }
    let mut decision = step(cart, intent);
    decision.write |= expired;
    decision
}

/// A cart past its time: the next version, without lines.
#[must_use]
pub fn expire(mut cart: Cart, now: Timestamp) -> Cart {
    cart.lines.clear();
    touched(cart, now)
}

fn step(cart: Cart, intent: &CartIntent) -> Decision {
    let at = intent.at;
    match &intent.step {
        Step::Add { line, expected_version, keep_until } => {
            by_hand(cart, *expected_version, |cart| add(cart, line, *keep_until, at))
        }
        Step::Set { offer, quantity, price, expected_version, keep_until } => {
            by_hand(cart, *expected_version, |cart| {
                if *quantity == 0 {
                    remove(cart, *offer, at)
                } else {
                    set(cart, *offer, (*quantity, *price), *keep_until, at)
                }
            })
        }
        Step::Remove { offer, expected_version } => {
            by_hand(cart, *expected_version, |cart| remove(cart, *offer, at))
        }
        Step::Freeze { expected_version, by } => freeze(cart, *expected_version, *by),
        Step::Thaw { by } => thaw(cart, *by),
        Step::Ordered { by, lines } => ordered(cart, *by, lines, at),
        Step::Claim { into } => claim(cart, *into),
        Step::Merge { from, from_version, lines, keep_until } => {
            merge(cart, Merged { from: *from, version: *from_version }, lines, *keep_until, at)
        }
        Step::Release { into, from_version } => release(cart, *into, *from_version, at),
    }
}

const fn refused(answer: CartAnswer) -> Decision {
    Decision { answer, write: false }
}

const fn holds_already(cart: Cart) -> Decision {
    refused(CartAnswer::Changed(cart, Vec::new()))
}

const fn written(cart: Cart, notices: Vec<Notice>) -> Decision {
    Decision { answer: CartAnswer::Changed(cart, notices), write: true }
}

const fn touched(mut cart: Cart, at: Timestamp) -> Cart {
    cart.version += 1;
    cart.updated_at = at;
    cart
}

/// A shopper's change: refused while the cart stands still or isn't the one that was shown.
fn by_hand(cart: Cart, expected: Option<u64>, change: impl FnOnce(Cart) -> Decision) -> Decision {
    if cart.frozen.is_some() {
        return refused(CartAnswer::Frozen(cart));
    }
    if expected.is_some_and(|version| version != cart.version) {
        return refused(CartAnswer::Stale(cart));
    }
    change(cart)
}

fn add(mut cart: Cart, line: &Line, keep_until: Timestamp, at: Timestamp) -> Decision {
    if cart.line(line.offer).is_none() && cart.lines.len() >= MAX_LINES {
        return refused(CartAnswer::Full(cart));
    }
    let notices = put(&mut cart, line).into_iter().collect();
    cart.expires_at = keep_until;
    written(touched(cart, at), notices)
}

/// Sums a line into a cart that has room for it, up to the limit.
fn put(cart: &mut Cart, line: &Line) -> Option<Notice> {
    let present = cart.lines.iter_mut().find(|present| present.offer == line.offer);
    let wanted = present.as_ref().map_or(0, |present| present.quantity);
    let wanted = wanted.saturating_add(line.quantity);
    let quantity = wanted.min(MAX_QUANTITY);
    match present {
        Some(present) => {
            present.quantity = quantity;
            present.price = line.price;
        }
        None => cart.lines.push(Line { quantity, ..line.clone() }),
    }
    (quantity < wanted).then_some(Notice::Capped { offer: line.offer, quantity })
}

fn set(
    mut cart: Cart,
    offer: OfferId,
    (quantity, price): (u32, Money),
    keep_until: Timestamp,
    at: Timestamp,
) -> Decision {
    let Some(line) = cart.lines.iter_mut().find(|line| line.offer == offer) else {
        return refused(CartAnswer::NoLine(cart));
    };
    let capped = quantity.min(MAX_QUANTITY);
    if (line.quantity, line.price) == (capped, price) {
        return holds_already(cart);
    }
    (line.quantity, line.price) = (capped, price);
    cart.expires_at = keep_until;
    let notice = (capped < quantity).then_some(Notice::Capped { offer, quantity: capped });
    written(touched(cart, at), notice.into_iter().collect())
}

fn remove(mut cart: Cart, offer: OfferId, at: Timestamp) -> Decision {
    let Some(place) = cart.lines.iter().position(|line| line.offer == offer) else {
        return holds_already(cart);
    };
    cart.lines.remove(place);
    written(touched(cart, at), Vec::new())
}

fn freeze(mut cart: Cart, expected_version: u64, by: OrderId) -> Decision {
    match cart.frozen {
        Some(Freeze::Order(holder)) if holder == by => holds_already(cart),
        Some(_) => refused(CartAnswer::Frozen(cart)),
        // A late repetition for an order that is over must not freeze the cart for ever.
        None if cart.version != expected_version || cart.ended == Some(by) => {
            refused(CartAnswer::Stale(cart))
        }
        None => {
            cart.frozen = Some(Freeze::Order(by));
            written(cart, Vec::new())
        }
    }
}

fn thaw(mut cart: Cart, by: OrderId) -> Decision {
    if cart.frozen != Some(Freeze::Order(by)) {
        return holds_already(cart);
    }
    cart.frozen = None;
    cart.ended = Some(by);
    written(cart, Vec::new())
}

fn ordered(mut cart: Cart, by: OrderId, lines: &[(OfferId, u32)], at: Timestamp) -> Decision {
    if cart.frozen != Some(Freeze::Order(by)) {
        return holds_already(cart);
    }
    cart.frozen = None;
    cart.ended = Some(by);
    for (offer, quantity) in lines {
        if let Some(line) = cart.lines.iter_mut().find(|line| line.offer == *offer) {
            line.quantity = line.quantity.saturating_sub(*quantity);
        }
    }
    cart.lines.retain(|line| line.quantity > 0);
    written(touched(cart, at), Vec::new())
}

fn claim(mut cart: Cart, into: UserId) -> Decision {
    match cart.frozen {
        Some(Freeze::Merge(holder)) if holder == into => holds_already(cart),
        Some(_) => refused(CartAnswer::Frozen(cart)),
        None if cart.lines.is_empty() || cart.owner == into => holds_already(cart),
        None => {
            cart.frozen = Some(Freeze::Merge(into));
            written(cart, Vec::new())
        }
    }
}

fn merge(
    mut cart: Cart,
    merged: Merged,
    lines: &[Line],
    keep_until: Timestamp,
    at: Timestamp,
) -> Decision {
    let seen = cart.merged.iter().position(|other| other.from == merged.from);
    if seen.is_some_and(|place| cart.merged[place].version >= merged.version) {
        return holds_already(cart);
    }
    if let Some(place) = seen {
        cart.merged.remove(place);
    } else if cart.merged.len() >= MAX_MERGED {
        cart.merged.remove(0);
    }
    cart.merged.push(merged);

    let mut notices = Vec::new();
    for line in lines {
        if cart.line(line.offer).is_none() && cart.lines.len() >= MAX_LINES {
            notices.push(Notice::NotMerged { offer: line.offer });
        } else {
            notices.extend(put(&mut cart, line));
        }
    }
    cart.expires_at = keep_until;
    written(touched(cart, at), notices)
}

fn release(mut cart: Cart, into: UserId, from_version: u64, at: Timestamp) -> Decision {
    // A late repetition must not empty what was claimed anew.
    if cart.frozen != Some(Freeze::Merge(into)) || cart.version != from_version {
        return holds_already(cart);
    }
    cart.frozen = None;
    cart.lines.clear();
    written(touched(cart, at), Vec::new())
}

/// A cart beside the present prices and stock, with what changed. `offerings` is in the order of
/// the cart's lines.
#[must_use]
pub fn view(cart: Cart, offerings: &[Option<Offering>]) -> CartView {
    let mut notices = Vec::new();
    let mut lines = Vec::with_capacity(cart.lines.len());
    for (place, line) in cart.lines.iter().enumerate() {
        let offer = line.offer;
        let offering = offerings.get(place).copied().flatten();
        let price = offering.map_or(line.price, |offering| offering.price);
        let available = offering.map_or(0, |offering| offering.available);
        if offering.is_none() {
            notices.push(Notice::Gone { offer });
        } else {
            if price != line.price {
                notices.push(Notice::PriceChanged { offer, from: line.price, to: price });
            }
            if available < line.quantity {
                notices.push(Notice::StockShort { offer, available });
            }
        }
        let buyable = available >= line.quantity;
        lines.push(LineView { offer, quantity: line.quantity, price, buyable });
    }
    CartView { cart, lines, notices }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;

//! What an intent does to a cart. Pure: every adapter asks [`decide`], so that all agree.

mod saved;

use crate::{Cart, CartAnswer, CartIntent, CartView, Freeze, Line, LineView, Merged, Notice};
use crate::{Offering, Step};
use souk_kernel::{Money, OfferId, OrderId, Timestamp, UserId};

/// The most pieces of a line.
pub const MAX_QUANTITY: u32 = 99;
/// The most lines of a cart.
pub const MAX_LINES: usize = 200;
/// The most lines that are saved for later.
pub const MAX_SAVED: usize = 100;
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

/// A cart past its time: the next version, without the lines that are due, or what was saved, or both.
#[must_use]
pub fn expire(mut cart: Cart, now: Timestamp) -> Cart {
    if cart.expires_at <= now {
        cart.lines.clear();
        cart.kept.clear();
    }
    if cart.saved_until <= now {
        cart.saved.clear();
    }
    if matches!(cart.frozen, Some(Freeze::Merge(_))) {
        cart.frozen = None;
    }
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
        Step::Save { offer, expected_version, keep } => {
            by_hand(cart, *expected_version, |cart| saved::save(cart, *offer, *keep, at))
        }
        Step::Restore { offer, expected_version, keep } => {
            by_hand(cart, *expected_version, |cart| saved::restore(cart, *offer, *keep, at))
        }
        Step::DropSaved { offer, expected_version } => {
            by_hand(cart, *expected_version, |cart| saved::drop_saved(cart, *offer, at))
        }
        Step::Acknowledge { seen } => by_hand(cart, None, |cart| saved::acknowledge(cart, seen)),
        Step::Keep { keep } => saved::keep(cart, *keep),
        Step::Freeze { expected_version, by } => freeze(cart, *expected_version, *by),
        Step::Thaw { by } => thaw(cart, *by),
        Step::Ordered { by, lines } => ordered(cart, *by, lines, at),
        Step::Claim { into } => claim(cart, *into),
        Step::Merge { from, from_version, lines, saved, keep } => {
            let merged = Merged { from: *from, version: *from_version };
            merge(cart, merged, (lines, saved), *keep, at)
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
    saved::hush(&mut cart, line.offer);
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
    saved::hush(&mut cart, offer);
    cart.expires_at = keep_until;
    let notice = (capped < quantity).then_some(Notice::Capped { offer, quantity: capped });
    written(touched(cart, at), notice.into_iter().collect())
}

fn remove(mut cart: Cart, offer: OfferId, at: Timestamp) -> Decision {
    let Some(place) = cart.lines.iter().position(|line| line.offer == offer) else {
        return holds_already(cart);
    };
    cart.lines.remove(place);
    saved::hush(&mut cart, offer);
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
        None if cart.due().is_none() || cart.owner == into => holds_already(cart),
        None => {
            cart.frozen = Some(Freeze::Merge(into));
            written(cart, Vec::new())
        }
    }
}

fn merge(
    mut cart: Cart,
    merged: Merged,
    (lines, saved): (&[Line], &[Line]),
    keep: (Timestamp, Timestamp),
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
    let notices = saved::bring(&mut cart, lines, saved);
    (cart.expires_at, cart.saved_until) = keep;
    written(touched(cart, at), notices)
}

fn release(mut cart: Cart, into: UserId, from_version: u64, at: Timestamp) -> Decision {
    // A late repetition must not empty what was claimed anew.
    if cart.frozen != Some(Freeze::Merge(into)) || cart.version != from_version {
        return holds_already(cart);
    }
    cart.frozen = None;
    cart.lines.clear();
    cart.saved.clear();
    cart.kept.clear();
    written(touched(cart, at), Vec::new())
}

/// A cart beside the present prices and stock, with what changed. `offerings` is in the order of
/// the cart's lines, then of what is saved.
#[must_use]
pub fn view(cart: Cart, offerings: &[Option<Offering>]) -> CartView {
    let mut notices = cart.kept.clone();
    let mut beside = cart.lines.iter().chain(&cart.saved).enumerate().map(|(place, line)| {
        let offering = offerings.get(place).copied().flatten();
        let price = offering.map_or(line.price, |offering| offering.price);
        let available = offering.map_or(0, |offering| offering.available);
        let (offer, quantity, was) = (line.offer, line.quantity, line.price);
        let buyable = available >= quantity;
        (LineView { offer, quantity, price, was, available, buyable }, offering.is_some())
    });
    let mut lines = Vec::with_capacity(cart.lines.len());
    for (line, is_sold) in beside.by_ref().take(cart.lines.len()) {
        notices.extend(changes(&line, is_sold));
        lines.push(line);
    }
    let saved = beside.map(|(line, _)| line).collect();
    CartView { cart, lines, saved, notices }
}

/// What to tell of a line that is not as it was.
fn changes(line: &LineView, is_sold: bool) -> Vec<Notice> {
    let (offer, available) = (line.offer, line.available);
    if !is_sold {
        return vec![Notice::Gone { offer }];
    }
    let mut notices = Vec::new();
    if line.price != line.was {
        notices.push(Notice::PriceChanged { offer, from: line.was, to: line.price });
    }
    if !line.buyable {
        notices.push(Notice::StockShort { offer, available });
    }
    notices
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;

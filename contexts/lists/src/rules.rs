//! Limits, and when an alert is told. Pure: every adapter asks these.

use crate::{Alert, Awaited, Wish};
use souk_kernel::{DAY_MS, Money, Timestamp};

/// Offers on a wishlist.
pub const MAX_WISHES: usize = 100;
/// Alerts of one shopper.
pub const MAX_ALERTS: usize = 50;
/// How long a guest's wishlist is kept after it last grew.
pub const GUEST_KEEP_MS: i64 = 30 * DAY_MS;

/// Until when a wish is kept.
#[must_use]
pub const fn keep_until(guest: bool, now: Timestamp) -> Timestamp {
    if guest { now.plus_ms(GUEST_KEEP_MS) } else { Timestamp(i64::MAX) }
}

/// Whether a price is what an alert waits for.
#[must_use]
pub fn is_awaited(alert: &Alert, price: Money) -> bool {
    matches!(alert.awaited, Awaited::PriceBelow(below)
        if below.currency == price.currency && price.minor < below.minor && price.minor > 0)
}

/// The alert after it told a price: what is left to wait for.
#[must_use]
pub const fn told(alert: &Alert, price: Money) -> Alert {
    Alert { awaited: Awaited::PriceBelow(price), told: alert.told.saturating_add(1), ..*alert }
}

/// What of a guest's wishes, newest first, finds room beside an account's: those to move, and how many
/// are left out.
#[must_use]
pub fn merged(own: &[Wish], guests: &[Wish]) -> (Vec<Wish>, u32) {
    let is_new = |wish: &&Wish| own.iter().all(|other| other.offer != wish.offer);
    let new: Vec<Wish> = guests.iter().filter(is_new).copied().collect();
    let room = MAX_WISHES.saturating_sub(own.len()).min(new.len());
    (new[..room].to_vec(), (new.len() - room) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_kernel::{Currency, Id};

    fn alert(awaited: Awaited) -> Alert {
        Alert {
            id: Id::from_bytes([1; 16]),
            user: Id::from_bytes([2; 16]),
            offer: Id::from_bytes([3; 16]),
            product: Id::from_bytes([4; 16]),
            awaited,
            told: 0,
            since: Timestamp(0),
        }
    }

    #[test]
    fn a_price_is_told_when_it_is_lower_than_what_was_told_before() {
        let eur = |minor| Money::new(minor, Currency::Eur);
        let waiting = alert(Awaited::PriceBelow(eur(1_000)));
        assert!(is_awaited(&waiting, eur(999)));
        assert!(!is_awaited(&waiting, eur(1_000)));
        assert!(!is_awaited(&waiting, eur(0)), "a price that nobody knows");
        assert!(!is_awaited(&waiting, Money::new(1, Currency::Usd)));
        assert!(!is_awaited(&alert(Awaited::Stock), eur(1)));
        let after = told(&waiting, eur(900));
        assert_eq!(after.told, 1);
        assert!(!is_awaited(&after, eur(900)), "the same fact again");
        assert!(!is_awaited(&after, eur(950)), "dearer than it was told");
        assert!(is_awaited(&after, eur(850)));
    }

    #[test]
    fn a_merge_keeps_the_account_s_own_and_stops_at_the_limit() {
        let wish = |n: u8, price| Wish {
            offer: Id::from_bytes([n; 16]),
            product: Id::from_bytes([n; 16]),
            price: Money::new(price, Currency::Eur),
            added_at: Timestamp(i64::from(n)),
        };
        let own: Vec<Wish> = (0..98).map(|n| wish(n, 100)).collect();
        let guests = [wish(1, 50), wish(200, 50), wish(201, 50), wish(202, 50)];
        assert_eq!(merged(&own, &guests), (vec![wish(200, 50), wish(201, 50)], 1));
        assert_eq!(merged(&[], &guests), (guests.to_vec(), 0));
    }
}

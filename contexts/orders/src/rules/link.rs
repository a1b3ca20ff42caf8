//! What opens an order to whoever has its mails, and to nobody else: a guest has no other proof once the
//! session is gone. It is computed, never stored, and no order's opens another.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use souk_kernel::{OrderId, from_hex, to_hex};
use std::fmt;

/// Half of the digest: what RFC 2104 leaves of it at least.
const BYTES: usize = 16;

/// Makes the keys of orders' links, and knows them again. Another secret makes other keys: links that were
/// sent before open nothing then.
#[derive(Clone)]
pub struct OrderLinks([u8; 32]);

impl fmt::Debug for OrderLinks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OrderLinks(..)")
    }
}

impl OrderLinks {
    /// From the shop's own secret.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    fn mac(&self, order: OrderId) -> Hmac<Sha256> {
        match Hmac::<Sha256>::new_from_slice(&self.0) {
            Ok(mac) => mac.chain_update(b"souk order link").chain_update(order.bytes()),
            Err(_) => unreachable!("HMAC takes keys of any length"),
        }
    }

    /// The key of an order's link: 32 hexadecimal digits.
    #[must_use]
    pub fn key(&self, order: OrderId) -> String {
        to_hex(&self.mac(order).finalize().into_bytes()[..BYTES])
    }

    /// Whether a key is that of this order's link. Takes the same time however much of it is right.
    #[must_use]
    pub fn opens(&self, order: OrderId, key: &str) -> bool {
        from_hex::<BYTES>(key)
            .is_some_and(|shown| self.mac(order).verify_truncated_left(&shown).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: OrderId = OrderId::from_bytes([1; 16]);
    const OTHER: OrderId = OrderId::from_bytes([2; 16]);

    #[test]
    fn a_key_opens_its_own_order_and_no_other() {
        let links = OrderLinks::of("a secret");
        let key = links.key(ONE);
        assert!(links.opens(ONE, &key));
        assert!(!links.opens(OTHER, &key));
        assert!(!OrderLinks::of("another").opens(ONE, &key));
        assert_eq!(key, OrderLinks::of("a secret").key(ONE), "a restart changes nothing");
        assert_eq!(format!("{links:?}"), "OrderLinks(..)");
    }

    #[test]
    fn what_is_nearly_a_key_opens_nothing() {
        let links = OrderLinks::of("a secret");
        let key = links.key(ONE);
        for at in 0..key.len() {
            let mut near = key.clone().into_bytes();
            near[at] = if near[at] == b'0' { b'1' } else { b'0' };
            assert!(!links.opens(ONE, &String::from_utf8(near).unwrap()), "{at}");
        }
        let longer = format!("{key}0");
        for broken in ["", "0", &key[..31], &longer, &"é".repeat(16), &"+1".repeat(16)] {
            assert!(!links.opens(ONE, broken), "{broken}");
        }
    }
}

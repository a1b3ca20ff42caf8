//! Typed ids: `UUIDv7` (RFC 9562) with a shard bucket inside.
//!
//! ```text
//! 48 bits milliseconds | 0111 | 12 bits counter | 10 | 12 bits bucket | 50 bits random
//! ```
//!
//! The first 60 meaningful bits (time and counter) are strictly growing within one minting process:
//! a store may cluster rows by [`Id::key`] alone. The bucket lets any id that leaves Souk find its
//! shard; the random tail makes it unguessable.

use crate::{Clock, Entropy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering as Cmp;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// How many shard buckets there are; fixed for ever.
pub const BUCKETS: u16 = 4_096;

/// A shard bucket: `0..BUCKETS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bucket(u16);

impl Bucket {
    /// The bucket of any number, by its low bits.
    #[must_use]
    pub const fn of(n: u64) -> Self {
        Self((n % BUCKETS as u64) as u16)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// What an id names; see [`noun`].
pub trait Noun: 'static {
    /// The noun in lower case, for messages.
    const NAME: &'static str;
}

macro_rules! nouns {
    ($($(#[$doc:meta])* $noun:ident => $alias:ident, $name:literal;)*) => {
        /// The nouns that have ids.
        pub mod noun {
            $($(#[$doc])* #[derive(Debug)] pub enum $noun {}
            impl super::Noun for $noun { const NAME: &'static str = $name; })*
        }
        $($(#[$doc])* pub type $alias = Id<noun::$noun>;)*
    };
}

nouns! {
    /// A principal: guest or customer.
    User => UserId, "user";
    /// A signed-in device.
    Session => SessionId, "session";
    /// What is described: "Noise-cancelling headphones".
    Product => ProductId, "product";
    /// One choice of a product's options: "black, 64 GB".
    Variant => VariantId, "variant";
    /// A seller's offer of a variant: price, stock and buyability hang on it.
    Offer => OfferId, "offer";
    /// Who sells.
    Seller => SellerId, "seller";
    /// Where stock lies.
    Warehouse => WarehouseId, "warehouse";
    /// A principal's cart.
    Cart => CartId, "cart";
    /// One attempt of a shopper to buy frozen content; holds belong to it.
    Checkout => CheckoutId, "checkout";
    /// One try to pay a checkout.
    Order => OrderId, "order";
    /// The money side of one order.
    Payment => PaymentId, "payment";
    /// One refund of a payment.
    Refund => RefundId, "refund";
    /// A way to pay that a shopper keeps.
    SavedMethod => SavedMethodId, "saved method";
    /// One message to somebody.
    Mail => MailId, "mail";
}

/// A stock-keeping unit: what stock is counted in. One per offer, named by the offer's id.
pub type Sku = OfferId;

/// A typed id. Ordered by time of minting.
pub struct Id<N> {
    uuid: Uuid,
    noun: PhantomData<fn() -> N>,
}

impl<N> Id<N> {
    /// Wraps a stored or received UUID. Any UUID is accepted: one that Souk never minted names nothing.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self { uuid, noun: PhantomData }
    }

    /// From its 16 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self::from_uuid(Uuid::from_bytes(bytes))
    }

    /// Its 16 bytes, big-endian: they sort as the id does.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        self.uuid.as_bytes()
    }

    /// The id as a plain UUID.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }

    /// Time and counter, 60 bits: unique and growing within one minting process. A store may use it
    /// as its row key; it must still compare the whole id, because a caller can invent the rest.
    #[must_use]
    pub const fn key(self) -> i64 {
        let bits = self.uuid.as_u128();
        let millis = (bits >> 80) as u64;
        let counter = ((bits >> 64) & 0xFFF) as u64;
        ((millis << 12) | counter) as i64
    }

    /// The shard bucket inside.
    #[must_use]
    pub const fn bucket(self) -> Bucket {
        Bucket(((self.uuid.as_u128() >> 50) & 0xFFF) as u16)
    }

    /// The random tail below the bucket, 50 bits.
    #[must_use]
    pub const fn tail(self) -> u64 {
        (self.uuid.as_u128() & ((1 << 50) - 1)) as u64
    }

    /// When it was minted, in milliseconds since 1970.
    #[must_use]
    pub const fn minted_ms(self) -> i64 {
        (self.uuid.as_u128() >> 80) as i64
    }

    fn assemble(key: u64, bucket: Bucket, random: u64) -> Self {
        let millis = u128::from(key >> 12);
        let counter = u128::from(key & 0xFFF);
        let tail = u128::from(random & ((1 << 50) - 1));
        let bits = (millis << 80)
            | (0x7 << 76)
            | (counter << 64)
            | (0b10 << 62)
            | (u128::from(bucket.0) << 50)
            | tail;
        Self::from_uuid(Uuid::from_u128(bits))
    }
}

/// Mints ids: strictly growing keys, whatever the clock does.
#[derive(Clone)]
pub struct Mint {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    last: Arc<AtomicU64>,
}

impl Mint {
    /// A mint over a clock and a source of randomness. Clones share the counter.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy, last: Arc::new(AtomicU64::new(0)) }
    }

    /// A fresh id in a bucket.
    ///
    /// More than 4,096 ids in a millisecond, or a clock that steps back, borrow from the next
    /// milliseconds.
    #[must_use]
    pub fn mint<N>(&self, bucket: Bucket) -> Id<N> {
        let now = (self.clock.now().0.max(0) as u64) << 12;
        let step = |last: u64| Some(if now > last { now } else { last + 1 });
        let last = self.last.fetch_update(Ordering::AcqRel, Ordering::Acquire, step);
        let last = last.unwrap_or_else(|unchanged| unchanged);
        let key = if now > last { now } else { last + 1 };
        Id::assemble(key, bucket, self.entropy.next_u64())
    }

    /// A fresh id in a random bucket: for what starts a shard key (a user).
    #[must_use]
    pub fn mint_anywhere<N>(&self) -> Id<N> {
        self.mint(Bucket::of(self.entropy.next_u64()))
    }
}

/// Not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {noun} id")]
pub struct ParseIdError {
    noun: &'static str,
}

impl<N: Noun> FromStr for Id<N> {
    type Err = ParseIdError;
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        Uuid::try_parse(text).map(Self::from_uuid).map_err(|_| ParseIdError { noun: N::NAME })
    }
}

impl<N> fmt::Display for Id<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}
impl<N> fmt::Debug for Id<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}
impl<N> Clone for Id<N> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<N> Copy for Id<N> {}
impl<N> PartialEq for Id<N> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<N> Eq for Id<N> {}
impl<N> PartialOrd for Id<N> {
    fn partial_cmp(&self, other: &Self) -> Option<Cmp> {
        Some(self.cmp(other))
    }
}
impl<N> Ord for Id<N> {
    fn cmp(&self, other: &Self) -> Cmp {
        self.uuid.cmp(&other.uuid)
    }
}
impl<N> Hash for Id<N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}
impl<N> Serialize for Id<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.uuid.serialize(serializer)
    }
}
impl<'de, N: Noun> Deserialize<'de> for Id<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::from_uuid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ManualClock, SeededEntropy, Timestamp};

    fn mint_at(ms: i64) -> (Arc<ManualClock>, Mint) {
        let clock = Arc::new(ManualClock::at(Timestamp(ms)));
        (Arc::clone(&clock), Mint::new(clock, Arc::new(SeededEntropy::new(7))))
    }

    #[test]
    fn keys_grow_strictly_even_when_the_clock_steps_back() {
        let (clock, mint) = mint_at(1_790_000_000_000);
        let mut last = 0;
        for step in 0..20_000 {
            if step == 10_000 {
                clock.advance(-3_600_000);
            }
            let id: OrderId = mint.mint_anywhere();
            assert!(id.key() > last, "step {step}");
            last = id.key();
        }
    }

    #[test]
    fn an_id_is_a_valid_uuid_v7_and_keeps_its_parts() {
        let (_, mint) = mint_at(1_790_000_000_123);
        let id: OrderId = mint.mint(Bucket::of(4_095));
        assert_eq!(id.uuid().get_version_num(), 7);
        assert_eq!(id.uuid().get_variant(), uuid::Variant::RFC4122);
        assert_eq!(id.bucket().number(), 4_095);
        assert_eq!(id.minted_ms(), 1_790_000_000_123);
        assert_eq!(id.to_string().parse::<OrderId>(), Ok(id));
        assert!("nonsense".parse::<OrderId>().is_err());
    }
}

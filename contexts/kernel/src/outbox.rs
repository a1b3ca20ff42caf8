//! Facts between the store that wrote them and their consumers.
//!
//! Facts are written in the transaction of what they tell, and wait here until every consumer has
//! them: `told-at-least-once`. They are in order within one aggregate, and only there, so relays share
//! the work by [lanes](lane_of) and no cursor runs over a global sequence.

use crate::{Aggregate, Event, PortError, Timestamp};
use async_trait::async_trait;

/// How many lanes there are; fixed for ever.
pub const LANES: u16 = 64;

/// The lane of an aggregate: `0..LANES`, the same in every process and version.
#[must_use]
pub const fn lane_of(aggregate: Aggregate) -> u16 {
    // The golden ratio spreads what two ids of one moment differ in.
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    let bits = aggregate.0.as_u128();
    let folded = (bits >> 64) as u64 ^ bits as u64;
    (folded.wrapping_mul(SPREAD) >> (64 - LANES.trailing_zeros())) as u16
}

/// Where a fact stands in its outbox. Says nothing about facts of different lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub i64);

/// An aggregate whose facts wait for an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// Which.
    pub aggregate: Aggregate,
    /// The fact that a consumer can't take.
    pub seq: Seq,
    /// What the consumer said.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
}

/// How far the consumers are behind. Parked facts don't count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lag {
    /// Facts that wait.
    pub count: u64,
    /// Milliseconds since the oldest of them happened.
    pub oldest_ms: i64,
}

/// The store of facts that are not delivered everywhere yet.
///
/// A relay leases lanes, reads what is pending there, hands each fact to every consumer, and says what
/// is done. A crash in between repeats facts: consumers know a repetition by aggregate and number.
/// After a consumer failed on a fact, the relay delivers no later fact of that aggregate.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// The lanes that `owner` has from `now` for `ttl_ms`: those it has already, then free and expired
    /// ones, at most `at_most` together. Lanes of its own beyond that become free.
    async fn lease(
        &self,
        owner: u64,
        at_most: u16,
        now: Timestamp,
        ttl_ms: i64,
    ) -> Result<Vec<u16>, PortError>;

    /// What waits in these lanes, oldest first, at most `limit`; parked aggregates are left out.
    async fn pending(&self, lanes: &[u16], limit: usize) -> Result<Vec<(Seq, Event)>, PortError>;

    /// Every consumer has these. Repeating it changes nothing.
    async fn done(&self, facts: Vec<Seq>) -> Result<(), PortError>;

    /// Sets an aggregate aside because a consumer can't take one of its facts: that one and all later
    /// ones are kept, and not pending, until [`Outbox::unpark`].
    async fn park(&self, aggregate: Aggregate, seq: Seq, reason: String) -> Result<(), PortError>;

    /// Lets a parked aggregate's facts go on, the poison one first; whether it was parked.
    async fn unpark(&self, aggregate: Aggregate) -> Result<bool, PortError>;

    /// Parked aggregates, oldest first, at most `limit`.
    async fn parked(&self, limit: usize) -> Result<Vec<Parked>, PortError>;

    /// How far behind the consumers are.
    async fn lag(&self, now: Timestamp) -> Result<Lag, PortError>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ManualClock, Mint, OrderId, SeededEntropy};
    use std::sync::Arc;

    #[test]
    fn a_lane_is_the_same_for_ever() {
        let lane = |bits| lane_of(Aggregate(uuid::Uuid::from_u128(bits)));
        assert_eq!([lane(0), lane(1), lane(1 << 64), lane(u128::MAX)], [0, 39, 39, 0]);
    }

    #[test]
    fn orders_spread_over_every_lane() {
        let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
        let mint = Mint::new(clock, Arc::new(SeededEntropy::new(3)));
        let mut counts = [0_u32; LANES as usize];
        for _ in 0..6_400 {
            let order: OrderId = mint.mint_anywhere();
            counts[usize::from(lane_of(Aggregate(order.uuid())))] += 1;
        }
        assert!(counts.iter().all(|c| (50..200).contains(c)), "{counts:?}");
    }
}

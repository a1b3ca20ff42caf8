//! Outages end: what was parked because somebody was away goes on by itself.

use souk_kernel::{Outbox, PortError, Timestamp};

/// How long a parked aggregate rests before it is tried again, in milliseconds.
const REST_MS: i64 = 10 * 60_000;

/// Lets go on what was parked ten minutes ago or earlier because an engine or a gateway was away or did
/// not answer: its consumers are asked as often again. What they can't understand waits for an operator.
/// Says how many went on, of the `limit` that are parked longest.
///
/// # Errors
/// The outbox's.
pub async fn after_outage(
    outbox: &dyn Outbox,
    now: Timestamp,
    limit: usize,
) -> Result<usize, PortError> {
    let mut released = 0;
    for parked in outbox.parked(limit).await? {
        let rested = now.since(parked.at) >= REST_MS;
        if rested && PortError::says_outage(&parked.reason) {
            released += usize::from(outbox.unpark(parked.aggregate).await?);
        }
    }
    if released > 0 {
        tracing::info!(released, "what an outage had parked goes on");
    }
    Ok(released)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use souk_kernel::{Aggregate, Clock, ManualClock, OrderId, Seq};
    use souk_memory::orders::MemoryShop;
    use std::sync::Arc;

    fn aggregate(n: u8) -> Aggregate {
        Aggregate(OrderId::from_bytes([n; 16]).uuid())
    }

    #[test]
    fn what_an_outage_parked_goes_on_and_poison_waits_for_an_operator() {
        let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
        let shop = MemoryShop::new(clock.clone());
        let park = |n: u8, error: PortError| {
            let parked = shop.park(aggregate(n), Seq(i64::from(n)), error.to_string());
            parked.now_or_never().expect("memory never waits").expect("the store works");
        };
        let release = || {
            let released = after_outage(&shop, clock.now(), 100);
            released.now_or_never().expect("memory never waits").expect("the store works")
        };
        park(1, PortError::Unavailable("the gateway".into()));
        park(2, PortError::Timeout("capture".into()));
        park(3, PortError::Corrupt("unavailable: is only quoted".into()));
        assert_eq!(release(), 0, "not at once");
        clock.advance(REST_MS - 1);
        park(4, PortError::Unavailable("still".into()));
        clock.advance(1);
        assert_eq!(release(), 2);
        let left = shop.parked(9).now_or_never().expect("memory never waits");
        let left: Vec<_> = left.expect("the store works").iter().map(|p| p.aggregate).collect();
        assert_eq!(left, [aggregate(3), aggregate(4)]);
        clock.advance(REST_MS);
        assert_eq!(release(), 1);
    }
}

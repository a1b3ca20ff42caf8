//! Watching what shoppers do: acts wait in a bounded buffer and are written in pieces, so that no
//! page waits for them and no crowd fills the memory. The last second may be lost with the process.

use crate::behaviour::{Interest, Seen, Tally, recorded};
use crate::model::{Demand, Signals, Taste};
use crate::port::{Behaviour, Index};
use crate::rules;
use souk_kernel::{Clock, PortError, ProductId, Timestamp, UserId};
use std::sync::{Arc, Mutex, PoisonError};

/// Acts that wait at most; more are dropped, and counted.
const WAITING: usize = 8_192;
/// Tallies read in one piece.
const PIECE: usize = 1_000;

#[derive(Default)]
struct Buffer {
    seen: Vec<Seen>,
    asked: Vec<String>,
    dropped: u64,
}

/// The watcher of one shop.
pub struct Watch {
    port: Arc<dyn Behaviour>,
    clock: Arc<dyn Clock>,
    buffer: Mutex<Buffer>,
}

impl Watch {
    /// Over where acts are kept.
    #[must_use]
    pub fn new(port: Arc<dyn Behaviour>, clock: Arc<dyn Clock>) -> Self {
        Self { port, clock, buffer: Mutex::default() }
    }

    fn with<T>(&self, change: impl FnOnce(&mut Buffer) -> T) -> T {
        // A buffer of counts has no invariant that a panic could break.
        change(&mut self.buffer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The watcher's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Notes an act.
    pub fn saw(&self, seen: Seen) {
        self.with(|buffer| {
            if buffer.seen.len() < WAITING {
                buffer.seen.push(seen);
            } else {
                buffer.dropped += 1;
            }
        });
    }

    /// Notes a search that found something.
    pub fn asked(&self, text: &str) {
        let Some(text) = recorded(text) else { return };
        self.with(|buffer| {
            if buffer.asked.len() < WAITING {
                buffer.asked.push(text);
            } else {
                buffer.dropped += 1;
            }
        });
    }

    /// Writes what waits; says how many acts were dropped since the last time.
    ///
    /// # Errors
    /// The store's; what was to be written is lost then: it ranks, it pays nobody.
    pub async fn flush(&self) -> Result<u64, PortError> {
        let Buffer { seen, asked, dropped } = self.with(std::mem::take);
        if !seen.is_empty() || !asked.is_empty() {
            self.port.record(seen, asked, self.clock.now()).await?;
        }
        Ok(dropped)
    }

    /// What a shopper likes.
    ///
    /// # Errors
    /// The store's.
    pub async fn taste(&self, user: UserId) -> Result<Taste, PortError> {
        let recent: Vec<Interest> = self.port.recent(user).await?;
        Ok(rules::taste::taste(&recent, self.clock.now()))
    }

    /// Searches of others that begin so, most frequent first.
    ///
    /// # Errors
    /// The store's.
    pub async fn searches(&self, prefix: &str, limit: usize) -> Result<Vec<String>, PortError> {
        let prefix = rules::fold::fold(prefix.trim_start());
        if prefix.is_empty() { Ok(Vec::new()) } else { self.port.searches(&prefix, limit).await }
    }

    /// Takes everything out that is known of a shopper; the sums stay.
    ///
    /// # Errors
    /// The store's.
    pub async fn forget(&self, user: UserId) -> Result<(), PortError> {
        self.with(|buffer| buffer.seen.retain(|seen| seen.user != Some(user)));
        self.port.forget(user).await
    }

    /// Tells the index how products sell.
    ///
    /// # Errors
    /// The store's or the index's.
    pub async fn tell(&self, index: &dyn Index) -> Result<(), PortError> {
        self.port.fade(self.clock.now()).await?;
        let (views, orders) = self.port.totals().await?;
        let rate = rules::demand::shop_rate(views, orders);
        let mut after: Option<ProductId> = None;
        loop {
            let tallies = self.port.tallies(after, PIECE).await?;
            let full = tallies.len() == PIECE;
            after = tallies.last().map(|tally| tally.product);
            index.set_signals(tallies.iter().map(|tally| signal(tally, rate)).collect()).await?;
            if !full {
                return Ok(());
            }
        }
    }
}

fn signal(tally: &Tally, rate: f32) -> (ProductId, Signals) {
    let (views, orders) = (tally.views, tally.orders);
    let demand = Demand {
        popularity: rules::demand::popularity(views, orders),
        conversion: rules::demand::lift(views, orders, rate),
    };
    (tally.product, Signals { demand: Some(demand), ..Signals::default() })
}

//! What was made for everyone, kept for half a minute: no longer than the pages that show it.

use souk_kernel::{ProductId, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Things that are kept at most.
const MOST: usize = 2_048;
/// How long.
const FRESH_MS: i64 = 30_000;

/// A few things by product.
pub struct Kept<T>(Mutex<HashMap<ProductId, (Timestamp, Arc<T>)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Kept<T> {
    fn lock(&self) -> MutexGuard<'_, HashMap<ProductId, (Timestamp, Arc<T>)>> {
        // An entry is never half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept, unless it is too old.
    pub fn get(&self, of: ProductId, now: Timestamp) -> Option<Arc<T>> {
        let kept = self.lock();
        let (made, thing) = kept.get(&of)?;
        (0..FRESH_MS).contains(&now.since(*made)).then(|| Arc::clone(thing))
    }

    /// Keeps something. When there is no room, what is old goes first, then everything.
    pub fn put(&self, of: ProductId, now: Timestamp, thing: Arc<T>) {
        let mut kept = self.lock();
        if kept.len() >= MOST {
            kept.retain(|_, (made, _)| (0..FRESH_MS).contains(&now.since(*made)));
        }
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(of, (now, thing));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_kernel::Id;

    #[test]
    fn it_is_kept_for_a_while_and_not_without_end() {
        let kept = Kept::default();
        let id = |n: u32| {
            let mut bytes = [0; 16];
            bytes[..4].copy_from_slice(&n.to_be_bytes());
            Id::from_bytes(bytes)
        };
        let now = Timestamp(1_790_000_000_000);
        kept.put(id(1), now, Arc::new(1));
        assert_eq!(kept.get(id(1), now.plus_ms(FRESH_MS - 1)).as_deref(), Some(&1));
        assert!(kept.get(id(1), now.plus_ms(FRESH_MS)).is_none());
        assert!(kept.get(id(2), now).is_none());
        for n in 0..3 * MOST as u32 {
            kept.put(id(n), now, Arc::new(1));
            assert!(kept.lock().len() <= MOST);
        }
    }
}

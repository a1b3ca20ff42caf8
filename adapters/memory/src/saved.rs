//! Ways to pay that shoppers keep, in memory: the executable specification of the port. A store of its own
//! in both modes: no purchase writes to it.

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_kernel::{PortError, SavedMethodId, UserId};
use souk_payments::{KEPT_MAX, SaveRefusal, SavedMethod, SavedMethods};

/// The store of saved methods.
#[derive(Debug, Default)]
pub struct MemorySavedMethods(Mutex<Vec<SavedMethod>>);

fn of_user(rows: &[SavedMethod], user: UserId) -> Vec<SavedMethod> {
    let mut all: Vec<_> = rows.iter().filter(|method| method.user == user).cloned().collect();
    all.sort_by_key(|m| (!m.is_default, std::cmp::Reverse((m.created_at, m.id))));
    all
}

#[async_trait]
impl SavedMethods for MemorySavedMethods {
    async fn keep(&self, method: SavedMethod) -> Result<SavedMethod, SaveRefusal> {
        let mut rows = self.0.lock();
        let all = of_user(&rows, method.user);
        let same = |m: &&SavedMethod| m.gateway == method.gateway && m.token == method.token;
        if let Some(there) = all.iter().find(same) {
            return Ok(there.clone());
        }
        if all.len() >= KEPT_MAX {
            return Err(SaveRefusal::Full);
        }
        let kept = SavedMethod { is_default: all.is_empty(), ..method };
        rows.push(kept.clone());
        Ok(kept)
    }

    async fn remove(
        &self,
        user: UserId,
        id: SavedMethodId,
    ) -> Result<Option<SavedMethod>, PortError> {
        let mut rows = self.0.lock();
        let Some(at) = rows.iter().position(|m| m.user == user && m.id == id) else {
            return Ok(None);
        };
        let gone = rows.remove(at);
        if gone.is_default
            && let Some(next) = of_user(&rows, user).first().map(|next| next.id)
        {
            rows.iter_mut().filter(|m| m.id == next).for_each(|m| m.is_default = true);
        }
        Ok(Some(gone))
    }

    async fn prefer(&self, user: UserId, id: SavedMethodId) -> Result<bool, PortError> {
        let mut rows = self.0.lock();
        let there = rows.iter().any(|m| m.user == user && m.id == id);
        if there {
            rows.iter_mut().filter(|m| m.user == user).for_each(|m| m.is_default = m.id == id);
        }
        Ok(there)
    }

    async fn of_user(&self, user: UserId) -> Result<Vec<SavedMethod>, PortError> {
        Ok(of_user(&self.0.lock(), user))
    }
}

//! A person's data: all of it on request, and none of it when they go.

use super::Service;
use crate::error::{DeleteError, EraseError, PasswordError, ProfileError};
use crate::port::{Erased, Erasure, Left};
use crate::{Address, BookEntry, Kind, Password, Principal, Session, TokenDigest};
use serde_json::{Map, Value, json};
use souk_kernel::{DAY_MS, HOUR_MS, MINUTE_MS, PortError, Timestamp, UserId};

/// Lists of orders are fed by facts and may lag: an erasure is looked at again until this long after it
/// was asked for.
const SETTLED_MS: i64 = HOUR_MS;

/// When an erasure is looked at again: soon at first, daily while something has to end.
fn again(asked: Timestamp, now: Timestamp) -> Timestamp {
    now.plus_ms(if now.since(asked) < SETTLED_MS { 10 * MINUTE_MS } else { DAY_MS })
}

impl Service {
    /// Everything that the shop keeps of a principal, as one JSON document.
    ///
    /// # Errors
    /// The store's, of whoever keeps something.
    pub async fn export(&self, principal: &Principal) -> Result<Value, PortError> {
        let user = principal.user;
        let profile = self.store.get_profile(user).await?;
        let book = self.store.address_book(user).await?;
        let sessions = self.sessions(principal).await?;
        let mut all = Map::new();
        all.insert("generated_at".into(), self.clock.now().rfc3339().into());
        all.insert("user_id".into(), user.to_string().into());
        let profile = profile.map(|profile| {
            let user = profile.user;
            json!({
                "kind": user.kind.name(),
                "name": user.name,
                "email": user.email,
                "email_verified": user.verified,
                "created_at": user.created.rfc3339(),
            })
        });
        all.insert("profile".into(), profile.unwrap_or(Value::Null));
        all.insert("addresses".into(), book.entries.iter().map(entry).collect());
        all.insert("sessions".into(), sessions.iter().map(session).collect());
        for keeper in &self.keepers {
            all.insert(keeper.name().to_owned(), keeper.export(user).await?);
        }
        Ok(Value::Object(all))
    }

    /// Ends the account of who knows its password. The person goes: at once here, and wherever else
    /// something of them is kept by [`Service::resume_erasures`]. Orders and ledgers keep ids and sums.
    ///
    /// # Errors
    /// [`DeleteError`]; then nothing was changed.
    pub async fn delete(
        &self,
        principal: &Principal,
        present: Password,
    ) -> Result<(), DeleteError> {
        let user = self.user(principal.user).await.map_err(|_| DeleteError::NoAccount)?;
        let hash = self.knows_password(&user, present).await.map_err(|refused| match refused {
            PasswordError::Wrong => DeleteError::Wrong,
            PasswordError::Port(error) => error.into(),
            PasswordError::Hash(error) => error.into(),
            _ => DeleteError::NoAccount,
        })?;
        let obstacles = self.obstacles(user.id).await?;
        if !obstacles.is_empty() {
            return Err(DeleteError::NotYet(obstacles));
        }
        let erasure = self.erasure(user.id);
        let ended = self.store.end_account(erasure, hash).await?.ok_or(DeleteError::Wrong)?;
        self.ended(&erasure, &ended).await;
        Ok(())
    }

    /// Ends a guest, by the same rules as [`Service::delete`]. There is no password to know: the caller
    /// must have seen that it is they who ask. Safe to repeat.
    ///
    /// # Errors
    /// [`EraseError`]; then nothing was changed.
    pub async fn erase_guest(&self, user: UserId) -> Result<(), EraseError> {
        if self.erased(user).await?.is_some() {
            return Ok(());
        }
        match self.profile(user).await {
            Ok(profile) if profile.user.kind == Kind::Customer => {
                return Err(EraseError::HasAccount);
            }
            Ok(_) | Err(ProfileError::NoSuchUser) => {}
            Err(ProfileError::Port(error)) => return Err(error.into()),
        }
        let obstacles = self.obstacles(user).await?;
        if !obstacles.is_empty() {
            return Err(EraseError::NotYet(obstacles));
        }
        let erasure = self.erasure(user);
        // Who signed up meanwhile is a customer, and is asked for the password.
        let ended = self.store.end_guest(erasure).await?.ok_or(EraseError::HasAccount)?;
        self.ended(&erasure, &ended).await;
        Ok(())
    }

    /// Whether somebody is forgotten.
    ///
    /// # Errors
    /// The store's.
    pub async fn erased(&self, user: UserId) -> Result<Option<Erased>, PortError> {
        self.store.erasure_of(user).await
    }

    /// What must end before a user can go, each in words for them.
    ///
    /// # Errors
    /// The store's, of whoever keeps something.
    pub async fn obstacles(&self, user: UserId) -> Result<Vec<String>, PortError> {
        let mut obstacles = Vec::new();
        for keeper in &self.keepers {
            obstacles.extend(keeper.obstacle(user).await?);
        }
        Ok(obstacles)
    }

    fn erasure(&self, user: UserId) -> Erasure {
        let now = self.clock.now();
        Erasure { user, asked: now, due: now }
    }

    /// Goes on after somebody's end was committed. They are gone whatever happens here: what this leaves
    /// is taken up in the background.
    async fn ended(&self, erasure: &Erasure, sessions: &[TokenDigest]) {
        sessions.iter().for_each(|token| self.sessions.purge(token));
        self.profiles.purge(&erasure.user);
        let _ = self.erase(erasure).await;
    }

    /// Forgets users whose erasure is due, at most `limit`. Says how many it looked at.
    ///
    /// # Errors
    /// The store's, of whoever keeps something; the others were still asked.
    pub async fn resume_erasures(&self, limit: u32) -> Result<usize, PortError> {
        let due = self.store.due_erasures(self.clock.now(), limit).await?;
        let mut failed = Ok(());
        for erasure in &due {
            if let Err(error) = self.erase(erasure).await {
                failed = Err(error);
            }
        }
        failed.map(|()| due.len())
    }

    async fn erase(&self, erasure: &Erasure) -> Result<(), PortError> {
        let now = self.clock.now();
        let forgotten = self.forget(erasure.user).await;
        let settled = now.since(erasure.asked) >= SETTLED_MS;
        if settled && forgotten == Ok(Left::Nothing) {
            self.store.finish_erasure(erasure.user, now).await?;
        } else {
            self.store.postpone_erasure(erasure.user, again(erasure.asked, now)).await?;
        }
        forgotten.map(|_| ())
    }

    async fn forget(&self, user: UserId) -> Result<Left, PortError> {
        let mut left = Ok(Left::Nothing);
        for keeper in &self.keepers {
            match (keeper.forget(user).await, &left) {
                (Err(error), _) => left = Err(error),
                (Ok(Left::Something), Ok(_)) => left = Ok(Left::Something),
                _ => {}
            }
        }
        left
    }
}

fn address(address: &Address) -> Value {
    serde_json::to_value(address).unwrap_or(Value::Null)
}

fn entry(entry: &BookEntry) -> Value {
    json!({
        "label": entry.label,
        "address": address(&entry.address),
        "default_shipping": entry.shipping,
        "default_billing": entry.billing,
        "changed_at": entry.changed.rfc3339(),
    })
}

fn session(session: &Session) -> Value {
    json!({
        "session_id": session.id.to_string(),
        "device": session.device.map(|device| device.to_string()),
        "created_at": session.created.rfc3339(),
        "expires_at": session.expires.rfc3339(),
    })
}

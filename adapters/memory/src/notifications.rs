//! The mailbox in memory: the executable specification of the port.

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_kernel::{Aggregate, Answers, MailId, OrderId, PortError, UserId};
use souk_notifications::{
    Envelope, Mail, MailKind, Mailbox, Page, Preferences, Topic, Unsubscribe,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The store: one lock, so that each post is atomic.
#[derive(Debug, Default)]
pub struct MemoryMailbox(Mutex<Rows>);

#[derive(Debug, Default)]
struct Rows {
    mails: BTreeMap<MailId, Mail>,
    told: HashSet<(MailKind, Aggregate, u64, Option<UserId>)>,
    preferences: HashMap<UserId, Preference>,
}

#[derive(Debug, Default)]
struct Preference {
    declined: BTreeSet<Topic>,
    secret: Option<[u8; 16]>,
}

#[async_trait]
impl Mailbox for MemoryMailbox {
    async fn post(&self, mails: Vec<Mail>) -> Answers<bool, PortError> {
        let mut rows = self.0.lock();
        let mut post = |mail: Mail| {
            let new = rows.told.insert((mail.kind, mail.about, mail.number, mail.user));
            if new {
                rows.mails.insert(mail.id, mail);
            }
            Ok(new)
        };
        mails.into_iter().map(&mut post).collect()
    }

    async fn list(&self, page: Page) -> Result<Vec<Envelope>, PortError> {
        let rows = self.0.lock();
        let found = rows
            .mails
            .values()
            .rev()
            .filter(|mail| page.before.is_none_or(|before| mail.id < before))
            .filter(|mail| {
                page.about.is_none_or(|about| mail.about == about && mail.user.is_none())
            })
            .filter(|mail| page.user.is_none_or(|user| mail.user == Some(user)))
            .take(page.limit as usize);
        Ok(found.map(Mail::envelope).collect())
    }

    async fn get(&self, id: MailId) -> Result<Option<Mail>, PortError> {
        Ok(self.0.lock().mails.get(&id).cloned())
    }
    async fn erase(&self, user: UserId, orders: &[OrderId]) -> Result<(), PortError> {
        let orders: HashSet<Aggregate> =
            orders.iter().map(|order| Aggregate(order.uuid())).collect();
        let mut rows = self.0.lock();
        for mail in rows.mails.values_mut() {
            let of_order = mail.user.is_none() && orders.contains(&mail.about);
            if of_order || mail.user == Some(user) {
                for words in [&mut mail.to, &mut mail.subject, &mut mail.text, &mut mail.html] {
                    words.clear();
                }
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Preferences for MemoryMailbox {
    async fn declined(&self, user: UserId) -> Result<BTreeSet<Topic>, PortError> {
        let rows = self.0.lock();
        Ok(rows.preferences.get(&user).map(|one| one.declined.clone()).unwrap_or_default())
    }

    async fn decline(&self, user: UserId, topic: Topic, declined: bool) -> Result<(), PortError> {
        let mut rows = self.0.lock();
        let one = rows.preferences.entry(user).or_default();
        if declined {
            one.declined.insert(topic);
        } else {
            one.declined.remove(&topic);
        }
        Ok(())
    }

    async fn secret(&self, user: UserId, fresh: [u8; 16]) -> Result<[u8; 16], PortError> {
        let mut rows = self.0.lock();
        Ok(*rows.preferences.entry(user).or_default().secret.get_or_insert(fresh))
    }

    async fn given_secret(&self, user: UserId) -> Result<Option<[u8; 16]>, PortError> {
        Ok(self.0.lock().preferences.get(&user).and_then(|one| one.secret))
    }

    async fn unsubscribe(&self, link: Unsubscribe) -> Result<bool, PortError> {
        let mut rows = self.0.lock();
        let one = rows.preferences.get_mut(&link.user);
        let Some(one) = one.filter(|one| one.secret == Some(link.key)) else { return Ok(false) };
        one.declined.insert(link.topic);
        Ok(true)
    }

    async fn forget(&self, user: UserId) -> Result<(), PortError> {
        self.0.lock().preferences.remove(&user);
        Ok(())
    }
}

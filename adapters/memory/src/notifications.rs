//! The mailbox in memory: the executable specification of the port.

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_kernel::{Aggregate, Answers, MailId, PortError};
use souk_notifications::{Envelope, Mail, MailKind, Mailbox, Page};
use std::collections::{BTreeMap, HashSet};

/// The store: one lock, so that each post is atomic.
#[derive(Debug, Default)]
pub struct MemoryMailbox(Mutex<Rows>);

#[derive(Debug, Default)]
struct Rows {
    mails: BTreeMap<MailId, Mail>,
    told: HashSet<(MailKind, Aggregate, u64)>,
}

#[async_trait]
impl Mailbox for MemoryMailbox {
    async fn post(&self, mails: Vec<Mail>) -> Answers<bool, PortError> {
        let mut rows = self.0.lock();
        let mut post = |mail: Mail| {
            let new = rows.told.insert((mail.kind, mail.about, mail.number));
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
            .filter(|mail| page.about.is_none_or(|about| mail.about == about))
            .take(page.limit as usize);
        Ok(found.map(Mail::envelope).collect())
    }

    async fn get(&self, id: MailId) -> Result<Option<Mail>, PortError> {
        Ok(self.0.lock().mails.get(&id).cloned())
    }
}

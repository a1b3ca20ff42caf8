//! Mails of accounts: who writes them, and finding what they carry.

use super::Shop;
use async_trait::async_trait;
use souk_accounts::{Argon2id, Cost, Inline, Settings};
use souk_kernel::{Clock, Mint, PortError, SeededEntropy};
use souk_memory::{accounts, notifications};
use souk_notifications::{Mailbox, Notifier, NotifierParts, OrderDetails, OrderFacts, Page};
use souk_webkit::{Cookies, Gate, Limits, LimitsOn, Sessions};
use std::sync::Arc;

pub(super) fn open_notifier(
    mailbox: &Arc<notifications::MemoryMailbox>,
    mint: &Mint,
    time: &Arc<dyn Clock>,
) -> Arc<Notifier> {
    Arc::new(Notifier::new(NotifierParts {
        mailbox: mailbox.clone(),
        preferences: mailbox.clone(),
        orders: Arc::new(NoOrders),
        mint: mint.clone(),
        clock: Arc::clone(time),
        entropy: Arc::new(SeededEntropy::new(9)),
        shop: writer(),
    }))
}

/// Who writes the mails.
pub(super) fn writer() -> souk_notifications::Shop {
    souk_notifications::Shop::new("Test & Sons".into(), "http://127.0.0.1:8080".into())
}

pub(super) fn open_sessions(
    notifier: &Arc<Notifier>,
    mint: &Mint,
    time: &Arc<dyn Clock>,
) -> Arc<Sessions> {
    let accounts = souk_accounts::Service::new(
        Arc::new(accounts::MemoryAccounts::default()),
        Arc::new(Inline(Argon2id::new(Cost::LEAST))),
        Arc::clone(time),
        Arc::new(SeededEntropy::new(8)),
        mint.clone(),
        Settings { cache_entries: 128, ..Settings::default() },
    );
    let accounts = Arc::new(accounts.with_courier(notifier.clone()));
    let limits = Limits::new(LimitsOn::SignIn, false, Arc::clone(time));
    let gate = Arc::new(Gate { limits, ..Gate::default() });
    Arc::new(Sessions { accounts, cookies: Cookies::Loopback, gate })
}

/// Nobody asks about orders' mails here.
struct NoOrders;

#[async_trait]
impl OrderFacts for NoOrders {
    async fn details(
        &self,
        orders: &[souk_kernel::OrderId],
    ) -> Result<Vec<Option<OrderDetails>>, PortError> {
        Ok(orders.iter().map(|_| None).collect())
    }
}

impl Shop {
    /// The token behind a path, from the newest mail whose subject begins so. What is sent when nobody
    /// waits for it gets its turn first.
    pub async fn link(&self, subject: &str, path: &str) -> String {
        let page = Page { before: None, about: None, user: None, limit: 100 };
        for _ in 0..100 {
            let all = self.mailbox.list(page).await.unwrap();
            if let Some(found) = all.iter().find(|mail| mail.subject.starts_with(subject)) {
                let mail = self.mailbox.get(found.id).await.unwrap().unwrap();
                let (_, after) = mail.text.split_once(path).unwrap();
                return after.split_whitespace().next().unwrap().to_owned();
            }
            tokio::task::yield_now().await;
        }
        panic!("no mail: {subject}");
    }

    /// The newest mail that was written to a person.
    pub async fn newest(&self, user: souk_kernel::UserId) -> souk_kernel::MailId {
        let page = Page { before: None, about: None, user: Some(user), limit: 1 };
        self.mailbox.list(page).await.unwrap()[0].id
    }

    /// How many mails were written to a person.
    pub async fn mailbox_of(&self, user: souk_kernel::UserId) -> usize {
        let page = Page { before: None, about: None, user: Some(user), limit: 100 };
        self.mailbox.list(page).await.unwrap().len()
    }
}

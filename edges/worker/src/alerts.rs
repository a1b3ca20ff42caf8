//! Who writes to those that wait for an offer.

use crate::Consumer;
use async_trait::async_trait;
use souk_accounts::{ProfileError, Service as Accounts};
use souk_catalog::{CatalogService, OfferView};
use souk_kernel::{Answers, Event, PortError};
use souk_lists::event::{AlertFact, CAME_BACK, PRICE_FELL};
use souk_notifications::{News, Notice, Notifier, Recipient, Ware};
use std::sync::Arc;

/// Writes what alerts tell: to the account's own address, once for each fact, unless it was declined.
pub struct AlertMailer {
    notifier: Arc<Notifier>,
    accounts: Arc<Accounts>,
    catalog: Arc<CatalogService>,
}

impl AlertMailer {
    /// Over the notifier, who knows addresses, and who knows titles.
    #[must_use]
    pub fn new(
        notifier: &Arc<Notifier>,
        accounts: &Arc<Accounts>,
        catalog: &Arc<CatalogService>,
    ) -> Self {
        Self {
            notifier: Arc::clone(notifier),
            accounts: Arc::clone(accounts),
            catalog: Arc::clone(catalog),
        }
    }

    async fn tell(&self, fact: &Event) -> Result<(), PortError> {
        let Some(notice) = self.notice(fact).await? else { return Ok(()) };
        let told = self.notifier.notify(&[notice]).await.pop();
        told.map_or(Ok(()), |told| told.map(drop))
    }

    /// What to write, if there is still somebody to write to, and something to write about.
    async fn notice(&self, fact: &Event) -> Result<Option<Notice>, PortError> {
        if ![CAME_BACK, PRICE_FELL].contains(&fact.kind.as_str()) {
            return Ok(None);
        }
        let body: AlertFact = serde_json::from_str(&fact.body)
            .map_err(|e| PortError::Corrupt(format!("the fact of an alert: {e}")))?;
        let profile = match self.accounts.profile(body.user).await {
            Ok(profile) => profile,
            Err(ProfileError::NoSuchUser) => return Ok(None),
            Err(ProfileError::Port(error)) => return Err(error),
        };
        let about = self.catalog.offers(&[body.offer]).await?.pop().flatten();
        let (Some(email), Some(about)) = (&profile.user.email, about) else { return Ok(None) };
        let to = Recipient {
            user: body.user,
            email: email.to_string(),
            name: profile.user.name.clone().unwrap_or_default(),
        };
        let news = news(&body, &about);
        Ok(news.map(|news| Notice { about: fact.aggregate, number: fact.number, to, news }))
    }
}

/// The news of a fact, if it is still true of the offer: nobody is sent to a price that is gone.
fn news(body: &AlertFact, about: &OfferView) -> Option<News> {
    let ware = Ware { title: about.title.to_string(), path: format!("/p/{}", about.product) };
    let price = about.unit_price;
    match (body.from, body.to) {
        (Some(from), Some(_)) => {
            let still = price.currency == from.currency && price.minor < from.minor;
            (about.buyable && still).then_some(News::PriceDropped { ware, from, to: price })
        }
        _ => about.buyable.then_some(News::BackInStock { ware, price }),
    }
}

#[async_trait]
impl Consumer for AlertMailer {
    fn name(&self) -> &'static str {
        "alert mails"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        let mut answers = Vec::with_capacity(facts.len());
        for fact in facts {
            answers.push(self.tell(fact).await);
        }
        answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_accounts::{Argon2id, Cost, Inline, Password, Registration, Settings};
    use souk_catalog::contract::Builder;
    use souk_catalog::{Listing, PutListing};
    use souk_kernel::{
        Clock, Currency, Id, ManualClock, Mint, Money, OrderId, SeededEntropy, Timestamp, UserId,
    };
    use souk_lists::event::told;
    use souk_lists::{Alert, Awaited};
    use souk_memory::notifications::MemoryMailbox;
    use souk_memory::{accounts::MemoryAccounts, catalog::MemoryCatalog};
    use souk_notifications::{
        Mailbox, NotifierParts, OrderDetails, OrderFacts, Page, Preferences, Shop, Topic,
    };

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    struct NoOrders;

    #[async_trait]
    impl OrderFacts for NoOrders {
        async fn details(&self, of: &[OrderId]) -> Result<Vec<Option<OrderDetails>>, PortError> {
            Ok(vec![None; of.len()])
        }
    }

    struct Stage {
        mailer: AlertMailer,
        mailbox: Arc<MemoryMailbox>,
        ada: UserId,
        listing: Listing,
    }

    async fn stage() -> Stage {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(NOW));
        let entropy = Arc::new(SeededEntropy::new(3));
        let mint = Mint::new(clock.clone(), entropy.clone());
        let mailbox = Arc::new(MemoryMailbox::default());
        let notifier = Arc::new(Notifier::new(NotifierParts {
            mailbox: mailbox.clone(),
            preferences: mailbox.clone(),
            orders: Arc::new(NoOrders),
            mint: mint.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            shop: Shop::new("Souk".into(), "http://127.0.0.1".into()),
        }));
        let accounts = Arc::new(Accounts::new(
            Arc::new(MemoryAccounts::default()),
            Arc::new(Inline(Argon2id::new(Cost::LEAST))),
            clock.clone(),
            entropy,
            mint,
            Settings::default(),
        ));
        let ada = Registration {
            email: "ada@example.com".into(),
            password: Password::new("correct horse".into()),
            name: "Ada".into(),
            device: None,
        };
        let ada = accounts.register(ada, None).await.unwrap().principal.user;
        let catalog = Arc::new(CatalogService::new(Arc::new(MemoryCatalog::new()), clock, 16));
        let listing = Builder::new(1).listing("Kettle", &["Kitchen"]);
        let put = PutListing {
            listing,
            expected_version: None,
            stock: vec![],
            at: NOW,
            keep_hidden: false,
        };
        let put = catalog.put(vec![put], None).await.unwrap().pop().unwrap().unwrap();
        let mailer = AlertMailer::new(&notifier, &accounts, &catalog);
        Stage { mailer, mailbox, ada, listing: put.listing }
    }

    impl Stage {
        fn fact(&self, user: UserId, awaited: Awaited, told_before: u32, to: Option<i64>) -> Event {
            let offer = &self.listing.offers[0];
            let alert = Alert {
                id: Id::from_bytes([9; 16]),
                user,
                offer: offer.id,
                product: offer.product,
                awaited,
                told: told_before,
                since: NOW,
            };
            told(&alert, to.map(|minor| Money::new(minor, Currency::Eur)), NOW)
        }

        async fn take(&self, facts: &[Event]) {
            assert!(self.mailer.take(facts).await.iter().all(Result::is_ok));
        }

        async fn subjects(&self) -> Vec<String> {
            let page = Page { before: None, about: None, user: None, limit: 9 };
            let mails = self.mailbox.list(page).await.unwrap();
            mails.into_iter().map(|mail| format!("{}: {}", mail.to, mail.subject)).collect()
        }
    }

    fn below(minor: i64) -> Awaited {
        Awaited::PriceBelow(Money::new(minor, Currency::Eur))
    }

    #[tokio::test]
    async fn each_fact_is_written_once_to_the_account() {
        let stage = stage().await;
        let back = stage.fact(stage.ada, Awaited::Stock, 0, None);
        let fell = stage.fact(stage.ada, below(2_000), 0, Some(1_299));
        stage.take(&[back.clone(), fell.clone()]).await;
        stage.take(&[back, fell]).await;
        let mut subjects = stage.subjects().await;
        subjects.sort();
        assert_eq!(
            subjects,
            [
                "ada@example.com: Kettle Kettle is back in stock",
                "ada@example.com: Kettle Kettle now costs €12.99",
            ]
        );
    }

    #[tokio::test]
    async fn nobody_is_sent_to_a_price_that_is_gone_or_told_what_they_declined() {
        let stage = stage().await;
        // It cost 9.99 for a moment; it costs 12.99 again.
        stage.take(&[stage.fact(stage.ada, below(1_299), 0, Some(999))]).await;
        let nobody = Id::from_bytes([200; 16]);
        stage.take(&[stage.fact(nobody, Awaited::Stock, 0, None)]).await;
        stage.mailbox.decline(stage.ada, Topic::BackInStock, true).await.unwrap();
        stage.take(&[stage.fact(stage.ada, Awaited::Stock, 0, None)]).await;
        assert_eq!(stage.subjects().await, Vec::<String>::new());
    }
}

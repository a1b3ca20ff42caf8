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

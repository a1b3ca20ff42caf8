//! Card sheets and the tokens of cards: for one payment, or kept for many.

use super::Gateway;
use crate::book::{Book, KEPT, TOKEN_LIFE_MS};
use crate::error::GatewayError;
use crate::fact::Fact;
use crate::http::return_url;
use crate::model::{Kept, SheetRequest};
use crate::rules::Decision;
use crate::session::Session;
use crate::tokens::{Behaviour, Card};
use crate::webhook::hex;
use hmac::Mac;
use souk_kernel::Timestamp;

/// A kept card's token ends with the card: far later than anything here.
const FAR_MS: i64 = 9_999_999_999_999;

fn face(card: &Card) -> (&str, &str, &str) {
    (card.brand.as_str(), card.last4.as_str(), card.expires.as_str())
}

/// The card behind a sheet's token, if it may be kept.
fn wanted(book: &Book, token: &str, asked: bool) -> Option<(Behaviour, Card)> {
    let given = book.token(token).filter(|given| given.save || asked)?;
    Some((given.behaviour, given.card.clone()?))
}

impl Gateway {
    /// A card sheet for a shopper: the address of its page, good for an hour. It stands in the
    /// address alone: nothing is kept.
    ///
    /// # Errors
    /// A text is too long or not allowed; the return address is not on a known origin.
    pub fn create_sheet(&self, request: SheetRequest) -> Result<String, GatewayError> {
        return_url::check(&request.return_url, &self.config.return_origins)?;
        let session = Session::new(request, self.clock.now())?;
        Ok(format!("{}/sheet?session={}", self.config.origin, session.seal(&self.sheet_key)))
    }

    /// A one-time token, good for an hour. The sheet calls it; tests may.
    ///
    /// # Errors
    /// The record is not available.
    pub async fn issue_token(
        &self,
        behaviour: Behaviour,
        card: Option<&Card>,
        save: bool,
    ) -> Result<String, GatewayError> {
        let token = format!("tok_{}", hex(&self.entropy.token()));
        let now = self.clock.now();
        let fact = Fact::Token {
            token: &token,
            behaviour,
            expires: now.plus_ms(TOKEN_LIFE_MS),
            card: card.map(face),
            save,
        };
        let settled = self.settle(|_, _| Ok(Decision::Act(fact, Ok(()))));
        settled.await?;
        Ok(token)
    }

    /// A token that stands for the card behind another one, and pays again and again. `None`: there is no
    /// card behind it, or its shopper did not ask for that; `asked`: the caller says that they did. The
    /// same token gets the same answer.
    ///
    /// # Errors
    /// The record is not available.
    pub async fn keep(&self, token: &str, asked: bool) -> Result<Option<Kept>, GatewayError> {
        let found = match Behaviour::of_token(token) {
            Some(fixed) => asked.then(|| (fixed, Card::of_fixed())),
            None => self.read(|book| wanted(book, token, asked)).await?,
        };
        let Some((behaviour, card)) = found else { return Ok(None) };
        let mut mac = crate::webhook::keyed(&self.sheet_key);
        mac.update(b"keep.");
        mac.update(token.as_bytes());
        let kept = format!("{KEPT}{}", hex(&mac.finalize().into_bytes()));
        if self.read(|book| book.token(&kept).is_none()).await? {
            let expires = Timestamp(FAR_MS);
            let card = Some(face(&card));
            let fact = Fact::Token { token: &kept, behaviour, expires, card, save: false };
            self.settle(|_, _| Ok(Decision::Act(fact, Ok(())))).await?;
        }
        Ok(Some(Kept { token: kept, card }))
    }

    /// Forgets a kept card: its token never pays again.
    ///
    /// # Errors
    /// The record is not available.
    pub async fn forget(&self, token: &str) -> Result<(), GatewayError> {
        if token.starts_with(KEPT) && self.read(|book| book.token(token).is_some()).await? {
            self.settle(|_, _| Ok(Decision::Act(Fact::Forget { token }, Ok(())))).await?;
        }
        Ok(())
    }
}

//! The use cases: apply, sign in and out, ask who asks; the books and the products have files of their
//! own.

mod books;
mod products;

pub use books::BookService;
pub use products::ProductService;

use crate::port::{AccountsPage, NewSeller, NewSellerSession, Sellers, Unopened};
use crate::{
    ApplyError, Rate, SellerAccount, SellerMember, SellerSession, SellerState, SignInError, rules,
};
use souk_accounts::{Email, Hashing, Password, Token, TokenDigest};
use souk_catalog::{CatalogService, Seller};
use souk_kernel::{Clock, Entropy, HOUR_MS, Mint, PortError, SellerId, Timestamp};
use std::sync::Arc;

/// How long a session lasts, in milliseconds: a working day.
pub const SESSION_MS: i64 = 12 * HOUR_MS;

/// A fresh session, with the only copy of its token.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Whose.
    pub member: SellerMember,
    /// What the bearer shows from now on.
    pub token: Token,
    /// When it ends.
    pub expires: Timestamp,
}

/// What somebody applies with.
#[derive(Debug, Clone)]
pub struct Application {
    /// The public name.
    pub name: String,
    /// How they will sign in.
    pub email: String,
    /// With what.
    pub password: Password,
}

/// The use cases of sellers' accounts.
pub struct SellerService {
    store: Arc<dyn Sellers>,
    catalog: Arc<CatalogService>,
    hashing: Arc<dyn Hashing>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    mint: Mint,
}

impl SellerService {
    /// The use cases over a store, beside the catalogue that keeps public names. `entropy` must be fit
    /// for secrets: tokens come from it.
    #[must_use]
    pub fn new(
        store: Arc<dyn Sellers>,
        catalog: Arc<CatalogService>,
        hashing: Arc<dyn Hashing>,
        (clock, entropy, mint): (Arc<dyn Clock>, Arc<dyn Entropy>, Mint),
    ) -> Self {
        Self { store, catalog, hashing, clock, entropy, mint }
    }

    /// Applies to sell. The seller sells nothing before the shop's staff approved it.
    ///
    /// # Errors
    /// [`ApplyError`].
    pub async fn apply(&self, asked: Application) -> Result<SellerAccount, ApplyError> {
        let name =
            rules::check_name(&asked.name).map_err(|why| ApplyError::Invalid("name", why))?;
        let email = Email::parse(&asked.email).map_err(|why| ApplyError::Invalid("email", why))?;
        let seller = Seller { id: self.mint.mint_anywhere(), name };
        self.open(seller, email, asked.password, SellerState::Applied).await
    }

    async fn open(
        &self,
        seller: Seller,
        email: Email,
        password: Password,
        state: SellerState,
    ) -> Result<SellerAccount, ApplyError> {
        rules::check_password(password.reveal())
            .map_err(|why| ApplyError::Invalid("password", why))?;
        let salt = self.entropy.token();
        let password_hash = self.hashing.hash(password.reveal().to_owned(), salt).await?;
        let at = self.clock.now();
        let account = SellerAccount {
            id: seller.id,
            state,
            reason: String::new(),
            since: at,
            by: None,
            applied_at: at,
            version: 1,
        };
        let member =
            SellerMember { id: self.mint.mint_anywhere(), seller: seller.id, email, created: at };
        let rate = Rate { from: at, basis_points: rules::FIRST_RATE, by: None };
        let intent = NewSeller { account: account.clone(), member, password_hash, rate };
        self.store.open(intent).await.map_err(|refused| match refused {
            Unopened::EmailTaken => ApplyError::EmailTaken,
            Unopened::SellerTaken => ApplyError::Invalid("seller", "has an account"),
            Unopened::Port(error) => ApplyError::Port(error),
        })?;
        // A name without an account is nobody's; an account without a name is shown by its id until
        // the name is there: so the name comes last, and is put again by whoever finds it missing.
        self.catalog.store().put_sellers(vec![seller]).await?;
        if state != SellerState::Active {
            self.refresh().await?;
        }
        Ok(account)
    }

    /// Opens accounts for sellers of a demo that have none, active at once: for sandboxes only. Nobody
    /// knows their passwords; says how many are new.
    ///
    /// # Errors
    /// [`ApplyError`].
    pub async fn open_demo(&self, sellers: Vec<Seller>) -> Result<usize, ApplyError> {
        let ids: Vec<SellerId> = sellers.iter().map(|seller| seller.id).collect();
        let known = self.store.accounts(&ids).await?;
        let mut opened = 0;
        for (seller, known) in sellers.into_iter().zip(known) {
            if known.is_some() {
                continue;
            }
            let email = format!("demo-{}@souk.example", souk_catalog::slug(&seller.name));
            let email = Email::parse(&email).map_err(|why| ApplyError::Invalid("email", why))?;
            let password = Password::new(Token::mint(self.entropy.as_ref()).reveal().to_owned());
            self.open(seller, email, password, SellerState::Active).await?;
            opened += 1;
        }
        Ok(opened)
    }

    /// Opens a session for who knows the password.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn sign_in(&self, email: &str, password: Password) -> Result<Grant, SignInError> {
        let known = match Email::parse(email) {
            Ok(email) => self.store.find_credentials(&email).await?,
            Err(_) => None,
        };
        let (member, hash) = match known {
            Some(known) => (Some(known.member), Some(known.password_hash)),
            None => (None, None),
        };
        let password: String = password.reveal().chars().take(rules::PASSWORD_MAX + 1).collect();
        let right = self.hashing.verify(password, hash).await?;
        let member = member.filter(|_| right).ok_or(SignInError::BadCredentials)?;
        self.session(member).await
    }

    /// Opens a session for whoever asks, as the first member of a seller: for sandboxes only.
    ///
    /// # Errors
    /// [`SignInError`]; bad credentials when the seller has no member.
    pub async fn sign_in_as_demo(&self, seller: SellerId) -> Result<Grant, SignInError> {
        let first = self.store.members(seller, 1).await?.pop();
        self.session(first.ok_or(SignInError::BadCredentials)?).await
    }

    async fn session(&self, member: SellerMember) -> Result<Grant, SignInError> {
        let token = Token::mint(self.entropy.as_ref());
        let expires = self.clock.now().plus_ms(SESSION_MS);
        let intent = NewSellerSession { member: member.id, token: token.digest(), expires };
        if self.store.open_session(intent).await? {
            Ok(Grant { member, token, expires })
        } else {
            Err(SignInError::BadCredentials)
        }
    }

    /// Ends a session. Ending an ended one is fine.
    ///
    /// # Errors
    /// The store's; the session may then still live.
    pub async fn sign_out(&self, token: &TokenDigest) -> Result<(), PortError> {
        self.store.end_session(token).await.map(|_| ())
    }

    /// Who shows this token; none for unknown, ended and expired sessions alike.
    ///
    /// # Errors
    /// The store's.
    pub async fn authenticate(
        &self,
        token: &TokenDigest,
    ) -> Result<Option<SellerSession>, PortError> {
        let session = self.store.find_session(token).await?;
        let now = self.clock.now();
        Ok(session.filter(|session| rules::is_live(session, now)))
    }

    /// A page of accounts, each with its public name (empty: it has none yet).
    ///
    /// # Errors
    /// The stores'.
    pub async fn page(
        &self,
        page: AccountsPage,
    ) -> Result<Vec<(SellerAccount, String)>, PortError> {
        let accounts = self.store.page(page).await?;
        let ids: Vec<SellerId> = accounts.iter().map(|account| account.id).collect();
        let names = self.catalog.sellers(&ids).await?;
        let named = accounts.into_iter().zip(names).map(|(account, seller)| {
            (account, seller.map(|seller| seller.name).unwrap_or_default())
        });
        Ok(named.collect())
    }

    /// One account with its public name.
    ///
    /// # Errors
    /// The stores'.
    pub async fn account(
        &self,
        id: SellerId,
    ) -> Result<Option<(SellerAccount, String)>, PortError> {
        let Some(account) = self.store.accounts(&[id]).await?.pop().flatten() else {
            return Ok(None);
        };
        let name = self.catalog.sellers(&[id]).await?.pop().flatten();
        Ok(Some((account, name.map(|seller| seller.name).unwrap_or_default())))
    }

    /// Lets the catalogue know who sells nothing at present. To be called after each change, and by
    /// every process when it starts.
    ///
    /// # Errors
    /// The store's; the catalogue then goes by what it knew.
    pub async fn refresh(&self) -> Result<(), PortError> {
        let closed = self.store.closed().await?;
        self.catalog.close(closed);
        Ok(())
    }

    /// Removes up to `limit` expired sessions: for the sweeper.
    ///
    /// # Errors
    /// The store's.
    pub async fn sweep(&self, limit: usize) -> Result<usize, PortError> {
        self.store.remove_expired(self.clock.now(), limit).await
    }

    /// The store itself, for reads that have no rule of their own: rates, members.
    #[must_use]
    pub fn store(&self) -> &dyn Sellers {
        &*self.store
    }
}

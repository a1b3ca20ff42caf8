//! Staff in memory: the executable specification of the port.

mod desk;
mod lists;

use crate::accounts::MemoryAccounts;
use crate::catalog::MemoryCatalog;
use crate::invoices::MemoryInvoices;
use crate::orders::MemoryShop;
use crate::reviews::MemoryReviews;
use async_trait::async_trait;
use parking_lot::Mutex;
use souk_accounts::{Email, TokenDigest};
use souk_inventory::StockAnswer;
use souk_kernel::{PortError, Timestamp};
use souk_search::rules::synonyms::MOST;
use souk_search::{Synonym, Words};
use souk_staff::port::{
    AuditPage, Credentials, Factor, NewFactor, NewMember, NewRole, NewStaffSession, Proof, Prove,
    Unadded,
};
use souk_staff::rules::may_become;
use souk_staff::{
    AuditEntry, Change, ChangeRefusal, Done, Make, Member, Role, RoleError, Staff, StaffId,
    StaffSession,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The store of staff, over the shop that it changes.
pub struct MemoryStaff {
    rows: Mutex<Rows>,
    shop: Arc<MemoryShop>,
    catalog: Arc<MemoryCatalog>,
    reviews: Arc<MemoryReviews>,
    accounts: Arc<MemoryAccounts>,
    invoices: Arc<MemoryInvoices>,
}

/// The stores beside the shop that staff look into.
type Beside = (Arc<MemoryCatalog>, Arc<MemoryReviews>, Arc<MemoryAccounts>, Arc<MemoryInvoices>);

#[derive(Default)]
struct Rows {
    members: BTreeMap<StaffId, (Member, String)>,
    sessions: HashMap<TokenDigest, Open>,
    factors: BTreeMap<StaffId, (Vec<u8>, u64, BTreeSet<TokenDigest>)>,
    audit: Vec<AuditEntry>,
    forms: BTreeSet<[u8; 16]>,
    words: BTreeMap<(String, String), u8>,
}

/// A session: whose, until when, whether everything was shown.
#[derive(Clone, Copy)]
struct Open {
    member: StaffId,
    expires: Timestamp,
    proven: bool,
}

impl Rows {
    fn open(&mut self, intent: NewStaffSession) {
        let NewStaffSession { member, token, expires, proven, entry } = intent;
        self.sessions.insert(token, Open { member, expires, proven });
        self.audit.push(entry);
    }

    /// Uses a proof up, if it counts.
    fn takes(&mut self, member: StaffId, proof: Proof) -> bool {
        let Some((_, last_step, recovery)) = self.factors.get_mut(&member) else { return false };
        match proof {
            Proof::Code(step) if step > *last_step => {
                *last_step = step;
                true
            }
            Proof::Code(_) => false,
            Proof::Recovery(code) => recovery.remove(&code),
        }
    }
}

impl MemoryStaff {
    /// An empty store over a shop with nothing beside it.
    #[must_use]
    pub fn over(shop: Arc<MemoryShop>) -> Self {
        let reviews = Arc::new(MemoryReviews::over(Arc::clone(&shop)));
        let invoices = Arc::new(MemoryInvoices::new(shop.clock()));
        Self::beside(shop, (Arc::default(), reviews, Arc::default(), invoices))
    }

    /// An empty store over a shop and the stores beside it.
    #[must_use]
    pub fn beside(shop: Arc<MemoryShop>, (catalog, reviews, accounts, invoices): Beside) -> Self {
        Self { rows: Mutex::default(), shop, catalog, reviews, accounts, invoices }
    }

    fn make(&self, rows: &mut Rows, make: &Make) -> Result<Done, ChangeRefusal> {
        match &make.change {
            Change::Stock(intent) => {
                self.shop.with_rows(|shop, now| match shop.stock.apply(intent, now) {
                    Ok(StockAnswer::Level(level)) => Ok(Done::Level(level)),
                    Ok(StockAnswer::Hold(_)) => Ok(Done::Noted),
                    Err(refusal) => Err(ChangeRefusal::Stock(refusal)),
                })
            }
            Change::Products(puts) => {
                let now = self.catalog.put_all(puts.clone());
                now.map(Done::Products).map_err(ChangeRefusal::Product)
            }
            Change::Review { id, verdict } => {
                let verdict = souk_reviews::Change::Moderate { id: *id, verdict: *verdict };
                let now = self.reviews.change(&verdict, make.entry.at);
                now.map(|now| Done::Review(Box::new(now))).map_err(ChangeRefusal::Review)
            }
            Change::Parcels(step) => self.shop.with_rows(|shop, now| {
                let moved = shop.step_parcels((**step).clone(), now);
                moved.map(|()| Done::Moved).map_err(ChangeRefusal::Parcels)
            }),
            Change::Synonym { synonym, on } => {
                let pair = (synonym.word.clone(), synonym.other.clone());
                if *on && rows.words.len() >= MOST && !rows.words.contains_key(&pair) {
                    return Err(ChangeRefusal::FullOfSynonyms);
                }
                if *on {
                    rows.words.insert(pair, synonym.percent);
                } else {
                    rows.words.remove(&pair).ok_or(ChangeRefusal::NoSynonym)?;
                }
                Ok(Done::Noted)
            }
            Change::Categories(arrange) => match self.catalog.rearrange(arrange) {
                Ok(true) => Ok(Done::Noted),
                Ok(false) => Ok(Done::Before),
                Err(refused) => Err(ChangeRefusal::Categories(refused)),
            },
            Change::Unpark(aggregate) => {
                let went_on = self.shop.with_rows(|shop, _| shop.outbox.unpark(*aggregate));
                if went_on { Ok(Done::Unparked) } else { Err(ChangeRefusal::NotParked) }
            }
            Change::Seller(change) => {
                self.shop.change_seller(change).map_err(ChangeRefusal::Seller)?;
                Ok(Done::Seller)
            }
            Change::Note => Ok(Done::Noted),
        }
    }
}

#[async_trait]
impl Words for MemoryStaff {
    async fn synonyms(&self) -> Result<Vec<Synonym>, PortError> {
        let rows = self.rows.lock();
        let one = |((word, other), percent): (&(String, String), &u8)| Synonym {
            word: word.clone(),
            other: other.clone(),
            percent: *percent,
        };
        Ok(rows.words.iter().map(one).collect())
    }
}

#[async_trait]
impl Staff for MemoryStaff {
    async fn add(&self, intent: NewMember) -> Result<(), Unadded> {
        let mut rows = self.rows.lock();
        if rows.members.values().any(|(member, _)| member.email == intent.member.email) {
            return Err(Unadded::EmailTaken);
        }
        rows.members.insert(intent.member.id, (intent.member, intent.password_hash));
        rows.audit.push(intent.entry);
        Ok(())
    }

    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, PortError> {
        let rows = self.rows.lock();
        let found = rows.members.values().find(|(member, _)| member.email == *email);
        Ok(found.map(|(member, hash)| Credentials {
            member: member.clone(),
            password_hash: hash.clone(),
        }))
    }

    async fn members(&self, limit: usize) -> Result<Vec<Member>, PortError> {
        let rows = self.rows.lock();
        Ok(rows.members.values().take(limit).map(|(member, _)| member.clone()).collect())
    }

    async fn set_role(&self, intent: NewRole) -> Result<(), RoleError> {
        let mut rows = self.rows.lock();
        let owners = rows.members.values().filter(|(m, _)| m.role == Role::Owner).count();
        let current = rows.members.get(&intent.member).map(|(member, _)| member.role);
        may_become(current, intent.expected, intent.role, owners)?;
        if let Some((member, _)) = rows.members.get_mut(&intent.member) {
            member.role = intent.role;
        }
        rows.audit.push(intent.entry);
        Ok(())
    }

    async fn open_session(&self, intent: NewStaffSession) -> Result<bool, PortError> {
        let mut rows = self.rows.lock();
        if !rows.members.contains_key(&intent.member) {
            return Ok(false);
        }
        if rows.sessions.contains_key(&intent.token) {
            return Err(PortError::Conflict("the session exists".into()));
        }
        rows.open(intent);
        Ok(true)
    }

    async fn find_session(&self, token: &TokenDigest) -> Result<Option<StaffSession>, PortError> {
        let rows = self.rows.lock();
        let Some(open) = rows.sessions.get(token) else { return Ok(None) };
        Ok(rows.members.get(&open.member).map(|(member, _)| StaffSession {
            member: member.clone(),
            expires: open.expires,
            proven: open.proven,
            has_factor: rows.factors.contains_key(&open.member),
        }))
    }

    async fn end_session(&self, token: &TokenDigest, entry: AuditEntry) -> Result<bool, PortError> {
        let mut rows = self.rows.lock();
        let ended = rows.sessions.remove(token).is_some();
        if ended {
            rows.audit.push(entry);
        }
        Ok(ended)
    }

    async fn remove_expired(&self, by: Timestamp, limit: usize) -> Result<usize, PortError> {
        let mut rows = self.rows.lock();
        let expired = |(_, open): &(&TokenDigest, &Open)| open.expires <= by;
        let gone: Vec<_> =
            rows.sessions.iter().filter(expired).map(|(token, _)| *token).take(limit).collect();
        for token in &gone {
            rows.sessions.remove(token);
        }
        Ok(gone.len())
    }

    async fn factor(&self, member: StaffId) -> Result<Option<Factor>, PortError> {
        let rows = self.rows.lock();
        Ok(rows.factors.get(&member).map(|(sealed, last_step, recovery)| Factor {
            sealed: sealed.clone(),
            last_step: *last_step,
            recovery: recovery.len(),
        }))
    }

    async fn put_factor(&self, intent: NewFactor) -> Result<bool, PortError> {
        let mut rows = self.rows.lock();
        let known = rows.members.contains_key(&intent.member);
        if !known || rows.factors.contains_key(&intent.member) {
            return Ok(false);
        }
        let factor = (intent.sealed, intent.step, intent.recovery.into_iter().collect());
        rows.factors.insert(intent.member, factor);
        let (member, kept) = (intent.member, intent.session);
        rows.sessions.retain(|token, open| open.member != member || *token == kept);
        rows.audit.push(intent.entry);
        Ok(true)
    }

    async fn prove(&self, intent: Prove) -> Result<bool, PortError> {
        let mut rows = self.rows.lock();
        if rows.sessions.contains_key(&intent.session.token) {
            return Err(PortError::Conflict("the session exists".into()));
        }
        let member = intent.session.member;
        let waits =
            rows.sessions.get(&intent.waiting).is_some_and(|o| o.member == member && !o.proven);
        if !waits || !rows.takes(member, intent.proof) {
            return Ok(false);
        }
        rows.sessions.remove(&intent.waiting);
        rows.open(intent.session);
        Ok(true)
    }

    async fn drop_factor(&self, member: StaffId, entry: AuditEntry) -> Result<bool, PortError> {
        let mut rows = self.rows.lock();
        if rows.factors.remove(&member).is_none() {
            return Ok(false);
        }
        rows.sessions.retain(|_, open| open.member != member);
        rows.audit.push(entry);
        Ok(true)
    }

    async fn carry_out(&self, make: Make) -> Result<Done, ChangeRefusal> {
        let mut rows = self.rows.lock();
        if make.form.is_some_and(|form| rows.forms.contains(form.bytes())) {
            return Ok(Done::Before);
        }
        let done = self.make(&mut rows, &make)?;
        if done == Done::Before {
            return Ok(done);
        }
        rows.forms.extend(make.form.map(|form| *form.bytes()));
        rows.audit.push(make.entry);
        Ok(done)
    }

    async fn audit(&self, page: AuditPage) -> Result<Vec<AuditEntry>, PortError> {
        let rows = self.rows.lock();
        let before = |line: &&AuditEntry| page.before.is_none_or(|id| line.id < id);
        Ok(rows.audit.iter().rev().filter(before).take(page.limit).cloned().collect())
    }
}

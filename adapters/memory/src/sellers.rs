//! Sellers and their books in memory, in the co-located shop: the executable specification of the ports.

use crate::orders::MemoryShop;
use async_trait::async_trait;
use souk_accounts::{Email, TokenDigest};
use souk_kernel::{Answers, DAY_MS, Money, OrderId, PortError, SellerId, Timestamp};
use souk_sellers::port::{
    AccountsPage, Credentials, FindOrders, NewSeller, NewSellerSession, PostRefusal, Posting,
    Tally, Unopened, Which,
};
use souk_sellers::{
    Books, DaySales, Line, LineId, LineKind, Rate, SellerAccount, SellerChange, SellerMember,
    SellerMemberId, SellerOrder, SellerRefusal, SellerSession, SellerState, Sellers, Stage, event,
    rules,
};
use std::collections::{BTreeMap, HashMap};

/// Sellers, their members, sessions, rates and books, without a lock.
#[derive(Debug, Clone, Default)]
pub struct SellerRows {
    accounts: BTreeMap<SellerId, SellerAccount>,
    rates: BTreeMap<SellerId, Vec<Rate>>,
    members: BTreeMap<SellerMemberId, (SellerMember, String)>,
    sessions: HashMap<TokenDigest, (SellerMemberId, Timestamp)>,
    lines: Vec<Line>,
    orders: BTreeMap<(SellerId, OrderId), SellerOrder>,
}

impl SellerRows {
    fn open(&mut self, new: NewSeller) -> Result<(), Unopened> {
        if self.accounts.contains_key(&new.account.id) {
            return Err(Unopened::SellerTaken);
        }
        if self.members.values().any(|(member, _)| member.email == new.member.email) {
            return Err(Unopened::EmailTaken);
        }
        self.rates.insert(new.account.id, vec![new.rate]);
        self.accounts.insert(new.account.id, new.account);
        self.members.insert(new.member.id, (new.member, new.password_hash));
        Ok(())
    }

    fn change(
        &mut self,
        change: &SellerChange,
        now: Timestamp,
    ) -> Result<(SellerAccount, bool), SellerRefusal> {
        let id = change.seller();
        let newest = self.rates.get(&id).and_then(|rates| rates.last()).copied();
        let changed = rules::change(self.accounts.get(&id).zip(newest), change, now)?;
        self.rates.entry(id).or_default().extend(changed.rate);
        self.accounts.insert(id, changed.account.clone());
        Ok((changed.account, changed.told))
    }

    fn of_order(&self, order: OrderId) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.order == Some(order))
    }

    fn post(&mut self, posting: Posting) -> Result<(), PostRefusal> {
        if self.of_order(posting.order).count() != posting.expected_lines {
            return Err(PostRefusal::Stale);
        }
        self.lines.extend(posting.lines);
        Ok(())
    }

    fn balance(&self, seller: SellerId) -> Vec<Money> {
        let mut sums: BTreeMap<_, i64> = BTreeMap::new();
        for line in self.lines.iter().filter(|line| line.seller == seller) {
            *sums.entry(line.amount.currency).or_default() += line.amount.minor;
        }
        sums.into_iter().map(|(currency, minor)| Money::new(minor, currency)).collect()
    }

    fn sales(&self, seller: SellerId, since: Timestamp) -> Vec<DaySales> {
        let sold =
            |line: &&Line| line.seller == seller && line.kind == LineKind::Sale && line.at >= since;
        let mut days: BTreeMap<i64, Vec<&Line>> = BTreeMap::new();
        for line in self.lines.iter().filter(sold) {
            days.entry(line.at.0.div_euclid(DAY_MS)).or_default().push(line);
        }
        let day = |(day, lines): (i64, Vec<&Line>)| {
            let mut orders: Vec<_> = lines.iter().filter_map(|line| line.order).collect();
            orders.sort_unstable();
            orders.dedup();
            DaySales {
                day: Timestamp(day * DAY_MS),
                orders: orders.len() as u64,
                pieces: lines.iter().map(|line| u64::from(line.quantity)).sum(),
                minor: lines.iter().map(|line| line.amount.minor).sum(),
            }
        };
        days.into_iter().map(day).collect()
    }

    fn file(&mut self, rows: Vec<SellerOrder>) {
        for row in rows {
            let known = self.orders.entry((row.seller, row.order)).or_insert(row);
            if row.version >= known.version {
                *known = row;
            }
        }
    }

    fn of_seller(&self, seller: SellerId) -> impl Iterator<Item = &SellerOrder> {
        self.orders.values().rev().filter(move |row| row.seller == seller)
    }
}

fn fits(row: &SellerOrder, find: &FindOrders) -> bool {
    find.before.is_none_or(|before| row.order < before)
        && match find.which {
            Which::All => true,
            Which::At(stage) => row.stage == stage,
            Which::Returns => row.returns > 0,
        }
}

impl MemoryShop {
    /// A change of a seller, under the lock of the shop; its fact with it.
    pub(crate) fn change_seller(
        &self,
        change: &SellerChange,
    ) -> Result<SellerAccount, SellerRefusal> {
        self.with_rows(|rows, now| {
            let (account, told) = rows.sellers.change(change, now)?;
            if told {
                rows.outbox.push(event::changed(&account, now));
            }
            Ok(account)
        })
    }

    fn sellers<T>(&self, read: impl FnOnce(&mut SellerRows) -> T) -> T {
        self.with_rows(|rows, _| read(&mut rows.sellers))
    }
}

#[async_trait]
impl Sellers for MemoryShop {
    async fn open(&self, intent: NewSeller) -> Result<(), Unopened> {
        self.sellers(|rows| rows.open(intent))
    }

    async fn accounts(&self, ids: &[SellerId]) -> Result<Vec<Option<SellerAccount>>, PortError> {
        Ok(self.sellers(|rows| ids.iter().map(|id| rows.accounts.get(id).cloned()).collect()))
    }

    async fn page(&self, page: AccountsPage) -> Result<Vec<SellerAccount>, PortError> {
        let fits = |account: &&SellerAccount| {
            page.before.is_none_or(|before| account.id < before)
                && page.state.is_none_or(|state| account.state == state)
        };
        Ok(self.sellers(|rows| {
            rows.accounts.values().rev().filter(fits).take(page.limit).cloned().collect()
        }))
    }

    async fn closed(&self) -> Result<Vec<SellerId>, PortError> {
        let closed = |account: &&SellerAccount| account.state != SellerState::Active;
        Ok(self.sellers(|rows| rows.accounts.values().filter(closed).map(|a| a.id).collect()))
    }

    async fn members(
        &self,
        seller: SellerId,
        limit: usize,
    ) -> Result<Vec<SellerMember>, PortError> {
        let theirs = |(member, _): &(SellerMember, String)| {
            (member.seller == seller).then(|| member.clone())
        };
        Ok(self.sellers(|rows| rows.members.values().filter_map(theirs).take(limit).collect()))
    }

    async fn rates(&self, seller: SellerId, limit: usize) -> Result<Vec<Rate>, PortError> {
        Ok(self.sellers(|rows| {
            let rates = rows.rates.get(&seller).map_or(&[][..], Vec::as_slice);
            rates.iter().rev().take(limit).copied().collect()
        }))
    }

    async fn rates_at(
        &self,
        asked: &[(SellerId, Timestamp)],
    ) -> Result<Vec<Option<u16>>, PortError> {
        Ok(self.sellers(|rows| {
            let rate =
                |(seller, at): &(SellerId, Timestamp)| rules::rate_at(rows.rates.get(seller)?, *at);
            asked.iter().map(rate).collect()
        }))
    }

    async fn change(&self, change: SellerChange) -> Result<SellerAccount, SellerRefusal> {
        self.change_seller(&change)
    }

    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, PortError> {
        Ok(self.sellers(|rows| {
            let found = rows.members.values().find(|(member, _)| member.email == *email)?;
            let (member, password_hash) = found.clone();
            Some(Credentials { member, password_hash })
        }))
    }

    async fn open_session(&self, intent: NewSellerSession) -> Result<bool, PortError> {
        self.sellers(|rows| {
            if !rows.members.contains_key(&intent.member) {
                return Ok(false);
            }
            if rows.sessions.contains_key(&intent.token) {
                return Err(PortError::Conflict("the session exists".into()));
            }
            rows.sessions.insert(intent.token, (intent.member, intent.expires));
            Ok(true)
        })
    }

    async fn find_session(&self, token: &TokenDigest) -> Result<Option<SellerSession>, PortError> {
        Ok(self.sellers(|rows| {
            let (member, expires) = *rows.sessions.get(token)?;
            let (member, _) = rows.members.get(&member)?.clone();
            let account = rows.accounts.get(&member.seller)?.clone();
            Some(SellerSession { member, account, expires })
        }))
    }

    async fn end_session(&self, token: &TokenDigest) -> Result<bool, PortError> {
        Ok(self.sellers(|rows| rows.sessions.remove(token).is_some()))
    }

    async fn remove_expired(&self, by: Timestamp, limit: usize) -> Result<usize, PortError> {
        Ok(self.sellers(|rows| {
            let expired = rows.sessions.iter().filter(|(_, (_, expires))| *expires <= by);
            let gone: Vec<_> = expired.map(|(token, _)| *token).take(limit).collect();
            for token in &gone {
                rows.sessions.remove(token);
            }
            gone.len()
        }))
    }
}

#[async_trait]
impl Books for MemoryShop {
    async fn post(&self, batch: Vec<Posting>) -> Answers<(), PostRefusal> {
        self.sellers(|rows| batch.into_iter().map(|posting| rows.post(posting)).collect())
    }

    async fn lines_of(&self, orders: &[OrderId]) -> Result<Vec<Vec<Line>>, PortError> {
        Ok(self.sellers(|rows| {
            orders.iter().map(|order| rows.of_order(*order).cloned().collect()).collect()
        }))
    }

    async fn lines(
        &self,
        seller: SellerId,
        before: Option<LineId>,
        limit: usize,
    ) -> Result<Vec<Line>, PortError> {
        let fits =
            |line: &&Line| line.seller == seller && before.is_none_or(|before| line.id < before);
        Ok(self.sellers(|rows| {
            let mut found: Vec<Line> = rows.lines.iter().filter(fits).cloned().collect();
            found.sort_by_key(|line| std::cmp::Reverse(line.id));
            found.truncate(limit);
            found
        }))
    }

    async fn balance(&self, seller: SellerId) -> Result<Vec<Money>, PortError> {
        Ok(self.sellers(|rows| rows.balance(seller)))
    }

    async fn sales(&self, seller: SellerId, since: Timestamp) -> Result<Vec<DaySales>, PortError> {
        Ok(self.sellers(|rows| rows.sales(seller, since)))
    }

    async fn file(&self, rows: Vec<SellerOrder>) -> Result<(), PortError> {
        self.sellers(|stored| stored.file(rows));
        Ok(())
    }

    async fn orders(&self, find: FindOrders) -> Result<Vec<SellerOrder>, PortError> {
        Ok(self.sellers(|rows| {
            let of = rows.of_seller(find.seller).filter(|row| fits(row, &find));
            of.take(find.limit).copied().collect()
        }))
    }

    async fn order(
        &self,
        seller: SellerId,
        order: OrderId,
    ) -> Result<Option<SellerOrder>, PortError> {
        Ok(self.sellers(|rows| rows.orders.get(&(seller, order)).copied()))
    }

    async fn tally(&self, seller: SellerId) -> Result<Tally, PortError> {
        Ok(self.sellers(|rows| {
            let many = |fits: fn(&&SellerOrder) -> bool| {
                rows.of_seller(seller).filter(fits).count() as u64
            };
            Tally {
                to_pack: many(|row| row.stage == Stage::ToPack),
                to_ship: many(|row| row.stage == Stage::ToShip),
                returns: many(|row| row.returns > 0),
            }
        }))
    }
}

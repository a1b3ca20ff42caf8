//! Accounts, members, sessions, rates.

use super::{Maker, NOW, case_list};
use crate::event::{SELLER_CHANGED, SellerChanged};
use crate::port::{AccountsPage, Unopened};
use crate::{SellerChange, SellerRefusal, SellerState};
use souk_accounts::{Email, TokenDigest};
use souk_kernel::{HOUR_MS, LANES, PortError, SellerId};

fn state(seller: SellerId, expected: SellerState, state: SellerState) -> SellerChange {
    SellerChange::State { seller, expected, state, reason: "why; --\"ü".into(), by: None }
}

fn rate(seller: SellerId, expected: u16, basis_points: u16) -> SellerChange {
    SellerChange::Rate { seller, expected, basis_points, by: None }
}

async fn told(bench: &super::Bench) -> Vec<(String, u64)> {
    let lanes: Vec<u16> = (0..LANES).collect();
    let facts = bench.outbox.pending(&lanes, 99).await.expect("the store answers");
    facts
        .into_iter()
        .map(|(_, fact)| {
            assert_eq!(fact.kind, SELLER_CHANGED);
            let body: SellerChanged = serde_json::from_str(&fact.body).expect("its body");
            (body.state, fact.number)
        })
        .collect()
}

case_list! {
    async fn an_account_is_opened_once(bench) {
        let maker = Maker::new();
        let new = maker.seller("ada@example.com", SellerState::Applied);
        assert_eq!(bench.sellers.open(new.clone()).await, Ok(()));
        let id = new.account.id;
        let nobody = maker.id();
        let found = bench.sellers.accounts(&[nobody, id]).await;
        assert_eq!(found, Ok(vec![None, Some(new.account.clone())]));
        assert_eq!(bench.sellers.members(id, 9).await, Ok(vec![new.member.clone()]));
        assert_eq!(bench.sellers.rates(id, 9).await, Ok(vec![new.rate]));
        let known = bench.sellers.find_credentials(&new.member.email).await.unwrap_or_default();
        let known = known.expect("credentials");
        assert_eq!((known.member, known.password_hash), (new.member.clone(), new.password_hash));
        let eve = Email::stored("eve@example.com".into());
        assert_eq!(bench.sellers.find_credentials(&eve).await, Ok(None));
        let mut taken = maker.seller("ada@example.com", SellerState::Active);
        assert_eq!(bench.sellers.open(taken.clone()).await, Err(Unopened::EmailTaken));
        assert_eq!(bench.sellers.accounts(&[taken.account.id]).await, Ok(vec![None]));
        taken.member.email = eve.clone();
        taken.account.id = id;
        taken.member.seller = id;
        assert_eq!(bench.sellers.open(taken).await, Err(Unopened::SellerTaken));
        assert_eq!(bench.sellers.find_credentials(&eve).await, Ok(None), "nothing of it");
    }

    async fn a_change_is_compared_and_told(bench) {
        let maker = Maker::new();
        let new = maker.seller("ada@example.com", SellerState::Applied);
        let id = new.account.id;
        assert_eq!(bench.sellers.open(new.clone()).await, Ok(()));
        assert_eq!(bench.sellers.closed().await, Ok(vec![id]));
        let approve = state(id, SellerState::Applied, SellerState::Active);
        let active = bench.sellers.change(approve.clone()).await.expect("approved");
        assert_eq!((active.state, active.version), (SellerState::Active, 2));
        assert_eq!(active.reason, "why; --\"ü");
        assert_eq!(bench.sellers.accounts(&[id]).await, Ok(vec![Some(active)]));
        assert_eq!(bench.sellers.closed().await, Ok(Vec::new()));
        let stale = bench.sellers.change(approve).await;
        assert_eq!(stale, Err(SellerRefusal::StateChanged(SellerState::Active)));
        let suspend = state(id, SellerState::Active, SellerState::Suspended);
        assert!(bench.sellers.change(suspend).await.is_ok());
        assert_eq!(bench.sellers.closed().await, Ok(vec![id]));
        let back = state(id, SellerState::Suspended, SellerState::Applied);
        let back = bench.sellers.change(back).await;
        let not_drawn = SellerRefusal::NotDrawn(SellerState::Suspended, SellerState::Applied);
        assert_eq!(back, Err(not_drawn));
        let ghost = state(maker.id(), SellerState::Applied, SellerState::Active);
        assert_eq!(bench.sellers.change(ghost).await, Err(SellerRefusal::NotFound));
        assert_eq!(told(&bench).await, [("active".to_owned(), 2), ("suspended".to_owned(), 3)]);
    }

    async fn a_rate_holds_from_its_moment_on(bench) {
        let maker = Maker::new();
        let new = maker.seller("ada@example.com", SellerState::Active);
        let id = new.account.id;
        assert_eq!(bench.sellers.open(new).await, Ok(()));
        assert!(bench.sellers.change(rate(id, 1_000, 1_250)).await.is_ok());
        let stale = bench.sellers.change(rate(id, 1_000, 5)).await;
        assert_eq!(stale, Err(SellerRefusal::RateChanged(1_250)));
        let bad = bench.sellers.change(rate(id, 1_250, 10_001)).await;
        assert_eq!(bad, Err(SellerRefusal::BadRate));
        // Twice in one millisecond: each has a moment of its own.
        assert!(bench.sellers.change(rate(id, 1_250, 0)).await.is_ok());
        let rates = bench.sellers.rates(id, 9).await.unwrap_or_default();
        let points: Vec<u16> = rates.iter().map(|rate| rate.basis_points).collect();
        assert_eq!(points, [0, 1_250, 1_000], "the newest first");
        assert!(rates.windows(2).all(|pair| pair[0].from > pair[1].from), "{rates:?}");
        let asked = [
            (id, rates[0].from),
            (id, rates[0].from.plus_ms(-1)),
            (maker.id(), NOW),
            (id, NOW),
            (id, NOW.plus_ms(-HOUR_MS)),
        ];
        let then = vec![Some(0), Some(1_250), None, Some(1_000), Some(1_000)];
        assert_eq!(bench.sellers.rates_at(&asked).await, Ok(then));
        assert_eq!(told(&bench).await, [], "a rate is nobody else's");
    }

    async fn a_session_shows_the_seller_as_of_now(bench) {
        let maker = Maker::new();
        let ada = maker.seller("ada@example.com", SellerState::Active);
        let bob = maker.seller("bob@example.com", SellerState::Active);
        for new in [&ada, &bob] {
            assert_eq!(bench.sellers.open(new.clone()).await, Ok(()));
        }
        let session = maker.session(&ada, "a", 12);
        assert_eq!(bench.sellers.open_session(session).await, Ok(true));
        let twice = bench.sellers.open_session(session).await;
        assert!(matches!(twice, Err(PortError::Conflict(_))), "{twice:?}");
        let suspend = state(ada.account.id, SellerState::Active, SellerState::Suspended);
        let now = bench.sellers.change(suspend).await.expect("suspended");
        let found = bench.sellers.find_session(&session.token).await.unwrap_or_default();
        let found = found.expect("the session");
        assert_eq!((found.member, found.account), (ada.member, now));
        assert_eq!(found.expires, session.expires);
        assert_eq!(bench.sellers.end_session(&session.token).await, Ok(true));
        assert_eq!(bench.sellers.end_session(&session.token).await, Ok(false));
        assert_eq!(bench.sellers.find_session(&session.token).await, Ok(None));
        let ghost = maker.session(&maker.seller("eve@example.com", SellerState::Active), "g", 1);
        assert_eq!(bench.sellers.open_session(ghost).await, Ok(false));
    }

    async fn expired_sessions_go(bench) {
        let maker = Maker::new();
        let ada = maker.seller("ada@example.com", SellerState::Active);
        assert_eq!(bench.sellers.open(ada.clone()).await, Ok(()));
        for (token, hours) in [("a", 1), ("b", 2), ("c", 9)] {
            let session = maker.session(&ada, token, hours);
            assert_eq!(bench.sellers.open_session(session).await, Ok(true));
        }
        assert_eq!(bench.sellers.remove_expired(NOW.plus_ms(2 * HOUR_MS), 1).await, Ok(1));
        assert_eq!(bench.sellers.remove_expired(NOW.plus_ms(2 * HOUR_MS), 9).await, Ok(1));
        let left = bench.sellers.find_session(&TokenDigest::of("c")).await.unwrap_or_default();
        assert!(left.is_some());
    }

    async fn accounts_come_in_pages_the_newest_first(bench) {
        let maker = Maker::new();
        let mut all = Vec::new();
        for (n, state) in (0..).zip([
            SellerState::Applied,
            SellerState::Active,
            SellerState::Applied,
            SellerState::Active,
        ]) {
            let new = maker.seller(&format!("{n}@example.com"), state);
            assert_eq!(bench.sellers.open(new.clone()).await, Ok(()));
            all.insert(0, new.account);
        }
        let page = |state, before, limit| bench.sellers.page(AccountsPage { state, before, limit });
        assert_eq!(page(None, None, 3).await, Ok(all[..3].to_vec()));
        assert_eq!(page(None, Some(all[2].id), 9).await, Ok(all[3..].to_vec()));
        let applied = page(Some(SellerState::Applied), None, 9).await;
        assert_eq!(applied, Ok(vec![all[1].clone(), all[3].clone()]));
        let mut closed = bench.sellers.closed().await.unwrap_or_default();
        closed.sort_unstable();
        assert_eq!(closed, [all[3].id, all[1].id]);
    }
}

//! A second factor, and what shows it.

use super::{Bench, Maker, names};
use crate::Role;
use crate::port::{Factor, NewFactor, NewStaffSession, Proof, Prove};
use souk_accounts::TokenDigest;

/// Each code and each recovery code opens one session, and none that was shown before.
pub(super) async fn is_shown_once(bench: Bench) {
    let maker = Maker::new();
    let ada = maker.member("ada@example.com", Role::Owner);
    assert_eq!(bench.staff.add(ada.clone()).await, Ok(()));
    let id = ada.member.id;
    let first = maker.session(&ada, "first", 1);
    assert_eq!(bench.staff.open_session(first.clone()).await, Ok(true));
    let other = maker.session(&ada, "other", 1);
    assert_eq!(bench.staff.open_session(other.clone()).await, Ok(true));
    let codes = [TokenDigest::of("r1"), TokenDigest::of("r2")];
    let factor = || NewFactor {
        member: id,
        sealed: vec![1, 2, 3],
        step: 100,
        recovery: codes.to_vec(),
        session: first.token,
        entry: maker.entry("staff.second_factor"),
    };
    assert_eq!(bench.staff.factor(id).await, Ok(None));
    assert_eq!(bench.staff.put_factor(factor()).await, Ok(true));
    assert_eq!(bench.staff.put_factor(factor()).await, Ok(false), "there is one already");
    let gone = bench.staff.find_session(&other.token).await;
    assert_eq!(gone, Ok(None), "a session that never showed it");
    assert!(bench.staff.find_session(&first.token).await.is_ok_and(|found| found.is_some()));
    let kept = Factor { sealed: vec![1, 2, 3], last_step: 100, recovery: 2 };
    assert_eq!(bench.staff.factor(id).await, Ok(Some(kept)));
    let try_with = |waiting: &'static str, proof| {
        let half = NewStaffSession { proven: false, ..maker.session(&ada, waiting, 1) };
        let next = format!("{waiting} proven");
        let prove = Prove { waiting: half.token, proof, session: maker.session(&ada, &next, 9) };
        let staff = bench.staff.clone();
        async move {
            assert_eq!(staff.open_session(half.clone()).await, Ok(true));
            let seen = staff.find_session(&half.token).await.unwrap_or_default();
            let seen = seen.expect("the session");
            assert_eq!((seen.proven, seen.has_factor), (false, true));
            let done = staff.prove(prove.clone()).await.expect("the store answers");
            let left = staff.find_session(&half.token).await.unwrap_or_default();
            let opened = staff.find_session(&prove.session.token).await.unwrap_or_default();
            assert_eq!((left.is_none(), opened.is_some_and(|s| s.proven)), (done, done));
            done
        }
    };
    assert!(!try_with("a", Proof::Code(100)).await, "the code that set it up");
    assert!(try_with("b", Proof::Code(101)).await);
    assert!(!try_with("c", Proof::Code(101)).await, "the same code again");
    assert!(!try_with("d", Proof::Code(99)).await, "an earlier one");
    assert!(try_with("e", Proof::Recovery(codes[1])).await);
    assert!(!try_with("f", Proof::Recovery(codes[1])).await, "a recovery code counts once");
    assert!(!try_with("g", Proof::Recovery(TokenDigest::of("r3"))).await);
    let left = bench.staff.factor(id).await.unwrap_or_default().map(|f| (f.last_step, f.recovery));
    assert_eq!(left, Some((101, 1)));
    let line = || maker.entry("staff.second_factor");
    assert_eq!(bench.staff.drop_factor(id, line()).await, Ok(true));
    assert_eq!(bench.staff.drop_factor(id, line()).await, Ok(false));
    let ended = bench.staff.find_session(&first.token).await;
    assert_eq!((ended, bench.staff.factor(id).await), (Ok(None), Ok(None)));
    let lines = names(&bench).await;
    assert_eq!(lines.iter().filter(|name| *name == "staff.second_factor").count(), 2);
}

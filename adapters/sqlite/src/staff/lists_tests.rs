//! What staff look for is found by an index: the engine says so itself.

use super::*;

/// A store's tables, without rows.
fn empty() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    crate::migrations::apply(&conn, Timestamp(0)).unwrap();
    conn
}

/// How the engine goes about it.
fn plan(conn: &Connection, sql: &str) -> Vec<String> {
    let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let values = vec![rusqlite::types::Null; explain.parameter_count()];
    let step = |row: &Row<'_>| row.get::<_, String>(3);
    explain
        .query_map(rusqlite::params_from_iter(values), step)
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

/// No table is read from end to end.
fn is_found(conn: &Connection, sql: &str, by: &str) {
    let plan = plan(conn, sql);
    let scans = |step: &&String| step.starts_with("SCAN") && !step.contains("VIRTUAL TABLE");
    let inner = |step: &&String| step.contains("(subquery");
    assert!(!plan.iter().any(|step| scans(&step) && !inner(&step)), "{sql}: {plan:?}");
    assert!(plan.iter().any(|step| step.contains(by)), "{sql}: {by} is not in {plan:?}");
}

#[test]
fn payments_are_found_without_a_scan() {
    let conn = empty();
    for state in std::iter::once(None).chain(PaymentState::ALL.map(Some)) {
        let find = FindPayments { state, reference: None, before: None, limit: 9 };
        let passed = state.is_none_or(|state| PASSED.contains(&state));
        let by_key = passed || state == Some(PaymentState::Captured);
        let by = if by_key { "INTEGER PRIMARY KEY (rowid<?)" } else { "USING INDEX payment_state" };
        is_found(&conn, &payments_by(&find), by);
        let sorts =
            plan(&conn, &payments_by(&find)).iter().any(|step| step.contains("TEMP B-TREE"));
        // The few that pass are put in order after they were picked.
        let picked = state.is_some_and(|state| PASSED.contains(&state));
        assert!(!sorts || picked, "{state:?}");
        let named = FindPayments { reference: Some("ga_1".into()), ..find.clone() };
        is_found(&conn, &payments_by(&named), "USING INDEX payment_name (gateway_ref=?");
        let id = PaymentId::from_bytes([1; 16]).to_string();
        let known = FindPayments { reference: Some(id), ..find };
        is_found(&conn, &payments_by(&known), "INTEGER PRIMARY KEY (rowid=?)");
    }
}

#[test]
fn customers_are_found_without_a_scan() {
    let conn = empty();
    is_found(&conn, &customers_by(""), "USING INDEX user_customer (key<?)");
    is_found(&conn, &customers_by("ad"), "USING INDEX user_email (email>? AND email<?)");
    is_found(&conn, &customers_by("ada"), "VIRTUAL TABLE INDEX");
    is_found(&conn, &customers_by("ada"), "user USING INTEGER PRIMARY KEY (rowid=?)");
}

//! An order's moves: each along a drawn edge, each with who and when, the last one its state.

use super::Order;
use crate::report::Collector;
use serde::Deserialize;

/// The edges, as the design draws them.
const EDGES: [(&str, &str); 8] = [
    ("created", "payment_pending"),
    ("created", "cancelled"),
    ("payment_pending", "confirmed"),
    ("payment_pending", "payment_failed"),
    ("payment_pending", "cancelled"),
    ("confirmed", "shipped"),
    ("confirmed", "cancelled"),
    ("shipped", "delivered"),
];

const WHO: [&str; 4] = ["shopper", "saga", "recovery", "staff"];

#[derive(Deserialize)]
struct Move<'a> {
    to: &'a str,
    #[expect(dead_code, reason = "it must be there and a number; clocks may step back")]
    at: i64,
    by: &'a str,
}

#[derive(Deserialize)]
struct Answer<'a> {
    status: &'a str,
}

/// Checks the moves, the version and the answer; says whether the order was ever confirmed.
pub fn check(order: &Order<'_>, found: &mut Collector) -> bool {
    let mut was_confirmed = false;
    let mut state = "";
    for (steps, line) in order.moves.lines().enumerate() {
        let Ok(step) = serde_json::from_str::<Move<'_>>(line) else {
            let what = format!("its move {} is not understood", steps + 1);
            found.add("drawn-edges-only", order.named(), what);
            return was_confirmed;
        };
        let drawn =
            if steps == 0 { step.to == "created" } else { EDGES.contains(&(state, step.to)) };
        if !drawn {
            let from = if steps == 0 { "nothing" } else { state };
            let what = format!("moved from {from} to {}: no such edge is drawn", step.to);
            found.add("drawn-edges-only", order.named(), what);
        }
        if !WHO.contains(&step.by) {
            let what =
                format!("its move to {} was made by `{}`, which is nobody", step.to, step.by);
            found.add("drawn-edges-only", order.named(), what);
        }
        was_confirmed |= step.to == "confirmed";
        state = step.to;
    }
    if state != order.state {
        let what = format!("is {}, its last move led to {state}", order.state);
        found.add("drawn-edges-only", order.named(), what);
    }
    // The first round writes version 1 and leaves the order open; whatever ends it writes again.
    if order.version < if order.is_open() { 1 } else { 2 } {
        let what = format!("is {} at version {}", order.state, order.version);
        found.add("drawn-edges-only", order.named(), what);
    }
    check_answer(order, was_confirmed, found);
    was_confirmed
}

/// What its client was told is still so.
fn check_answer(order: &Order<'_>, was_confirmed: bool, found: &mut Collector) {
    let Some(text) = order.answer else {
        if !order.is_open() {
            let what = format!("is {}, but no answer is kept for its key", order.state);
            found.add("same-key-same-answer", order.named(), what);
        }
        return;
    };
    let status = serde_json::from_str::<Answer<'_>>(text).map_or("", |answer| answer.status);
    let kept = match status {
        "confirmed" => was_confirmed,
        "declined" => order.state == "payment_failed",
        "cancelled" => order.state == "cancelled",
        // An intent was acknowledged: it may end either way.
        "pending" | "requires_action" | "awaiting_transfer" => true,
        _ => false,
    };
    if !kept {
        let what = format!("was answered `{status}`, and is {}", order.state);
        let invariant =
            if status == "confirmed" { "no-lost-order" } else { "same-key-same-answer" };
        found.add(invariant, order.named(), what);
    }
}

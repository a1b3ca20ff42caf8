//! The scenarios of the purchase over HTTP, on stores in memory, each for itself.

#![expect(clippy::unwrap_used, reason = "these are tests: what can't be is a failure")]

#[path = "../in_memory/mod.rs"]
mod help;

#[path = "../whole_shop/t01_last_piece.rs"]
mod t01_last_piece;

#[path = "../whole_shop/t02_warehouses.rs"]
mod t02_warehouses;

#[path = "../whole_shop/t04_opposite_lines.rs"]
mod t04_opposite_lines;

#[path = "../whole_shop/t05_expiry_while_paying.rs"]
mod t05_expiry_while_paying;

#[path = "../whole_shop/t06_one_key.rs"]
mod t06_one_key;

#[path = "../whole_shop/t07_message_meets_answer.rs"]
mod t07_message_meets_answer;

#[path = "../whole_shop/t08_message_repeated.rs"]
mod t08_message_repeated;

#[path = "../whole_shop/t09_message_first.rs"]
mod t09_message_first;

#[path = "../whole_shop/t12_two_tabs.rs"]
mod t12_two_tabs;

#[path = "../whole_shop/t16_parallel_refunds.rs"]
mod t16_parallel_refunds;

#[path = "../whole_shop/t17_refund_retried.rs"]
mod t17_refund_retried;

#[path = "../whole_shop/t18_price_changed.rs"]
mod t18_price_changed;

#[path = "../whole_shop/t19_amount_altered.rs"]
mod t19_amount_altered;

#[path = "../whole_shop/t26_sweep_meets_payment.rs"]
mod t26_sweep_meets_payment;

const MODE: help::Mode = help::Mode::Split;

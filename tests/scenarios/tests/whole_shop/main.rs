//! The whole shop over HTTP, against the binary that ships (`SOUK_BIN`, or `target/release/souk`).
//!
//! Each scenario opens a shop of its own, with its own data and ports, and ends by asking the
//! reconciler, which shares no code with what wrote the data. Scenarios with chance in them print
//! their seed; `SOUK_SEED` repeats it.

#![expect(clippy::unwrap_used, reason = "these are tests: what can't be is a failure")]

mod help;

mod account_life;
mod back_in_stock;
mod card_number;
mod demo_catalogue;
mod demo_shopper;
mod guest_goes;
mod hidden_goods;
mod invoices;
mod journey;
mod limits;
mod message_killed;
mod metrics;
mod own_data_everywhere;
mod own_data_only;
mod own_seller_data;
mod parcels;
mod production;
mod refund_mail;
mod seller_sells;
mod sellers_rebuilt;
mod t01_last_piece;
mod t02_warehouses;
mod t04_opposite_lines;
mod t05_expiry_while_paying;
mod t06_one_key;
mod t07_message_meets_answer;
mod t08_message_repeated;
mod t09_message_first;
mod t10_killed_after_yes;
mod t12_two_tabs;
mod t16_parallel_refunds;
mod t17_refund_retried;
mod t18_price_changed;
mod t19_amount_altered;
mod t21_three_sellers;
mod t24_seller_suspended;
mod t25_merge_twice;
mod t26_sweep_meets_payment;
mod t31_staff_and_shoppers;
mod t32_back_once;
mod t33_killed_under_load;
mod t40_bombs;
mod t40_full_cart;
mod t40_too_much;
mod transfers;
mod wallets;

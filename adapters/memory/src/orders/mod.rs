//! Orders in memory, twice: [`MemoryShop`] has every store of the purchase under one lock (*co-located*),
//! [`MemoryRecords`] has orders alone, for [`souk_orders::split::SplitOrders`] to compose with other
//! stores (*split*).

mod records;
mod rows;
mod shop;

pub use records::{MemoryRecords, SplitShop};
pub use rows::OrderRows;
pub use shop::{MemoryShop, ShopRows};

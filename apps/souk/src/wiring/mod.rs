//! Where adapters meet contexts. Only files here name adapters.

mod embedded;
mod facts;
mod gateway;
mod offers;
mod runtime;

pub use embedded::Shop;
pub use gateway::SandboxSheets;

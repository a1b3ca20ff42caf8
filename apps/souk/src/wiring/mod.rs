//! Where adapters meet contexts. Only files here name adapters.

mod backoffice;
pub mod demo_shopper;
mod embedded;
mod facts;
mod gateway;
mod measured;
mod nobody;
mod offers;
mod people;
mod purchases;
mod race;
mod runtime;
mod sellers;
pub mod webhooks;
mod wishes;

pub use backoffice::{NoBooks, SandboxBooks, Signs};
pub use embedded::{Shop, open_closed_staff};
pub use gateway::SandboxSheets;
pub use nobody::NoSheets;
pub use race::LastUnit;
pub use sellers::Following;
pub use souk_sandbox::http::serve as serve_sandbox;

use crate::config::Config;
use souk_catalog::Pictures;
use souk_media::{Room, Studio};
use souk_reconcile::{ReconcileArgs, run_rebuild, run_reconcile};
use std::process::ExitCode;
use std::sync::Arc;

pub use souk_media::{Gatherer, Origins as PictureOrigins, Reach};

/// Pictures, kept beside the shop's data.
///
/// # Errors
/// The folder can't be made.
pub fn studio(config: &Config) -> Result<Arc<dyn Pictures>, String> {
    let studio = Studio::open(Room::of(&config.data));
    Ok(Arc::new(studio.map_err(|e| e.to_string())?))
}

/// `souk reconcile`.
pub fn reconcile(config: &Config, json: bool) -> ExitCode {
    run_reconcile(&ReconcileArgs { data: config.data.clone(), json, list_max: None })
}

/// `souk rebuild`.
pub fn rebuild(config: &Config) -> ExitCode {
    run_rebuild(&config.data, || sellers::backfill(config))
}

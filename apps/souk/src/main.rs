//! `souk`: opens a shop, and tends it.

mod config;
mod demo;
mod export;
mod import;
mod measures;
mod seller;
mod serve;
mod staff;
mod supply;
mod wiring;

use clap::{Parser, Subcommand};
use config::Config;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// An online marketplace in one binary.
#[derive(Parser)]
#[command(name = "souk", version, about)]
struct Cli {
    /// The configuration file; `souk.toml` here, if there is one, by default.
    #[arg(long, global = true)]
    config: Option<std::path::PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Open the shop (the default).
    Serve,
    /// Take products from a file: JSON Lines, Shopify's CSV, a Google Merchant feed. The shop must be closed.
    Import(import::ImportArgs),
    /// Write the catalogue to a file. The shop must be closed.
    Export {
        #[command(subcommand)]
        what: export::Export,
    },
    /// Recompute every invariant from ledgers, history and the gateway's record. The shop may be open.
    Reconcile {
        /// One JSON document in place of text.
        #[arg(long)]
        json: bool,
    },
    /// Recompute every counter from the ledgers. The shop must be closed.
    Rebuild,
    /// Members of staff. The shop must be closed.
    Staff {
        #[command(subcommand)]
        command: staff::StaffCommand,
    },
    /// Print the OpenAPI document of the REST API.
    Openapi,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = match Config::load(cli.config.as_deref()) {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    let done = match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::serve(config),
        Command::Import(args) => import::import(&config, &args),
        Command::Export { what } => export::export(&config, &what),
        Command::Reconcile { json } => return wiring::reconcile(&config, json),
        Command::Rebuild => return wiring::rebuild(&config),
        Command::Staff { command } => staff::staff(&config, command),
        Command::Openapi => openapi(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

#[expect(clippy::print_stdout, reason = "the document is this command's output")]
fn openapi() -> Result<(), String> {
    let document = souk_api::document().to_pretty_json().map_err(|e| e.to_string())?;
    println!("{document}");
    Ok(())
}

#[expect(clippy::print_stderr, reason = "what a command says when it fails")]
fn fail(error: &str) -> ExitCode {
    eprintln!("souk: {error}");
    ExitCode::FAILURE
}

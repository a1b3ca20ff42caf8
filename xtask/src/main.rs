//! The project's own commands, run as `cargo xtask <command>`.

mod browser;
mod child;
mod figures;
mod forward;
mod fuzz;
mod lane;
mod tally;
mod tidy;
mod workspace;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  test [--quick]            everything that must pass; --quick leaves out what needs a release build
  tidy [--seal]             the walls; --seal adds checksums of new migrations
  bench <scenario> [..]     the load driver against a release build
  relevance DIR             NDCG@10 of a catalogue with judgements, beside a plain BM25
  fuzz [--bin PATH]         the API asked what its description allows and more (FUZZ_SEED, FUZZ_CASES)
  glance                     every page of every door with axe, at two widths, in light and dark
  lighthouse [--desktop]    scores of the most visited pages, the median of three, in a browser
  sim [--seed N] [..]       the simulator; a seed replays one history
  openapi [--check]         writes openapi/souk.json, or compares it with what the shop would write
  figures                   crates, lines, longest files and functions
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    let done = match command {
        "test" => lane::run(rest),
        "tidy" => tidy(rest),
        "bench" => forward::bench(rest),
        "relevance" => forward::relevance(rest),
        "fuzz" => forward::fuzz(rest),
        "glance" => browser::glance(rest),
        "lighthouse" => browser::lighthouse(rest),
        "sim" => forward::sim(rest),
        "openapi" => forward::openapi(rest),
        "figures" => figures::print(),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(format!("no command `{other}`\n\n{HELP}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            if !why.is_empty() {
                eprintln!("{why}");
            }
            ExitCode::FAILURE
        }
    }
}

fn tidy(args: &[String]) -> Result<(), String> {
    if args.iter().any(|arg| arg == "--seal") {
        for path in tidy::seal(&workspace::root())? {
            println!("sealed {path}");
        }
    }
    tidy::run()?;
    println!("tidy");
    Ok(())
}

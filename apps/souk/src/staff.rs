//! `souk staff`: members of staff, from the machine that the shop runs on.

use crate::config::Config;
use crate::wiring::open_closed_staff;
use clap::Subcommand;
use souk_accounts::Password;
use souk_staff::{Actor, Role};

/// What can be done.
#[derive(Subcommand)]
pub enum StaffCommand {
    /// Add a member. The password is one line of the standard input, or made up and printed once.
    Add {
        /// How they sign in.
        email: String,
        /// owner, operator, support or read-only.
        #[arg(long, default_value = "operator", value_parser = role)]
        role: Role,
        /// Read the password from the standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Take a member's second factor away: the device and the recovery codes are lost.
    ForgetFactor {
        /// Whose.
        email: String,
    },
}

fn role(name: &str) -> Result<Role, String> {
    Role::from_name(name).ok_or_else(|| String::from("owner, operator, support or read-only"))
}

/// Does it.
///
/// # Errors
/// In words: the shop is open, the member exists, the address or password can't be.
#[expect(clippy::print_stdout, reason = "the password is told here and nowhere else")]
pub fn staff(config: &Config, command: StaffCommand) -> Result<(), String> {
    let staff = open_closed_staff(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.map_err(|e| e.to_string())?;
    let (email, role, password_stdin) = match command {
        StaffCommand::Add { email, role, password_stdin } => (email, role, password_stdin),
        StaffCommand::ForgetFactor { email } => {
            runtime.block_on(forget(&staff, &email))?;
            println!("{email} signs in by password alone now, until a second factor is set up");
            return Ok(());
        }
    };
    let given = if password_stdin { Some(line()?) } else { None };
    let password = given.clone().unwrap_or_else(made_up);
    let added = staff.add(Actor::Console, &email, Password::new(password.clone()), role);
    let member = runtime.block_on(added).map_err(|e| e.to_string())?;
    println!(
        "{} is {} now, and signs in at {}/admin",
        member.email,
        role.name(),
        config.base_url()
    );
    if given.is_none() {
        println!("password: {password}");
    }
    Ok(())
}

async fn forget(staff: &souk_staff::Service, email: &str) -> Result<(), String> {
    let members = staff.members(10_000).await.map_err(|e| e.to_string())?;
    let member = members.iter().find(|member| member.email.as_str().eq_ignore_ascii_case(email));
    let member = member.ok_or("there is no such member")?;
    let done = staff.forget_factor(Actor::Console, member.id).await.map_err(|e| e.to_string())?;
    if done { Ok(()) } else { Err("there is no second factor".into()) }
}

fn line() -> Result<String, String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|e| e.to_string())?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// 100 bits in letters that are not mistaken for each other.
fn made_up() -> String {
    use rand::Rng;
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut random = rand::rng();
    let letter = |_| char::from(LETTERS[random.random_range(0..32_usize)]);
    let letters: Vec<char> = (0..20).map(letter).collect();
    letters.chunks(5).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

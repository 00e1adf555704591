//! `frontdesk token create|list|revoke`: bearer tokens of the conversation API.

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use frontdesk_domain::ids::TokenId;
use frontdesk_domain::token::Scope;
use frontdesk_reception::api::create_token;

use super::clinic::find;
use crate::settings::Settings;
use crate::wiring;

/// Subcommands.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Make a token for a clinic. It is shown once.
    Create {
        /// Its id (`cln_…`) or key.
        #[arg(long)]
        clinic: String,
        /// What it may do, a list of conversations, availability, bookings, patients.
        #[arg(long, value_delimiter = ',', required = true)]
        scope: Vec<String>,
    },
    /// Print every token: id, clinic, scopes, since when, and whether it is revoked.
    List,
    /// Refuse a token from now on.
    Revoke {
        /// Its id (`tok_…`).
        id: TokenId,
    },
}

/// Runs the command.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn run(command: Command) -> anyhow::Result<()> {
    let settings = Settings::read()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let cx = wiring::service(&settings, None).await?.reception;
        match command {
            Command::Create { clinic, scope } => {
                let mut scopes = Vec::new();
                for name in &scope {
                    let known = Scope::ALL.map(Scope::key).join(", ");
                    let read = Scope::from_key(name.trim());
                    scopes.push(read.with_context(|| format!("--scope {name}: expected some of {known}"))?);
                }
                scopes.sort_unstable();
                scopes.dedup();
                let clinic = find(&cx, &clinic).await?.settings;
                let mut secret = [0_u8; 32];
                getrandom::fill(&mut secret).context("no randomness for a token")?;
                let token = create_token(&cx, clinic.id, scopes, URL_SAFE_NO_PAD.encode(secret)).await?;
                // On standard output alone, so that it can be piped into a secret store.
                println!("{}", token.expose());
                eprintln!(
                    "{} of {}: keep it now, it is not shown again. `frontdesk token revoke {}` refuses it.",
                    token.id, clinic.name, token.id
                );
            }
            Command::List => {
                let mut tx = cx.store.begin_system().await?;
                for token in tx.tokens().await? {
                    let clinic = tx.clinic(token.clinic).await?.map_or_else(String::new, |c| c.settings.key);
                    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.key()).collect();
                    let until = token.revoked_at.map(|at| format!(", revoked {at:.0}")).unwrap_or_default();
                    println!("{}  {clinic}  {}  since {:.0}{until}", token.id, scopes.join(","), token.created_at);
                }
            }
            Command::Revoke { id } => {
                let mut tx = cx.store.begin_system().await?;
                if !tx.revoke_token(id, cx.now()).await? {
                    bail!("there is no token {id} that is not revoked");
                }
                tx.commit().await?;
                println!("{id} is refused from now on.");
            }
        }
        Ok(())
    })
}

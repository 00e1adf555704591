//! Frontdesk: one binary with roles. `frontdesk serve` runs it; `frontdesk help` lists the rest.

use clap::{Parser, Subcommand};
use frontdesk_server::commands;

#[derive(Parser)]
#[command(name = "frontdesk", version, about = "The AI receptionist for medical spas")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service: webhooks, jobs, and with nothing configured a sample clinic in the sandbox.
    Serve(commands::serve::Args),
    /// Talk to the receptionist in the terminal.
    Chat(commands::chat::Args),
    /// Read messages, one JSON object a line.
    Understand(commands::understand::Args),
    /// Hold whole conversations, one JSON event a line.
    Converse(commands::converse::Args),
    /// Check, import and export clinic files.
    #[command(subcommand)]
    Clinic(commands::clinic::Command),
    /// Bearer tokens of the conversation API.
    #[command(subcommand)]
    Token(commands::token::Command),
    /// What is agreed with vendors.
    #[command(subcommand)]
    Vendor(commands::vendor::Command),
    /// Make up conversations, for demonstration and measuring.
    Seed(commands::seed::Args),
    /// Erase a person who asked for it.
    Erase(commands::erase::Args),
    /// Write everything but the master key into one file; works while serving.
    Backup(commands::backup::Args),
    /// Read such a file into an empty database, of either kind.
    Restore(commands::backup::Args),
    /// Create or update the database's tables.
    Migrate,
    /// Print the document of the HTTP API.
    Openapi,
    /// Print every setting, where it came from, and what is wrong with it.
    Doctor(commands::doctor::Args),
}

fn main() -> std::process::ExitCode {
    // Databases, keys and backups are for their owner alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let cli = Cli::parse();
    let outcome = match cli.command {
        // No runtime, no store: the engine alone.
        Command::Understand(args) => commands::understand::run(&args),
        Command::Serve(args) => commands::serve::run(args),
        Command::Chat(args) => commands::chat::run(args),
        Command::Converse(args) => commands::converse::run(&args),
        Command::Clinic(command) => commands::clinic::run(command),
        Command::Token(command) => commands::token::run(command),
        Command::Openapi => commands::openapi::run(),
        Command::Vendor(command) => commands::vendor::run(command),
        Command::Seed(args) => commands::seed::run(&args),
        Command::Erase(args) => commands::erase::run(args),
        Command::Backup(args) => commands::backup::backup(&args),
        Command::Restore(args) => commands::backup::restore(&args),
        Command::Migrate => commands::migrate::run(),
        Command::Doctor(args) => commands::doctor::run(&args),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("frontdesk: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

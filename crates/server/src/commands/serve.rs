//! `frontdesk serve`: listeners, workers, and a stop that loses nothing.

use std::sync::Arc;

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;

use frontdesk_domain::clinic::parse;
use frontdesk_domain::limits::GRACEFUL_STOP;
use frontdesk_http::{Http, Limits, SandboxWorld, api, ops};
use frontdesk_reception::clinics::import;
use frontdesk_reception::inbound::Acceptor;
use frontdesk_reception::jobs::{JobKind, Runner};
use frontdesk_reception::{catch_up, housekeeping};

use crate::listen::{self, Listening};
use crate::observe;
use crate::settings::Settings;
use crate::tls;
use crate::wiring::{self, SAMPLE, Wired};

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    /// What this process does, a list of api, worker; all by default.
    #[arg(long, value_delimiter = ',')]
    role: Vec<Role>,
    /// Use the sandbox for whatever is not configured.
    #[arg(long, conflicts_with = "no_sandbox")]
    sandbox: bool,
    /// Never use the sandbox.
    #[arg(long)]
    no_sandbox: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Role {
    Api,
    Worker,
}

/// Runs the command.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn run(args: Args) -> anyhow::Result<()> {
    let settings = Settings::read()?;
    // Traces and reports leave until this is dropped, after everything else.
    let _observing = observe::start(&settings)?;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if settings.database_url.expose_secret().starts_with("sqlite://") {
        // See docs/adr/0013-one-core-for-sqlite.md.
        runtime.worker_threads(1);
        stay_on_one_core();
    }
    runtime.enable_all().build()?.block_on(serve(args, settings))
}

/// Keeps this thread, and those it starts, on the last core it may use: on `SQLite` every statement is handed to the
/// database's thread and back, and waking another core costs more than the statement.
fn stay_on_one_core() {
    let Ok(allowed) = rustix::thread::sched_getaffinity(None) else { return };
    let Some(last) = (0..rustix::thread::CpuSet::MAX_CPU).rev().find(|core| allowed.is_set(*core)) else { return };
    let mut one = rustix::thread::CpuSet::new();
    one.set(last);
    if let Err(error) = rustix::thread::sched_setaffinity(None, &one) {
        tracing::debug!(error.kind = %error, "this process cannot choose its core");
    }
}

async fn serve(args: Args, settings: Settings) -> anyhow::Result<()> {
    let has = |role| args.role.is_empty() || args.role.contains(&role);
    let sandbox = if args.sandbox {
        Some(true)
    } else if args.no_sandbox {
        Some(false)
    } else {
        None
    };
    let wired = wiring::service(&settings, sandbox).await?;
    let _lock = if has(Role::Worker) { only_worker_of(&settings, &wired).await? } else { None };
    sample_clinic(&wired).await?;
    let stop = CancellationToken::new();
    let (acceptor, writer) = Acceptor::start(Arc::clone(&wired.reception));
    let http = Http {
        reception: Arc::clone(&wired.reception),
        acceptor,
        webhooks: Arc::new(wired.webhooks),
        sandbox: wired.sandbox.clone().map(|s| s as Arc<dyn SandboxWorld>),
        limits: Arc::new(Limits::new(settings.trusted_proxies.clone())),
        stop: stop.clone(),
        off: Arc::new(wired.off.clone()),
    };
    let mut tasks = tokio::task::JoinSet::new();
    let runner = Runner::new(Arc::clone(&wired.reception));
    if let Some(sandbox) = &wired.sandbox {
        sandbox.attach(Arc::clone(&wired.reception), runner.clone());
    }
    if has(Role::Worker) {
        catch_up::schedule(&wired.reception).await?;
        housekeeping::keep_going(&wired.reception, JobKind::Prune).await?;
        let (workers, stop) = (settings.workers, stop.clone());
        tasks.spawn(async move {
            runner.serve(workers, stop).await;
            Ok::<(), anyhow::Error>(())
        });
    }
    let listener = tokio::net::TcpListener::bind(settings.ops_listen)
        .await
        .with_context(|| format!("FRONTDESK_OPS_LISTEN: {} cannot be bound", settings.ops_listen))?;
    let listening = |tls| Listening { tls, proxies: settings.trusted_proxies.clone(), stop: stop.clone() };
    tasks.spawn(served(listener, ops(http.clone()), listening(None)));
    if has(Role::Api) {
        let listener = tokio::net::TcpListener::bind(settings.listen)
            .await
            .with_context(|| format!("FRONTDESK_LISTEN: {} cannot be bound", settings.listen))?;
        let tls = settings.tls.as_ref().map(|(certificate, key)| tls::config(certificate, key)).transpose()?;
        tasks.spawn(served(listener, api(http.clone()), listening(tls)));
    }
    drop(http);
    welcome(&settings, has(Role::Api), wired.sandbox.is_some(), &wired.off);
    stopped().await;
    tracing::info!("stopping: work under way is finished");
    stop.cancel();
    let finish = async {
        while let Some(done) = tasks.join_next().await {
            if let Ok(Err(error)) = done {
                tracing::error!(error.kind = %error, "a part of the service failed");
            }
        }
        // The writer ends when the last door is closed.
        let _ = writer.await;
    };
    if tokio::time::timeout(GRACEFUL_STOP.duration(), finish).await.is_err() {
        tracing::warn!("the graceful stop took too long; the rest is taken up at the next start");
    }
    Ok(())
}

async fn served(listener: tokio::net::TcpListener, router: axum::Router, listening: Listening) -> anyhow::Result<()> {
    listen::serve(listener, router, listening).await;
    Ok(())
}

/// The lock of the one process that works, where only one may.
pub(super) async fn only_worker_of(settings: &Settings, wired: &Wired) -> anyhow::Result<Option<std::fs::File>> {
    if wired.is_single_process { only_worker(settings, wired).await.map(Some) } else { Ok(None) }
}

/// On `SQLite` one process works; at its start every held job is free, because nobody else can hold it.
async fn only_worker(settings: &Settings, wired: &Wired) -> anyhow::Result<std::fs::File> {
    // Beside the database, so that two data folders on one file meet at one lock.
    let file = settings.database_url.expose_secret().trim_start_matches("sqlite://").to_owned();
    let path = std::path::PathBuf::from(format!("{file}.lock"));
    let file = std::fs::OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .open(&path)
        .with_context(|| format!("{} cannot be opened", path.display()))?;
    file.try_lock().with_context(|| format!("another frontdesk works on {file_name}", file_name = path.display()))?;
    let mut tx = wired.reception.store.begin_system().await?;
    tx.free_expired(wired.reception.clock.real_now(), true).await?;
    tx.commit().await?;
    Ok(file)
}

/// A first start in the sandbox has a clinic to try.
pub(super) async fn sample_clinic(wired: &Wired) -> anyhow::Result<()> {
    if wired.sandbox.is_none() {
        return Ok(());
    }
    let mut tx = wired.reception.store.begin_system().await?;
    let empty = tx.clinics().await?.is_empty();
    drop(tx);
    if empty {
        let file = parse(SAMPLE).map_err(|error| anyhow::anyhow!("the sample clinic: {error}"))?;
        import(&wired.reception, file, "sample", false).await?;
    }
    Ok(())
}

fn welcome(settings: &Settings, listens: bool, sandbox: bool, off: &[String]) {
    let base = &settings.public_url;
    if listens {
        println!("Frontdesk is running on {base} (health: http://{}/readyz)", settings.ops_listen);
    } else {
        println!("Frontdesk works without listening for webhooks (health: http://{}/readyz)", settings.ops_listen);
    }
    if sandbox && listens {
        println!();
        println!("SANDBOX: no carrier is configured; texts stay on this machine. Play the patient in the browser:");
        println!("  {base}/");
        let program =
            std::env::current_exe().map_or_else(|_| "frontdesk".to_owned(), |path| path.display().to_string());
        println!("or in the terminal:");
        println!("  {program} chat --server {base}");
    }
    for line in off {
        println!("off: {line}");
    }
}

/// Ctrl-C or SIGTERM.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
}

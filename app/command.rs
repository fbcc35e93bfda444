//! The command line of the server.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};
use ekenko_server::{
    App,
    config::{Config, Demo},
    context::System,
    customers::Reading,
    demo,
};
use indicatif::{ProgressBar, ProgressStyle};

/// Field sales: reps check in, managers watch it live.
#[derive(Parser)]
#[command(version, about, after_help = "Settings come from the environment; README.md lists them.")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve pages and API (the default).
    Serve,
    /// The activity log.
    #[command(subcommand)]
    Audit(Audit),
    /// Take data from files.
    #[command(subcommand)]
    Import(Import),
}

#[derive(Subcommand)]
enum Audit {
    /// Read every organisation's log again and say what was changed, removed or cut.
    Verify,
}

#[derive(Subcommand)]
enum Import {
    /// Customer locations from a CSV file.
    Locations {
        /// The file, in UTF-8 with a header line.
        file: PathBuf,
        /// Say what would be done, and keep nothing.
        #[arg(long)]
        dry_run: bool,
        /// The organisation to import into, by name; needed when there are several.
        #[arg(long)]
        organisation: Option<String>,
    },
}

pub fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("EKENKO_LOG")
        .unwrap_or_else(|_| "warn,ekenko=info,ekenko_server=info,sqlx::query=warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let done = runtime.block_on(async {
        let config = Config::read(|name| std::env::var(name).ok()).map_err(|e| e.to_string())?;
        match cli.command.unwrap_or(Command::Serve) {
            Command::Serve => serve(config).await,
            Command::Audit(Audit::Verify) => verify(config).await,
            Command::Import(Import::Locations { file, dry_run, organisation }) => {
                import(config, &file, dry_run, organisation.as_deref()).await
            }
        }
    });
    match done {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("ekenko: {error}");
    ExitCode::FAILURE
}

async fn start(config: Config) -> Result<Arc<App>, String> {
    App::start(config, Arc::new(System)).await.map_err(|e| e.to_string())
}

async fn serve(config: Config) -> Result<ExitCode, String> {
    let (ip, port) = (config.ip, config.port);
    let listener = tokio::net::TcpListener::bind((ip, port))
        .await
        .map_err(|e| format!("cannot listen on {ip}:{port}: {e}; PORT chooses another"))?;
    let local = listener.local_addr().map_err(|e| e.to_string())?;
    if config.demo != Demo::Off {
        demo::seed(&config).await.map_err(|e| e.to_string())?;
    }
    let app = start(config).await?;
    if !ip.is_loopback() && app.identity.has_demo().await.map_err(|e| e.to_string())? {
        return Err(format!(
            "the stored data is demo data, whose accounts have a published password: it is served on loopback only, not on {ip}"
        ));
    }
    println!("Ekenko is at http://{local}");
    match app.config.demo {
        Demo::Off if app.identity.needs_setup().await.map_err(|e| e.to_string())? => {
            println!("Nobody has an account yet: open it and make the first admin.");
        }
        Demo::Off => {}
        Demo::On | Demo::Live => println!("{}", demo::ACCOUNTS),
    }
    tokio::spawn(app.clone().trim_events());
    tokio::spawn(app.clone().keep_heads());
    tokio::spawn(app.visits.clone().close_forgotten());
    tokio::spawn(app.identity.clone().keep_presence());
    tokio::spawn(app.announcements.clone().publish_due());
    tokio::spawn(app.tasks.clone().repeat());
    if app.config.demo == Demo::Live {
        tokio::spawn(demo::play(format!("http://{local}")));
    }
    ekenko::serve::serve(app, listener).await.map_err(|e| e.to_string())?;
    Ok(ExitCode::SUCCESS)
}

async fn verify(config: Config) -> Result<ExitCode, String> {
    let app = start(config).await?;
    let logs = ekenko_server::activity::verify(&app.db, &app.chain).await.map_err(|e| e.to_string())?;
    app.db.close().await;
    let mut whole = true;
    for log in logs {
        if log.faults.is_empty() {
            println!("{}: {} lines, whole", log.name, log.lines);
        }
        for fault in &log.faults {
            whole = false;
            println!("{}: {fault}", log.name);
        }
    }
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn import(
    config: Config,
    file: &std::path::Path,
    dry_run: bool,
    organisation: Option<&str>,
) -> Result<ExitCode, String> {
    let app = start(config).await?;
    let bytes = std::fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let caller = app.identity.operator(organisation).await.map_err(|e| e.to_string())?;
    let owners = app.identity.reps_by_name(&caller).await.map_err(|e| e.to_string())?;
    let reading = Reading { mapping: None, owners };
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} rows").map_err(|e| e.to_string())?;
    let bar = ProgressBar::new(0).with_style(style);
    let progress = |done: usize, total: usize| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    };
    let report = app
        .customers
        .import_as(&caller, bytes, reading, dry_run, &progress)
        .await
        .map_err(|e| e.to_string())?;
    bar.finish_and_clear();
    for column in &report.ignored_columns {
        println!("column ignored: {column}");
    }
    for row in &report.bad_rows {
        let field = if row.field.is_empty() { String::new() } else { format!(" {}", row.field) };
        println!("line {}:{field} {}", row.line, row.reason);
    }
    let verb = if dry_run { "would be imported" } else { "imported" };
    println!(
        "{} rows: {} {verb}, {} there already, {} bad",
        report.rows,
        report.imported,
        report.unchanged,
        report.bad_rows.len()
    );
    app.db.close().await;
    Ok(if report.bad_rows.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

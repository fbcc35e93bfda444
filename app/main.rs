//! Ekenko's entry: a server with its commands, a desktop window, or the page in a browser.

#[cfg(feature = "server")]
mod command;

#[cfg(feature = "server")]
fn main() -> std::process::ExitCode {
    command::main()
}

#[cfg(all(feature = "desktop", not(feature = "server")))]
fn main() {
    use dioxus::desktop::{Config, LogicalSize, WindowBuilder};
    let server = std::env::var("EKENKO_SERVER").unwrap_or_else(|_| "http://127.0.0.1:8080".into());
    ekenko::platform::set_server(&server);
    let window = WindowBuilder::new().with_title("Ekenko").with_inner_size(LogicalSize::new(1280.0, 800.0));
    dioxus::LaunchBuilder::desktop()
        .with_cfg(Config::new().with_window(window).with_menu(None))
        .launch(ekenko::App);
}

#[cfg(all(feature = "web", not(feature = "server"), not(feature = "desktop")))]
fn main() {
    dioxus::launch(ekenko::App);
}

#[cfg(not(any(feature = "server", feature = "desktop", feature = "web")))]
fn main() {
    eprintln!("choose a feature: server, web or desktop; `make run` does");
}

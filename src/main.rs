//! Starts the desk in the page.

fn main() {
    agent_desk::start();
}

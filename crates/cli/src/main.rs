//! The binary: reads the words of the command line, runs the verb, says what happened.

use clap::Parser as _;
use hustings::args::Arguments;
use std::process::ExitCode;

fn main() -> ExitCode {
    hustings::run(Arguments::parse())
}

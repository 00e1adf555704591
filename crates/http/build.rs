//! The web app is embedded when it was built; a build of it is a reason to embed anew.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
}

//! How the program is linked.

#[expect(
    clippy::disallowed_methods,
    reason = "this is how cargo tells a build script what is built"
)]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The addresses that a loader sets in a program that may lie anywhere take a twentieth of it; packed (DT_RELR, since
    // glibc 2.36), next to nothing.
    let is = |name, value| std::env::var(name).is_ok_and(|is| is == value);
    if is("PROFILE", "release")
        && is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
    {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

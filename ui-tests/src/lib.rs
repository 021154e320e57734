//! What the attributes say to those who misuse them; the cases are in `fail/`, what must compile is in
//! `pass/`. No code of its own.

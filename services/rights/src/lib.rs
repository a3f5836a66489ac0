//! Rights: sells access, and decides who may watch what (RGT-1..6, C11).

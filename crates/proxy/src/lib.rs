//! The service between the desk and AWS: it signs what it sends, knows who asks, and gives only what
//! concerns the contact that this agent really has.
//!
//! AWS's JSON stops here: the desk sees the types of `contract` only. This crate knows no screen and
//! no telephony.

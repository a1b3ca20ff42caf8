//! Carts: lines, versions, merge at sign-in, the freeze during payment.

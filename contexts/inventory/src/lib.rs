//! Stock: the ledger, holds with a deadline, release and restock; never oversells.

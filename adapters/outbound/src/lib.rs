//! Clients of outside services: payment gateways, mail.

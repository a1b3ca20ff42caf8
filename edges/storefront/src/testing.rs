//! A whole shop over memory, visited as a browser does.

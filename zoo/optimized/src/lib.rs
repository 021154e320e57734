//! Nothing: the tests are what is here, compiled by the profile that the workspace has for this package.

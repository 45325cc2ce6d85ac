import fc from 'fast-check';

// Here a property is to fail: the first counterexample is enough.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

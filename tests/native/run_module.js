// Appended to the test module: Emscripten's ES modules only export a factory, this one runs when it is started.
await Module({ arguments: process.argv.slice(2) });

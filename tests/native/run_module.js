// Appended to the test module: Emscripten's ES modules only export a factory, this one runs when it is started.
// GoogleTest is told in the environment which part of the tests to run.
await Module({
  arguments: process.argv.slice(2),
  preRun: [(module) => Object.assign(module.ENV, process.env)],
});

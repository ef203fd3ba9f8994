using Culvert.EndToEnd.Tests.Harness;
using Xunit;

// Each test starts complete systems on two cores: one after the other is faster than all at once. Other projects run at
// the same time, so no test relies on a short time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(TestRun))]

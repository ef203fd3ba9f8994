using Culvert.EndToEnd.Tests.Harness;
using Xunit;

// Each test starts whole systems on two cores: one after the other is faster than all at once. Other projects run beside
// them, so no test takes a short time of the clock for granted.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(TestRun))]

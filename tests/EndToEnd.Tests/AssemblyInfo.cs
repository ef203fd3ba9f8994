using Xunit;

// Each test starts whole systems on two cores: one after the other is faster than all at once, and timings mean something.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

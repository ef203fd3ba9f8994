using Xunit;

namespace Culvert.Tunnel.Agent.Tests.Hosting;

/// <summary>What changes the variables of this process runs while nothing else does.</summary>
[CollectionDefinition("process environment", DisableParallelization = true)]
public static class ProcessEnvironment;

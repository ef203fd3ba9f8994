using System.Net;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;
using Xunit;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>What a run of these tests does first and last, and what its systems share, which run one after the other.</summary>
public sealed class TestRun : IAsyncLifetime
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    private static readonly Lazy<TestFolder> Programs = new(() =>
    {
        var folder = new TestFolder();
        Culvert.Stage.Hops.Programs.CopyTo(Checkout.Find(), folder.Path);
        return folder;
    });

    private static readonly Lazy<PortPlan> Block = new(PortProbe.FreeBlock);

    private static readonly TestFolder FoundedFolder = new();
    private static readonly Lazy<Task<RunDirectory>> FoundedRun = new(FoundAsync);

    /// <summary>
    /// One copy of the built programs for all systems of this run, made when the first of them starts. No test writes to it.
    /// </summary>
    internal static string ProgramFolder => Programs.Value.Path;

    /// <summary>The ports of all systems of this run: what is registered with the service holds some of them.</summary>
    internal static PortPlan Ports => Block.Value;

    /// <summary>Where the agents of a founded system find its edge: something of the test listens there.</summary>
    internal static IPEndPoint AgentSide => new(IPAddress.Loopback, PortProbe.SpareOf(Ports));

    /// <summary>
    /// An installation with everything that is registered, made once: each system starts with a copy of it. It was stopped
    /// before any edge or agent knew of it.
    /// </summary>
    internal static Task<RunDirectory> FoundedAsync() => FoundedRun.Value;

    public async ValueTask InitializeAsync() => await TestFolder.DeleteOfEndedRunsAsync(CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        FoundedFolder.Dispose();
        if (Programs.IsValueCreated)
        {
            Programs.Value.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static async Task<RunDirectory> FoundAsync()
    {
        var run = new RunDirectory(FoundedFolder.SystemPath, TimeProvider.System, ProgramFolder);
        var installation = new Installation(
            Checkout.Find(),
            run,
            Ports,
            new InstallationOptions { AgentAddress = AgentSide.ToString() },
            new StepReporter(TextWriter.Null, TimeProvider.System),
            TimeProvider.System
        );
        try
        {
            await installation.FoundAsync(CancellationToken.None);
        }
        finally
        {
            await installation.StopAsync(StopGrace, CancellationToken.None);
        }

        return run;
    }
}

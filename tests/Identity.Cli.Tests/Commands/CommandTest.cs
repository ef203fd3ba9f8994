using Culvert.Identity.Cli.Tests.Harness;

namespace Culvert.Identity.Cli.Tests.Commands;

/// <summary>One scripted service per test.</summary>
public abstract class CommandTest : IAsyncLifetime
{
    private CliStage? stage;

    internal CliStage Stage => stage!;

    internal WireServer Service => Stage.Service;

    public async ValueTask InitializeAsync() => stage = await CliStage.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Stage.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal RecordedRequest Last => Service.Requests[^1];
}

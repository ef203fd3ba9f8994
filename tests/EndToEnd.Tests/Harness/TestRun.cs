using Culvert.Stage;
using Xunit;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>What a run of these tests does first and last.</summary>
public sealed class TestRun : IAsyncLifetime
{
    private static readonly Lazy<TestFolder> Programs = new(() =>
    {
        var folder = new TestFolder();
        Culvert.Stage.Hops.Programs.CopyTo(Checkout.Find(), folder.Path);
        return folder;
    });

    /// <summary>
    /// One copy of the built programs for all systems of this run, made when the first of them starts. No test writes to it.
    /// </summary>
    internal static string ProgramFolder => Programs.Value.Path;

    public async ValueTask InitializeAsync() => await TestFolder.DeleteOfEndedRunsAsync(CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        if (Programs.IsValueCreated)
        {
            Programs.Value.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}

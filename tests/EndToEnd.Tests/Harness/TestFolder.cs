using System.Globalization;
using System.Security.Cryptography;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.RunState;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>
/// A state folder of one test under the checkout's <c>.run/test</c>, deleted with the test. The folder of a test that
/// failed stays, for its logs, until the next run begins; so does one of a run that was killed.
/// </summary>
internal sealed class TestFolder : IDisposable
{
    private const string SystemName = "system";

    public TestFolder()
    {
        // The name says whose it is.
        Path = System.IO.Path.Combine(
            All,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}"
            )
        );
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    /// <summary>Where the system of this test, if it has one, keeps its state.</summary>
    public string SystemPath => System.IO.Path.Combine(Path, SystemName);

    /// <summary>Set when a test failed and its logs should stay.</summary>
    public bool Keep { get; set; }

    private static string All => System.IO.Path.Combine(Checkout.Find().Root, ".run", "test");

    /// <summary>Deletes what runs that have ended left for reading, and stops the systems of those that were killed.</summary>
    public static async Task DeleteOfEndedRunsAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(All);
        foreach (var folder in Directory.EnumerateDirectories(All))
        {
            var owner = System.IO.Path.GetFileName(folder).Split('-')[0];
            if (!Directory.Exists($"/proc/{owner}"))
            {
                var system = new RunDirectory(System.IO.Path.Combine(folder, SystemName), TimeProvider.System);
                await system.StopRecordedAsync(TimeSpan.Zero, cancellationToken);
                Database.Delete(system);
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    public void Dispose()
    {
        if (!Keep && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}

using System.Diagnostics;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>The program of <c>tests/CrashWriter</c>, which writes to a store until a test kills it.</summary>
internal static class KilledWriter
{
    /// <param name="work"><c>journal</c> or <c>certificates</c>.</param>
    /// <param name="answers">The file that gets a line for each answer.</param>
    /// <param name="connection">A PostgreSQL connection string; null = SQLite in the folder.</param>
    public static Process Start(string work, string folder, string answers, string? connection)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "crash-writer");
        return Process.Start(
            new ProcessStartInfo(
                program,
                connection is null ? [work, folder, answers] : [work, folder, answers, connection]
            )
        )!;
    }
}

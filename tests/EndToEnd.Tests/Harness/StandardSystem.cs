using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>The quickstart's own settings, and a second MCP server that speaks both eras.</summary>
public sealed class StandardSystem()
    : RunningSystem(
        new InstallationOptions
        {
            ExchangesPerSecond = 1000,
            FixtureServer = true,
            AllowedOrigins = [AllowedOrigin],
        }
    )
{
    public const string AllowedOrigin = "https://app.example";
}

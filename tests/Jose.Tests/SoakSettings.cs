using System.Globalization;

namespace Culvert.Jose.Tests;

/// <summary>How long and with which seed the seeded tests run: as the environment says, else short and repeatable.</summary>
internal static class SoakSettings
{
    /// <summary><c>CULVERT_SOAK_SECONDS</c>.</summary>
    public static TimeSpan Duration(TimeSpan fallback) =>
        Number("CULVERT_SOAK_SECONDS") is { } seconds ? TimeSpan.FromSeconds(seconds) : fallback;

    /// <summary><c>CULVERT_SOAK_SEED</c>.</summary>
    public static int Seed(int fallback) => Number("CULVERT_SOAK_SEED") ?? fallback;

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}

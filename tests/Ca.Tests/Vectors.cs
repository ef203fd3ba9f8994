namespace Culvert.Ca.Tests;

/// <summary>Files of <c>tests/Vectors/certificates</c>, copied next to the test program.</summary>
internal static class Vectors
{
    /// <summary>The time at which the vectors' validity is checked.</summary>
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    public static string Csr(string name) => Read("csr", name + ".pem");

    public static string Ca(string name) => Read("ca", name + ".pem");

    public static string Read(string folder, string file) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", folder, file));
}

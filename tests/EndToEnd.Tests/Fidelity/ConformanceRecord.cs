using System.Security.Cryptography;
using Culvert.Stage;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>
/// What the conformance suite finds without a tunnel, recorded under <c>tests/Vectors/conformance</c>: it depends on
/// nothing but the suite and the two servers, whose files <c>INPUTS.sha256</c> names.
/// </summary>
internal static class ConformanceRecord
{
    private const string InputsFile = "INPUTS.sha256";

    /// <summary>Relative to the checkout.</summary>
    private static readonly string[] Inputs =
    [
        "tests/Peers/conformance/package-lock.json",
        "tests/Peers/conformance/patience.mjs",
        "tests/Peers/fidelity/catalogue.mjs",
        "tests/Peers/fidelity/server.mjs",
        "tests/Peers/package-lock.json",
    ];

    private static string Root => Checkout.Find().Root;

    private static string Folder => Path.Combine(Root, "tests", "Vectors", "conformance");

    public static async Task<string[]> ReadAsync(
        ConformanceTarget target,
        string requirements,
        CancellationToken cancellationToken
    ) => await File.ReadAllLinesAsync(FileOf(target, requirements), cancellationToken);

    public static async Task WriteAsync(
        ConformanceTarget target,
        string requirements,
        IEnumerable<string> found,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(FileOf(target, requirements), Text(found), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Folder, InputsFile), Text(CurrentInputs()), cancellationToken);
    }

    /// <summary>The inputs that have changed since the runs were recorded.</summary>
    public static IReadOnlyList<string> ChangedInputs() =>
        [.. CurrentInputs().Except(File.ReadAllLines(Path.Combine(Folder, InputsFile)))];

    /// <summary>As <c>sha256sum</c> writes them.</summary>
    private static IEnumerable<string> CurrentInputs() =>
        Inputs.Select(input =>
            $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Root, input))))}  {input}"
        );

    private static string FileOf(ConformanceTarget target, string requirements) =>
        Path.Combine(Folder, $"{target.ToString().ToLowerInvariant()}-{requirements}.txt");

    private static string Text(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"{line}\n"));
}

using System.Globalization;
using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// Every answer that the agent makes itself: the closed catalogue behind <c>culvert-reason</c>, read from
/// <c>failures.tsv</c>. Each row has a field in the class of its group, such as <see cref="RequestFailures"/>.
/// </summary>
internal static class Failures
{
    private const int Columns = 9;
    private const string None = "-";

    private static readonly Dictionary<string, Failure> Catalogue = ReadAll(
        EmbeddedTable.Read(typeof(Failures).Assembly, "failures.tsv", Columns)
    );

    public static IReadOnlyCollection<Failure> All => Catalogue.Values;

    /// <summary>The failure of a code. A code without a row is an error of this program.</summary>
    public static Failure Get(string code) => Catalogue[code];

    /// <summary>
    /// Reads the table while the agent starts, so that a damaged table stops the start. Otherwise the first refused
    /// request reads it.
    /// </summary>
    public static void Load() => ArgumentOutOfRangeException.ThrowIfZero(All.Count);

    /// <summary>Reads a table in the form that <c>failures.tsv</c> describes.</summary>
    /// <exception cref="FormatException">A row is malformed.</exception>
    /// <exception cref="ArgumentException">Two rows have the same code.</exception>
    internal static Dictionary<string, Failure> Parse(string table) => ReadAll(EmbeddedTable.Parse(table, Columns));

    private static Dictionary<string, Failure> ReadAll(IReadOnlyList<string[]> rows) =>
        rows.Select(Read).ToDictionary(failure => failure.Reason, StringComparer.Ordinal);

    private static Failure Read(string[] row) =>
        row[0].Split('.') is ["agent" or "policy" or "upstream" or "compose", { Length: > 0 }]
            ? new Failure(row[0], ParseNumber(row[1]), row[2], row[6], row[7], row[8])
            {
                RpcCode = row[3] == None ? null : ParseNumber(row[3]),
                RetryAfterSeconds = row[4] == None ? 0 : ParseNumber(row[4]),
                Allow = row[5] == None ? null : row[5],
            }
            : throw new FormatException($"{row[0]} is not a code of the agent.");

    private static int ParseNumber(string text) =>
        int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}

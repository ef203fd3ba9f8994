using System.Text.RegularExpressions;

namespace Culvert.Documentation.Tests.Security;

/// <summary>A table of a page whose last column names tests.</summary>
internal sealed partial class ProofTable
{
    private ProofTable(IReadOnlyList<ProofRow> rows) => Rows = rows;

    public IReadOnlyList<ProofRow> Rows { get; }

    /// <param name="page">Its path in the repository.</param>
    /// <param name="heading">Of the section whose first table it is.</param>
    public static ProofTable Read(string page, string heading)
    {
        var text = File.ReadAllText(Repository.PathOf(page));
        var section = text[(text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal) + 1)..].Split("\n## ")[0];
        return new ProofTable([
            .. section
                .Split('\n')
                .SkipWhile(line => !line.StartsWith('|'))
                .TakeWhile(line => line.StartsWith('|'))
                .Skip(2)
                .Select(line => Bar().Split(line.Trim('|')))
                .Select(cells => new ProofRow(
                    [.. cells[..^1].Select(cell => cell.Trim())],
                    [.. Name().Matches(cells[^1]).Select(match => match.Groups["name"].Value)]
                )),
        ]);
    }

    /// <summary>Rows that name nothing, and names that no test has.</summary>
    public IEnumerable<string> Faults(WrittenTests tests) =>
        Rows.SelectMany(row =>
            row.Tests.Count == 0
                ? [$"{row.Subject}: no test is named"]
                : row.Tests.Where(test => !tests.Has(test)).Select(test => $"{row.Subject}: there is no test {test}")
        );

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();

    [GeneratedRegex(@"`(?<name>\w+(?:\.\w+)?)`")]
    private static partial Regex Name();
}

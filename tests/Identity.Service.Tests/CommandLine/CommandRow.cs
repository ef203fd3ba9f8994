using System.Globalization;
using System.Text.RegularExpressions;
using Culvert.Testing;

namespace Culvert.Identity.Service.Tests.CommandLine;

/// <summary>A row of every-command.txt.</summary>
/// <param name="IsRead">The command changes nothing, so it is run a second time with <c>-o json</c>.</param>
/// <param name="ExitCode">What it must end with.</param>
/// <param name="Words">Its arguments, with placeholders such as <c>{tunnel_id}</c>.</param>
/// <param name="Text">What it must say, on standard output or standard error.</param>
/// <param name="Variable">Which placeholder of later rows gets a value of its answer; null = none.</param>
/// <param name="Member">Where that value is, such as <c>roots.0.id</c>.</param>
internal sealed partial record CommandRow(
    bool IsRead,
    int ExitCode,
    IReadOnlyList<string> Words,
    string Text,
    string? Variable,
    string? Member
)
{
    private const string Table = "tests/Identity.Service.Tests/CommandLine/every-command.txt";

    public static IReadOnlyList<CommandRow> ReadAll() =>
        [
            .. File.ReadLines(CheckoutFolder.GetPath(Table))
                .Where(line => line.Length > 0 && !line.StartsWith('#'))
                .Select(Parse),
        ];

    public override string ToString() => string.Join(' ', Words);

    private static CommandRow Parse(string line)
    {
        var fields = line.Split('|', StringSplitOptions.TrimEntries);
        var ends = fields[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (3 or 4) || ends is not ["read" or "change", _])
        {
            throw new FormatException($"{Table}: {line}");
        }

        var kept = fields.Length == 4 ? fields[3].Split('=', StringSplitOptions.TrimEntries) : null;
        return new CommandRow(
            ends[0] == "read",
            int.Parse(ends[1], CultureInfo.InvariantCulture),
            [.. Word().Matches(fields[1]).Select(match => match.Value.Trim('\''))],
            fields[2],
            kept?[0],
            kept?[1]
        );
    }

    // Quotes hold blanks together; nothing else has a meaning.
    [GeneratedRegex("'[^']*'|[^ ]+")]
    private static partial Regex Word();
}

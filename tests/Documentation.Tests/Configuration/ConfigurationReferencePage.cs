using System.Globalization;
using System.Text;

namespace Culvert.Documentation.Tests.Configuration;

/// <summary>Writes <c>docs/configuration-reference.md</c> from the schemas of the programs.</summary>
internal static class ConfigurationReferencePage
{
    public static async Task<string> WriteAsync()
    {
        var page = new StringBuilder(
            """
            # Every configuration key

            Generated from the programs; a test fails when it is out of date and prints how to renew it.
            [configuration.md](configuration.md) explains files, variables and reload. Each program prints its own keys as a JSON schema
            (`tunnel-agent config schema`), and the keys in force with their sources (`tunnel-agent config show`). The schemas are also in
            `docs/schemas` of the repository, for editors.

            - `NAME` in a key is a name that you choose; `[]` is each entry of a list.
            - *Duration*: a whole number and `ms`, `s`, `m`, `h` or `d`. *Size*: bytes, or a whole number and `KiB`, `MiB` or `GiB`.
              *Rate*: how many in which time, such as `50/1s`. *Secret*: `file:PATH` or `env:NAME`.
            - Bounds are included. In the column *Change*, `reload` means that a changed file takes effect while the program runs, `restart`
              that it takes effect at the next start.

            """
        );
        foreach (var file in ConfigurationFile.All)
        {
            page.AppendLine().Append("## ").AppendLine(file.Heading);
            var keys = (await file.ReadKeysAsync()).ToList();
            var described = keys.Where(key => key.IsSection && key.Meaning.Length > 0).ToList();
            foreach (
                var part in keys.Where(key =>
                        described.Contains(key)
                        || (
                            !key.IsSection
                            && !described.Exists(d => key.Name.StartsWith(d.Name + ".", StringComparison.Ordinal))
                        )
                    )
                    .GroupBy(GetPart)
            )
            {
                WritePart(page, part);
            }
        }

        return page.ToString();
    }

    private static void WritePart(StringBuilder page, IGrouping<string, ReferenceKey> part)
    {
        page.AppendLine();
        if (part.Key.Length > 0)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"### `{part.Key}`").AppendLine();
        }

        page.AppendLine("| Key | Meaning | Value | Default | Change |").AppendLine("|---|---|---|---|---|");
        foreach (var key in part)
        {
            page.AppendLine(
                key.IsSection
                    ? $"| `{key.Name}` | {key.Meaning} | section | – | as its keys |"
                    : $"| `{key.Name}` | {key.Meaning} | {DescribeValue(key)} | {DescribeDefault(key)} | {key.Change} |"
            );
        }
    }

    /// <summary>The section that a key is shown in; sections of an entry of a map have tables of their own.</summary>
    private static string GetPart(ReferenceKey key)
    {
        var path = key.Name.Split('.');
        return path.Length == 1 ? (key.Name.EndsWith('s') && key.Type is "map" or "list" ? key.Name : "")
            : path is [var map, "NAME", var section, _, ..] ? $"{map}.NAME.{section}"
            : path is [_, "NAME", ..] ? $"{path[0]}.NAME"
            : path[0];
    }

    private static string DescribeValue(ReferenceKey key) =>
        key.Type switch
        {
            "whole_number" => $"{key.Unit}, {DescribeBounds(key)}",
            "duration" or "size" => $"{key.Type}, {DescribeBounds(key)}",
            "rate" => "rate",
            "choice" => string.Join(", ", key.Words.Select(word => $"`{word}`")),
            "boolean" => "`true`, `false`",
            "end_point" => "address and port",
            "end_point_list" => "list of addresses and ports",
            "range_list" => "list of CIDR ranges",
            "text_list" => "list of text",
            "literal" => "text, number or boolean",
            "literal_list" => "list of text, numbers and booleans",
            "text_map" => "map to text",
            "text_list_map" => "map to lists of text",
            "map" => "map to sections",
            "list" => "list of sections",
            "url" => "URL",
            "not_yet" => "nothing else than the default",
            _ => key.Type,
        };

    private static string DescribeBounds(ReferenceKey key) =>
        (key.Minimum, key.Maximum) switch
        {
            ("", "") => "any",
            (var low, "") => $"at least `{low}`",
            (var low, var high) when low == high => $"`{low}`",
            var (low, high) => $"`{low}` to `{high}`",
        };

    private static string DescribeDefault(ReferenceKey key) =>
        key.IsRequired ? "required"
        : key.Default is null ? "none"
        : key.Default.Length == 0 ? "empty"
        : $"`{key.Default}`";
}

using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.Samples;

/// <summary>Configuration keys that pages name exist, and have the defaults that pages give.</summary>
public sealed partial class DocumentedKeyTests
{
    // Generated from other catalogues, whose codes look like keys.
    private static readonly string[] Generated =
    [
        "api.md",
        "errors.md",
        "metrics.md",
        "log-events.md",
        "dependencies.md",
    ];

    // Words with a dot that are not keys: hosts and files, figures of ./bench, members of other formats.
    private static readonly Regex NotKeys = OtherWords();

    private static readonly Lazy<IReadOnlySet<string>> Codes = new(() =>
        Word()
            .Matches(File.ReadAllText(Repository.PathOf("docs/errors.md")))
            .Select(match => match.Groups["key"].Value)
            .ToHashSet(StringComparer.Ordinal)
    );

    [Fact]
    public async Task Key_OfAnyPage_Exists()
    {
        var schemas = await ConfigurationSchemas.GetAsync();
        var unknown = new List<string>();
        foreach (var (page, text) in Pages())
        {
            unknown.AddRange(
                Unknown(schemas, text)
                    // Reasons of a certificate authority's refusals are in the table of this page alone.
                    .Where(key =>
                        page != "docs/public-certificates.md" || !key.StartsWith("acme.", StringComparison.Ordinal)
                    )
                    .Select(key => $"{page}: {key}")
            );
        }

        unknown.ShouldBeEmpty();
    }

    [Fact]
    public async Task Default_OfAnyPage_IsThePrograms()
    {
        var schemas = await ConfigurationSchemas.GetAsync();
        var given = Pages()
            .SelectMany(page => Defaults(page.Text).Select(found => (page.Page, found.Key, found.Value)))
            .ToList();

        given.Count.ShouldBeGreaterThan(10);
        given
            .Where(found => !IsDefault(schemas, found.Key, found.Value))
            .Select(found => $"{found.Page}: {found.Key} ({found.Value})")
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("`agents.instance_per_tunnel`", "agents.instance_per_tunnel")]
    [InlineData("`federation.fetch.stale: 1d`", "federation.fetch.stale")]
    [InlineData("`agents.live_for`, `issuers.corp.leeway`, `health.probe`, `federation.lint`", "")]
    public async Task Key_ThatNoProgramHas_IsFound(string text, string unknown) =>
        string.Join(' ', Unknown(await ConfigurationSchemas.GetAsync(), text)).ShouldBe(unknown);

    [Theory]
    [InlineData("`agents.live_for` (5 minutes)", true)]
    [InlineData("`agents.live_for` (10 minutes)", false)]
    [InlineData("`federation.fetch.stale_ok` (24 h)", true)]
    [InlineData("`storage.sqlite.disk_reserve` (default `256MiB`, …)", true)]
    [InlineData("`agents.instances_per_tunnel` (33)", false)]
    public async Task Default_AsWritten_IsCompared(string text, bool isRight)
    {
        var schemas = await ConfigurationSchemas.GetAsync();

        Defaults(text).ShouldAllBe(found => IsDefault(schemas, found.Key, found.Value) == isRight);
        Defaults(text).Count().ShouldBe(1);
    }

    private static IEnumerable<(string Page, string Text)> Pages() =>
        Repository
            .Pages()
            .Where(page => !Generated.Contains(Path.GetFileName(page)))
            .Select(page => (Path.GetRelativePath(Repository.Root, page), File.ReadAllText(page)));

    private static IEnumerable<string> Unknown(ConfigurationSchemas schemas, string text)
    {
        var sections = schemas.Sections;
        return Word()
            .Matches(text)
            .Select(match => match.Groups["key"].Value)
            .Distinct()
            .Where(key => sections.Contains(key.Split('.')[0]) && !Codes.Value.Contains(key) && !NotKeys.IsMatch(key))
            .Where(key => !schemas.HasEnding(key));
    }

    private static IEnumerable<(string Key, string Value)> Defaults(string text) =>
        Given().Matches(text).Select(match => (match.Groups["key"].Value, match.Groups["value"].Value));

    private static bool IsDefault(ConfigurationSchemas schemas, string key, string value) =>
        schemas.Find(key).ToList() is var entries
        && (
            // A list has no default in the schema.
            entries.All(entry => entry["items"] is not null)
            || entries.Any(entry => Canonical(ConfigurationSchemas.DefaultOf(entry)) == Canonical(value))
        );

    // "24 hours", "24 h", "1d" and "24h" are one value.
    private static string Canonical(string value)
    {
        var parts = Amount().Match(value.Replace(",", "", StringComparison.Ordinal));
        if (!parts.Success)
        {
            return value;
        }

        var number = long.Parse(parts.Groups["number"].Value);
        return parts.Groups["unit"].Value switch
        {
            "d" or "day" or "days" => $"{number * 86_400} s",
            "h" or "hour" or "hours" => $"{number * 3_600} s",
            "m" or "min" or "minute" or "minutes" => $"{number * 60} s",
            "s" or "second" or "seconds" => $"{number} s",
            var unit => $"{number} {unit}",
        };
    }

    [GeneratedRegex(@"`(?<key>[a-z_0-9]+(?:\.[a-z_0-9]+)+)(?:`|: )")]
    private static partial Regex Word();

    // `key` (30 days), `key` (default `30d`, …), `key` (64 MiB)
    [GeneratedRegex(
        @"`(?<key>[a-z_0-9]+(?:\.[a-z_0-9]+)+)` \((?:default:? )?`?(?<value>\d[\d,/]*(?: ?[A-Za-z]+)?)`?[),;]"
    )]
    private static partial Regex Given();

    [GeneratedRegex(@"^(?<number>\d+) ?(?<unit>[A-Za-z]*)$")]
    private static partial Regex Amount();

    [GeneratedRegex(
        @"\.(?:com|db|pem|yaml|internal)$|^tunnel\.(?:calls|newconn|bulk|hol|sse|vs_ssh|vs_nginx)\b|^audit\.(?:inclusion|consistency)$|^api\.(?:operation|service\.name)$|^tunnel\.session_key$"
    )]
    private static partial Regex OtherWords();
}

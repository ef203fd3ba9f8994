using System.Text.Json;
using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.Names;

/// <summary>
/// Names that pages cite in addition to commands: API calls, metrics, units, checks, figures. Each exists under that
/// name.
/// </summary>
public sealed partial class NameTests
{
    [Fact]
    public void ApiCall_OfAPage_IsInTheDescription()
    {
        var described = Described();

        Cited(ApiCall())
            .Where(cited =>
                !described.Contains(
                    $"{cited.Match.Groups["method"].Value} {Template(cited.Match.Groups["path"].Value)}"
                )
            )
            .Select(cited => $"{cited.Page}: {cited.Match.Value}")
            .Distinct()
            .ShouldBeEmpty();
    }

    [Fact]
    public void Metric_OfAPageOrADashboard_IsExposedUnderThatName()
    {
        var exposed = Exposed();

        Cited(Metric())
            .Concat(
                Directory
                    .EnumerateFiles(Repository.PathOf("deploy"), "*", SearchOption.AllDirectories)
                    .Where(file =>
                        file.EndsWith(".json", StringComparison.Ordinal)
                        || file.EndsWith(".yaml", StringComparison.Ordinal)
                    )
                    .SelectMany(file =>
                        Metric().Matches(File.ReadAllText(file)).Select(match => (Page: file, Match: match))
                    )
            )
            .Where(cited => !exposed.Contains(cited.Match.Value))
            .Select(cited => $"{Path.GetFileName(cited.Page)}: {cited.Match.Value}")
            .Distinct()
            .ShouldBeEmpty();
    }

    [Fact]
    public void Unit_OfAPage_IsOneOfOurs()
    {
        var units = Directory
            .EnumerateFiles(Repository.PathOf("deploy/systemd"), "*.service")
            .Select(Path.GetFileNameWithoutExtension)
            .ToHashSet(StringComparer.Ordinal);

        units.Count.ShouldBe(4);
        Cited(Unit())
            .Where(cited => !units.Contains(cited.Match.Groups["unit"].Value))
            .Select(cited => $"{cited.Page}: {cited.Match.Value}")
            .ShouldBeEmpty();
    }

    [Fact]
    public void Check_OfAPage_IsListed()
    {
        var listed = new[] { "docs/doctor.md", "docs/agent-identity.md" }
            .SelectMany(page => Row().Matches(File.ReadAllText(Repository.PathOf(page))))
            .Select(match => match.Groups["id"].Value)
            .Concat(["open_routes", "route_policies", "issuer_keys"]) // docs/route-authorization.md explains them
            .ToHashSet(StringComparer.Ordinal);

        Cited(Check())
            .Where(cited => !listed.Contains(cited.Match.Groups["id"].Value))
            .Select(cited => $"{cited.Page}: {cited.Match.Value}")
            .ShouldBeEmpty();
    }

    /// <summary>One measurement under one name: the README repeats what docs/capacity.md says.</summary>
    [Fact]
    public void Figure_OfTheReadme_IsThatOfThePage()
    {
        var measured = Figure()
            .Matches(File.ReadAllText(Repository.PathOf("docs/capacity.md")))
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["rate"].Value);
        var repeated = Figure().Matches(File.ReadAllText(Repository.PathOf("README.md")));

        repeated.Count.ShouldBe(4);
        repeated.ShouldAllBe(match => measured[match.Groups["name"].Value] == match.Groups["rate"].Value);
    }

    private static IEnumerable<(string Page, Match Match)> Cited(Regex what) =>
        Repository
            .Pages()
            .SelectMany(page =>
                what.Matches(File.ReadAllText(page))
                    .Select(match => (Path.GetRelativePath(Repository.Root, page), match))
            );

    private static HashSet<string> Described()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("docs/openapi.json")));
        return
        [
            .. document
                .RootElement.GetProperty("paths")
                .EnumerateObject()
                .SelectMany(path =>
                    path.Value.EnumerateObject()
                        .Select(method => $"{method.Name.ToUpperInvariant()} {Template(path.Name)}")
                ),
        ];
    }

    private static string Template(string path) => Parameter().Replace(path.Split('?')[0].TrimEnd('.', ','), "{}");

    // As the exposition names them: a counter ends with _total, a unit is part of the name, a histogram has three series.
    private static HashSet<string> Exposed()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in Repository.Sources().Select(File.ReadAllText))
        {
            foreach (Match made in Instrument().Matches(text))
            {
                var name = made.Groups["name"].Value.Replace('.', '_');
                var isCounter = made.Groups["kind"].Value == "Counter";
                foreach (var unit in new[] { "", "_seconds", "_milliseconds", "_bytes" })
                {
                    var whole = name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit;
                    names.Add(
                        isCounter && !whole.EndsWith("_total", StringComparison.Ordinal) ? whole + "_total" : whole
                    );
                    names.UnionWith(isCounter ? [] : [whole + "_bucket", whole + "_sum", whole + "_count"]);
                }
            }
        }

        names.Count.ShouldBeGreaterThan(60);
        names.Add("culvert_metrics_dropped_total"); // written by the exposition itself
        return names;
    }

    [GeneratedRegex(@"\b(?<method>GET|POST|PUT|PATCH|DELETE) (?<path>/v1/[^\s`…),;]*[^\s`…),;.])(?!…)")]
    private static partial Regex ApiCall();

    [GeneratedRegex(@"\{[^}]*\}|(?<=/)[A-Z][A-Z_-]+(?=/|$)|(?<=/)[a-z]+_…")]
    private static partial Regex Parameter();

    [GeneratedRegex(
        @"\bculvert_(?:service|edge|agent|exchange|issuer|certificates?|authority|bundle|revocation|signer|audit|probe|credentials|feed|telemetry|webhook|journal|metrics|expiry)_[a-z0-9_]+\b"
    )]
    private static partial Regex Metric();

    [GeneratedRegex(
        @"(?:Create(?:Observable)?|Observe)(?<kind>Counter|UpDownCounter|Gauge|Histogram)(?:<\w+>)?\(\s*""(?<name>culvert[_.][a-z0-9_.]+)"""
    )]
    private static partial Regex Instrument();

    [GeneratedRegex(
        @"systemctl (?:re)?(?:start|stop|load|status|enable|disable|reload) (?:--\S+ )*(?<unit>[a-z][a-z-]+)"
    )]
    private static partial Regex Unit();

    [GeneratedRegex(@"doctor --check\s(?<id>[a-z_]+)")]
    private static partial Regex Check();

    [GeneratedRegex(@"^\| `(?<id>[a-z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| `(?<name>[a-z0-9.]+)`[^|]*\| (?<rate>[\d,]+/s)", RegexOptions.Multiline)]
    private static partial Regex Figure();
}

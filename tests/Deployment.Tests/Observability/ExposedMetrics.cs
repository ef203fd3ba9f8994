using System.Text.RegularExpressions;

namespace Culvert.Deployment.Tests.Observability;

/// <summary>The metrics that the programs expose, as their sources make them.</summary>
internal static partial class ExposedMetrics
{
    // Written by the exposition itself, and by Prometheus.
    private static readonly string[] Others = ["culvert_metrics_dropped_total", "up"];

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<ExposedMetric> All { get; } = [.. Read().DistinctBy(m => m.Name).OrderBy(m => m.Name)];

    /// <summary>Names as a scrape shows them; a histogram has three.</summary>
    public static IReadOnlySet<string> Names { get; } =
        All.SelectMany(metric => metric.SeriesNames).Concat(Others).ToHashSet();

    private static IEnumerable<ExposedMetric> Read() =>
        Directory
            .EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/") && !file.Contains("/bin/"))
            .SelectMany(file =>
                Instrument().Matches(File.ReadAllText(file)).Select(match => MetricOf(match, ProgramOf(file)))
            );

    // As src/Platform/Metrics/Metric.cs names them.
    private static ExposedMetric MetricOf(Match instrument, string program)
    {
        var (kind, name) = (instrument.Groups["kind"].Value, instrument.Groups["name"].Value.Replace('.', '_'));
        var rest = instrument.Groups["rest"].Value;
        if (rest.Contains("unit: \"s\"") && !name.EndsWith("_seconds"))
        {
            name += "_seconds";
        }

        return new ExposedMetric(
            kind == "Counter" ? $"{name}_total" : name,
            kind == "UpDownCounter" ? "Gauge" : kind,
            program,
            DescriptionIn(rest)
        );
    }

    // `description: "…" + "…"`; in the short forms it is the last text with more than one word.
    private static string DescriptionIn(string rest)
    {
        var named = Description().Match(rest);
        var parts = named.Success
            ? named.Groups["part"].Captures.Select(part => part.Value)
            : Text()
                .Matches(rest)
                .Select(match => match.Groups["part"].Value)
                .Where(text => text.Contains(' '))
                .TakeLast(1);
        return string.Concat(parts);
    }

    private static string ProgramOf(string file) =>
        Path.GetRelativePath(Repository.PathOf("src"), file).Split('/')[0] switch
        {
            "Identity.Service" => "service",
            "Tunnel.Edge" => "edge",
            "Tunnel.Agent" => "agent",
            "Machine.Client" => "edge, agent",
            _ => "all",
        };

    // CreateObservableGauge("name", …, unit: "s", …); EdgeMetrics has a short form of the observable counter.
    [GeneratedRegex(
        """(?:Create|\.|\b)(?:Observable|Observe)?(?<kind>UpDownCounter|Counter|Gauge|Histogram)(?:<\w+>)?\(\s*"(?<name>culvert[._][a-z._]+)"(?<rest>(?:"(?:[^"\\]|\\.)*"|[^;"])*)""",
        RegexOptions.Singleline
    )]
    private static partial Regex Instrument();

    [GeneratedRegex("""description:\s*(?:"(?<part>(?:[^"\\]|\\.)*)"\s*(?:\+\s*)?)+""")]
    private static partial Regex Description();

    [GeneratedRegex(@"""(?<part>(?:[^""\\]|\\.)*)""")]
    private static partial Regex Text();
}

using System.Text.RegularExpressions;

namespace Culvert.Deployment.Tests.Observability;

/// <summary>The metrics that the programs expose, as their sources make them.</summary>
internal static partial class ExposedMetrics
{
    // Written by the exposition itself, and by Prometheus.
    private static readonly string[] Others = ["culvert_metrics_dropped_total", "up"];

    /// <summary>Names as a scrape shows them; a histogram has three.</summary>
    public static IReadOnlySet<string> Names { get; } = Read().Concat(Others).ToHashSet();

    private static IEnumerable<string> Read() =>
        Directory
            .EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/") && !file.Contains("/bin/"))
            .Select(File.ReadAllText)
            .SelectMany(text => Instrument().Matches(text))
            .SelectMany(NamesOf);

    // As src/Platform/Metrics/Metric.cs names them.
    private static IEnumerable<string> NamesOf(Match instrument)
    {
        var (kind, name) = (instrument.Groups["kind"].Value, instrument.Groups["name"].Value.Replace('.', '_'));
        if (instrument.Groups["rest"].Value.Contains("unit: \"s\"") && !name.EndsWith("_seconds"))
        {
            name += "_seconds";
        }

        return kind switch
        {
            "Counter" => [$"{name}_total"],
            "Histogram" => [$"{name}_bucket", $"{name}_sum", $"{name}_count"],
            _ => [name],
        };
    }

    // CreateObservableGauge("name", …, unit: "s", …); EdgeMetrics has a short form of the observable counter.
    [GeneratedRegex(
        """(?:Create|\.|\b)(?:Observable|Observe)?(?<kind>UpDownCounter|Counter|Gauge|Histogram)(?:<\w+>)?\(\s*"(?<name>culvert[._][a-z._]+)"(?<rest>[^;]*)""",
        RegexOptions.Singleline
    )]
    private static partial Regex Instrument();
}

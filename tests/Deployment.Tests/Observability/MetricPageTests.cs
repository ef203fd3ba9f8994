using System.Text;

namespace Culvert.Deployment.Tests.Observability;

/// <summary>The page of all metrics is what the sources make.</summary>
public sealed class MetricPageTests
{
    private const string RenewVariable = "CULVERT_RENEW_DOCS";

    /// <summary>To renew the page, run this test with CULVERT_RENEW_DOCS=1.</summary>
    [Fact]
    public void Page_OfAllMetrics_IsWhatTheSourcesMake()
    {
        var page = Repository.PathOf("docs/metrics.md");
        var expected = Write();
        if (Environment.GetEnvironmentVariable(RenewVariable) == "1")
        {
            File.WriteAllText(page, expected);
        }

        File.ReadAllText(page).ShouldBe(expected, $"docs/metrics.md is stale: run this test with {RenewVariable}=1");
        ExposedMetrics.All.ShouldAllBe(metric => metric.Description.Length > 10);
    }

    private static string Write()
    {
        var text = new StringBuilder(
            """
            # Metrics

            Each program exposes its metrics at `/metrics` of its health listener, in the text format of Prometheus
            ([telemetry.md](telemetry.md), [alerts.md](alerts.md)). This page is generated from the sources. A histogram has the series
            `_bucket`, `_sum` and `_count`.

            | Metric | Type | Program | Meaning |
            |---|---|---|---|

            """
        );
        foreach (var metric in ExposedMetrics.All)
        {
            text.Append($"| `{metric.Name}` | {metric.Kind.ToLowerInvariant()} | {metric.Program} | ");
            text.Append(metric.Description.Replace("|", "\\|")).Append(" |\n");
        }

        return text.ToString();
    }
}

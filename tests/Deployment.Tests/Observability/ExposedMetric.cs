namespace Culvert.Deployment.Tests.Observability;

/// <summary>A metric as the sources make it.</summary>
/// <param name="Name">As a scrape shows it; of a histogram, what its three names begin with.</param>
/// <param name="Kind">Counter, Gauge or Histogram.</param>
/// <param name="Program">That exposes it; all = each of them.</param>
/// <param name="Description">As the scrape's HELP line says it.</param>
internal sealed record ExposedMetric(string Name, string Kind, string Program, string Description)
{
    /// <summary>The names of its series.</summary>
    public IEnumerable<string> SeriesNames =>
        Kind == "Histogram" ? [$"{Name}_bucket", $"{Name}_sum", $"{Name}_count"] : [Name];
}

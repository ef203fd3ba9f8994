using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.Text;

/// <summary>A metric is named as a scrape shows it: <c>metrics.md</c> is generated from the sources and lists them all.</summary>
public sealed partial class MetricNameTests
{
    private static readonly string[] OfHistograms = ["_bucket", "_sum", "_count"];

    // Of the exposition itself; members of metadata; a schema of the database.
    private static readonly string[] Others =
    [
        "culvert_metrics_dropped_total",
        "culvert_max_assertion_bytes",
        "culvert_subject_token_types_supported",
        "culvert_init",
    ];

    private static readonly Lazy<IReadOnlySet<string>> Exposed = new(() =>
        Name()
            .Matches(File.ReadAllText(Repository.PathOf("docs/metrics.md")))
            .Select(match => match.Value)
            .ToHashSet(StringComparer.Ordinal)
    );

    [Fact]
    public void Metric_OfAnyPage_IsExposedUnderThatName() =>
        Repository
            .Pages()
            .SelectMany(page => Unknown(Path.GetRelativePath(Repository.Root, page), File.ReadAllText(page)))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("`culvert_agent_audit_lost`")]
    [InlineData("`culvert_edge_clients_refused{reason}`")]
    public void Metric_UnderTheNameOfItsInstrument_IsFound(string text) => Unknown("page.md", text).Count().ShouldBe(1);

    [Theory]
    [InlineData("`culvert_agent_audit_lost_total`")]
    [InlineData("`culvert_signer_seconds_bucket`")]
    [InlineData("culvert_0.2.0_amd64.deb")]
    public void Metric_UnderItsOwnName_IsNot(string text) => Unknown("page.md", text).ShouldBeEmpty();

    private static IEnumerable<string> Unknown(string page, string text) =>
        Name()
            .Matches(text)
            .Select(match => match.Value)
            .Where(name => !Exposed.Value.Contains(name) && !Others.Contains(name) && !IsOfAHistogram(name))
            .Select(name => $"{page}: {name}");

    private static bool IsOfAHistogram(string name) =>
        Array.Exists(
            OfHistograms,
            ending => name.EndsWith(ending, StringComparison.Ordinal) && Exposed.Value.Contains(name[..^ending.Length])
        );

    [GeneratedRegex("culvert_[a-z][a-z0-9_]*")]
    private static partial Regex Name();
}

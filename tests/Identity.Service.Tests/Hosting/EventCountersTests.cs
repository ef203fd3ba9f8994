using System.Text.RegularExpressions;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Transparency;
using Culvert.Identity.Service.Transparency.Witnesses;
using Culvert.Platform.Metrics;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Hosting;

/// <summary>An alert on a counter sees its first event only if the counter existed before.</summary>
public sealed partial class EventCountersTests
{
    // Its labels are error codes, of which there is no end: the rule counts a new series with its whole value.
    private const string WithOpenLabels = "culvert_certificates_refused_total";

    [Fact]
    public async Task Start_EveryCounterThatAnAlertCounts_ExistsBeforeItsFirstEvent()
    {
        using var metrics = new MetricsText();
        await using var service = await ServiceUnderTest.StartAsync();

        var text = metrics.Write();

        var rules = await File.ReadAllTextAsync(
            CheckoutFolder.GetPath("deploy/prometheus/culvert.rules.yaml"),
            TestContext.Current.CancellationToken
        );
        var sources = string.Concat(
            Directory
                .EnumerateFiles(CheckoutFolder.GetPath("src/Identity.Service"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
                .Select(File.ReadAllText)
        );
        var counted = Increase()
            .Matches(rules)
            .Select(match => match.Groups["name"].Value)
            .Where(name => sources.Contains($"\"{name[..^"_total".Length]}\"", StringComparison.Ordinal))
            .Distinct()
            .ToList();
        counted.Count.ShouldBeGreaterThan(7, "the rules are read");
        counted
            .Where(name => name != WithOpenLabels && !name.Contains("witness", StringComparison.Ordinal))
            .Where(name => !Regex.IsMatch(text, $"^{name}[ {{]", RegexOptions.Multiline))
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("culvert_audit_disputes_total{reason=\"fork\"}")]
    [InlineData("culvert_audit_disputes_total{reason=\"rollback\"}")]
    [InlineData("culvert_audit_disputes_total{reason=\"signature\"}")]
    [InlineData("culvert_agent_checkpoint_disputes_total{reason=\"signature\"}")]
    [InlineData("culvert_exchange_replays_detected_total{mode=\"bound_reuse\"}")]
    [InlineData("culvert_webhook_attempts_total{outcome=\"failed\"}")]
    [InlineData("culvert_transparency_witness_contradictions_total{witness=\"witness-of-the-counters\"}")]
    [InlineData("culvert_transparency_witness_failures_total{witness=\"witness-of-the-counters\"}")]
    public async Task Start_LabelsThatAreKnown_EachHaveTheirSeries(string series)
    {
        using var metrics = new MetricsText();
        var counters = new EventCounters(new TransparencyOptions { Witnesses = [Witness] });

        await counters.StartAsync(TestContext.Current.CancellationToken);

        metrics.Write().ShouldContain($"\n{series} ");
    }

    private static WitnessOptions Witness { get; } =
        new()
        {
            Name = "witness-of-the-counters",
            Url = new Uri("https://witness.test"),
            Key = null!,
        };

    [GeneratedRegex(@"\bincrease\((?<name>culvert_[a-z_]+)")]
    private static partial Regex Increase();
}

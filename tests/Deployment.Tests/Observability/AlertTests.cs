using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Culvert.Deployment.Tests.Observability;

/// <summary>The alert rules: by Prometheus's own tools, over metrics that exist, each with a page that says what to do.</summary>
public sealed partial class AlertTests
{
    private const string Rules = "deploy/prometheus/culvert.rules.yaml";
    private const string RuleTests = "deploy/prometheus/culvert.rules.test.yaml";

    private static readonly IReadOnlyList<YamlNode> Alerts =
    [
        .. Yaml.Items(Yaml.Read(Repository.PathOf(Rules)), "groups").SelectMany(group => Yaml.Items(group, "rules")),
    ];

    [Theory]
    [InlineData("check", "rules", Rules)]
    [InlineData("check", "config", "deploy/prometheus/scrape.yaml")]
    [InlineData("test", "rules", RuleTests)]
    public async Task Promtool_IsContent(string verb, string what, string file) =>
        (
            await Tool.RunAsync(Repository.Unpacked("usr/bin/promtool"), [verb, what, Repository.PathOf(file)])
        ).Succeeded();

    [Fact]
    public void EveryAlert_IsTested_QuietAndRaised()
    {
        var tests = Yaml.Items(Yaml.Read(Repository.PathOf(RuleTests)), "tests")
            .SelectMany(test => Yaml.Items(test, "alert_rule_test"))
            .ToLookup(test => Yaml.Text(test, "alertname"), test => Yaml.Items(test, "exp_alerts").Any());

        foreach (var name in Alerts.Select(alert => Yaml.Text(alert, "alert")))
        {
            tests[name].ShouldContain(true, name);
            tests[name].ShouldContain(false, name);
        }
    }

    [Fact]
    public void EveryAlert_AsksForMetricsThatExist()
    {
        ExposedMetrics.Names.Count.ShouldBeGreaterThan(40, "the sources are read");
        foreach (var expression in Alerts.Select(alert => Yaml.Text(alert, "expr")))
        {
            Expressions.MetricsOf(expression).ShouldNotBeEmpty(expression);
            Expressions
                .MetricsOf(expression)
                .Where(name => !ExposedMetrics.Names.Contains(name))
                .ShouldBeEmpty(expression);
            Expressions.CountedIn(expression).ShouldAllBe(name => name.EndsWith("_total"), expression);
        }
    }

    [Fact]
    public void EveryAlert_HasItsSection_AndEverySectionItsAlert()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/alerts.md"));
        var sections = Section().Matches(page).Select(match => match.Groups["name"].Value);

        sections.ShouldBe(Alerts.Select(alert => Yaml.Text(alert, "alert")));
        Alerts.ShouldAllBe(alert =>
            Yaml.Text(alert, "annotations.runbook") == $"docs/alerts.md#{Yaml.Text(alert, "alert").ToLowerInvariant()}"
        );
        Alerts
            .Select(alert => Yaml.Text(alert, "labels.severity"))
            .Where(severity => severity is not ("critical" or "warning"))
            .ShouldBeEmpty();
    }

    [GeneratedRegex("^### (?<name>Culvert.*)$", RegexOptions.Multiline)]
    private static partial Regex Section();
}

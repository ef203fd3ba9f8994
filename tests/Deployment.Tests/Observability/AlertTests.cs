using System.Text.RegularExpressions;
using Culvert.Deployment.Tests.Kubernetes;
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

    /// <summary>Debian's Prometheus has no discovery of Kubernetes; the rest of the file is checked.</summary>
    [Fact]
    public async Task Promtool_IsContent_WithTheScrapingOnKubernetes()
    {
        const string Discovery = "kubernetes_sd_configs:\n      - role: pod\n";
        using var folder = new TestFolder();
        var text = await File.ReadAllTextAsync(
            Repository.PathOf("deploy/prometheus/scrape-kubernetes.yaml"),
            TestContext.Current.CancellationToken
        );
        text.ShouldContain(Discovery);
        File.Copy(Repository.PathOf(Rules), folder.PathOf("culvert.rules.yaml"));
        var checkable = folder.Write(
            "scrape.yaml",
            text.Replace(Discovery, "static_configs:\n      - targets: [\"127.0.0.1:1\"]\n")
        );

        (await Tool.RunAsync(Repository.Unpacked("usr/bin/promtool"), ["check", "config", checkable])).Succeeded();
    }

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
            Expressions
                .CountedIn(expression)
                .ShouldAllBe(name => name.EndsWith("_total") || name.EndsWith("_bucket"), expression);
        }
    }

    /// <summary>
    /// <c>increase()</c> of a series that begins with its first event is 0, so an alert on it misses that event.
    /// </summary>
    [Fact]
    public void EveryAlertOnEvents_CountsANewSeriesWithItsWholeValue_AndIsTestedWithOne()
    {
        var tested = Yaml.Items(Yaml.Read(Repository.PathOf(RuleTests)), "tests")
            .SelectMany(test => Yaml.Items(test, "input_series"))
            .Where(series => Yaml.Text(series, "values").StartsWith("_x", StringComparison.Ordinal))
            .SelectMany(series => Expressions.MetricsOf(Yaml.Text(series, "series")))
            .ToHashSet();

        var increases = Alerts.SelectMany(alert => Expressions.IncreasesIn(Yaml.Text(alert, "expr"))).ToList();

        increases.Count.ShouldBeGreaterThan(10, "the rules are read");
        foreach (var (counter, selector, window, expression) in increases)
        {
            expression.ShouldContain($"({selector} unless {selector} offset {window}) or increase(");
            tested.ShouldContain(counter);
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

    /// <summary>An alert on another job than the scraping gives never fires, and nothing shows that.</summary>
    [Fact]
    public async Task EveryAlert_AsksForJobs_ThatEachWayOfScrapingGives()
    {
        var asked = Alerts
            .SelectMany(alert => Job().Matches(Yaml.Text(alert, "expr")))
            .Select(match => match.Groups["job"].Value)
            .ToHashSet();
        var chart = await ManifestSet.LoadAsync("helm:everything");

        string[] jobs = ["culvert-agent", "culvert-edge", "culvert-service"];
        asked.ShouldNotBeEmpty();
        asked.ShouldBeSubsetOf(jobs);
        Scrapes("deploy/prometheus/scrape.yaml")
            .Select(scrape => Yaml.Text(scrape, "job_name"))
            .ShouldBe(jobs, ignoreOrder: true);
        chart
            .Where(manifest => manifest.Kind == "PodMonitor")
            .Select(monitor => Yaml.Text(monitor.Node, "spec.podMetricsEndpoints.0.relabelings.0.replacement"))
            .ShouldBe(jobs, ignoreOrder: true);
        // By the pods' annotations: the job is made from a label of theirs.
        Scrapes("deploy/prometheus/scrape-kubernetes.yaml")
            .SelectMany(scrape => Yaml.Items(scrape, "relabel_configs"))
            .Single(rule => Yaml.At(rule, "target_label")?.ToString() == "job")
            .ShouldSatisfyAllConditions(
                rule =>
                    Yaml.Text(rule, "source_labels.0")
                        .ShouldBe("__meta_kubernetes_pod_label_app_kubernetes_io_component"),
                rule => Yaml.Text(rule, "replacement").ShouldBe("culvert-$1")
            );
        chart
            .Where(manifest => manifest.Kind is "StatefulSet" or "Deployment")
            .Select(manifest => $"culvert-{manifest.PodLabels.First()["app.kubernetes.io/component"]}")
            .ShouldBe(jobs, ignoreOrder: true);
    }

    /// <summary>What the Prometheus operator and Grafana get from the chart.</summary>
    [Fact]
    public async Task Chart_HoldsTheRulesAndTheDashboards()
    {
        var chart = await ManifestSet.LoadAsync("helm:everything");

        var rules = chart.Single(manifest => manifest.Kind == "PrometheusRule");
        YamlJson
            .From(Yaml.At(rules.Node, "spec.groups")!)!
            .ToJsonString()
            .ShouldBe(
                YamlJson
                    .From(Yaml.At(Yaml.Read(Repository.PathOf(Rules)), "groups")!)!
                    .ToJsonString()
                    .Replace(
                        "\"runbook\":\"docs/alerts.md",
                        "\"runbook_url\":\"https://identity.example.com:8443/docs/alerts"
                    )
            );
        foreach (var file in Directory.GetFiles(Repository.PathOf("deploy/grafana"), "*.json"))
        {
            var data = Yaml.Pairs(
                Yaml.At(
                    chart
                        .Single(manifest =>
                            manifest.Name == $"demo-monitoring-{Path.GetFileNameWithoutExtension(file)}"
                        )
                        .Node,
                    "data"
                )!
            );
            data[Path.GetFileName(file)].TrimEnd().ShouldBe(File.ReadAllText(file).TrimEnd());
        }
    }

    private static IEnumerable<YamlNode> Scrapes(string file) =>
        Yaml.Items(Yaml.Read(Repository.PathOf(file)), "scrape_configs");

    [GeneratedRegex(@"\bjob=""(?<job>[^""]+)""")]
    private static partial Regex Job();

    [GeneratedRegex("^### (?<name>Culvert.*)$", RegexOptions.Multiline)]
    private static partial Regex Section();
}

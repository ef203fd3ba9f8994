using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Deployment.Tests.Observability;

/// <summary>The dashboards, by what Grafana needs to import and to draw them.</summary>
public sealed class DashboardTests
{
    private const int GridWidth = 24;

    public static TheoryData<string> Dashboards =>
        [
            .. Directory
                .EnumerateFiles(Repository.PathOf("deploy/grafana"), "*.json")
                .Select(file => Path.GetFileName(file)),
        ];

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Dashboard_CanBeImported(string file)
    {
        var board = Read(file);

        board["uid"]!.GetValue<string>().ShouldBe(Path.GetFileNameWithoutExtension(file));
        board["title"]!.GetValue<string>().ShouldStartWith("Culvert: ");
        board.ContainsKey("id").ShouldBeFalse("Grafana gives the id");
        Panels(board).Select(panel => panel["id"]!.GetValue<int>()).ShouldBeUnique();
        Panels(board).ShouldAllBe(panel => panel["datasource"]!["uid"]!.GetValue<string>() == "${datasource}");
        board["templating"]!["list"]!
            .AsArray()
            .Select(variable => variable!["name"]!.GetValue<string>())
            .ShouldBe(["datasource", "instance"]);
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Dashboard_AsksForMetricsThatExist(string file)
    {
        foreach (var panel in Panels(Read(file)))
        {
            var targets = panel["targets"]!.AsArray();
            targets.Select(target => target!["refId"]!.GetValue<string>()).ShouldBeUnique();
            foreach (var expression in targets.Select(target => target!["expr"]!.GetValue<string>()))
            {
                Expressions.MetricsOf(expression).ShouldNotBeEmpty(expression);
                Expressions
                    .MetricsOf(expression)
                    .Where(name => !ExposedMetrics.Names.Contains(name))
                    .ShouldBeEmpty(expression);
                Expressions
                    .CountedIn(expression)
                    .ShouldAllBe(name => name.EndsWith("_total") || name.EndsWith("_bucket"), expression);
                expression.ShouldContain("$instance");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Dashboard_HasNoPanelOverAnother(string file)
    {
        var taken = new HashSet<(int, int)>();
        foreach (var place in Panels(Read(file)).Select(panel => panel["gridPos"]!))
        {
            var (x, y) = (place["x"]!.GetValue<int>(), place["y"]!.GetValue<int>());
            var (w, h) = (place["w"]!.GetValue<int>(), place["h"]!.GetValue<int>());
            (x + w).ShouldBeLessThanOrEqualTo(GridWidth);
            for (var i = 0; i < w * h; i++)
            {
                taken.Add((x + (i % w), y + (i / w))).ShouldBeTrue();
            }
        }
    }

    /// <summary>All expressions of a dashboard in one file of rules, so that promtool reads the language.</summary>
    [Theory]
    [MemberData(nameof(Dashboards))]
    public async Task Dashboard_ExpressionsAreValid(string file)
    {
        using var folder = new TestFolder();
        var rules = Panels(Read(file))
            .SelectMany(panel => panel["targets"]!.AsArray())
            .Select((target, i) => new { record = $"check:{i}", expr = target!["expr"]!.GetValue<string>() });
        var text = JsonSerializer.Serialize(new { groups = new[] { new { name = "dashboard", rules } } });
        var written = folder.Write("rules.yaml", text);

        (await Tool.RunAsync(Repository.Unpacked("usr/bin/promtool"), ["check", "rules", written])).Succeeded();
    }

    private static JsonObject Read(string file) =>
        JsonNode.Parse(File.ReadAllText(Repository.PathOf($"deploy/grafana/{file}")))!.AsObject();

    private static IEnumerable<JsonObject> Panels(JsonObject board) =>
        board["panels"]!.AsArray().Select(p => p!.AsObject());
}

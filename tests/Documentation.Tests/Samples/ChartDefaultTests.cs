using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.Samples;

/// <summary>What the chart's values and their comments say of the programs' defaults, against the programs themselves.</summary>
public sealed class ChartDefaultTests
{
    // What has no default; everything else is shown with one.
    private static readonly IReadOnlyDictionary<string, string> Required = new Dictionary<string, string>
    {
        ["tunnel-edge"] = """
            config_version: 1
            edge_id: edge_010000000000000000000000
            identity: {url: "https://a.example:8443", organization_id: 11111111-1111-1111-1111-111111111111, rule_id: fdrl_010000000000000000000000}
            """,
        ["identity-service"] = """
            config_version: 1
            public_url: https://a.example:8443
            machine_url: https://a.example:8444
            keys: {sealing_key: "env:KEY"}
            """,
        ["tunnel-agent"] = """
            config_version: 1
            identity: {url: "https://a.example:8443", organization_id: 11111111-1111-1111-1111-111111111111, rule_id: fdrl_010000000000000000000000}
            tunnel: {id: tnl_010000000000000000000000}
            routes: {docs: {upstream: {url: "http://127.0.0.1:3001"}, oauth: {mode: dangerous_none}}}
            """,
    };

    [Theory]
    [InlineData("tunnel-edge", "sni.listen", @"internet to (\d+) \(SNI\)")]
    [InlineData("tunnel-edge", "sni.public_port", @"sniPort: (\d+)")]
    [InlineData("tunnel-edge", "connect.listen", @"and (\d+) \(CONNECT\)")]
    [InlineData("tunnel-edge", "connect.public_port", @"connectPort: (\d+)")]
    [InlineData("tunnel-edge", "agents.listen", @"from agents to (\d+)\.")]
    [InlineData("tunnel-edge", "agents.listen", @"agentsPort: (\d+)")]
    [InlineData("identity-service", "api.listen", @"apiPort: (\d+)")]
    [InlineData("identity-service", "machine.listen", @"machinePort: (\d+)")]
    public async Task Port_OfTheChart_IsTheProgramsDefault(string program, string key, string written)
    {
        var port = Regex.Match(Chart, written);

        port.Success.ShouldBeTrue(written);
        (await DefaultAsync(program, key)).Trim('[', ']').Split(':')[^1].ShouldBe(port.Groups[1].Value);
    }

    /// <summary>Else Kubernetes kills a part that still drains, and the comment is wrong.</summary>
    [Theory]
    [InlineData("identity-service", "service")]
    [InlineData("tunnel-edge", "edge")]
    [InlineData("tunnel-agent", "agent")]
    public async Task Grace_OfTheChart_IsLongerThanTheKeysThatItsCommentNames(string program, string part)
    {
        var section = Regex
            .Match(Chart, $@"^{part}:\n(?<text>(?:  .*\n)+)", RegexOptions.Multiline)
            .Groups["text"]
            .Value;
        var grace = Regex.Match(section, @"^  terminationGracePeriodSeconds: (\d+)$", RegexOptions.Multiline);
        var comment = Regex.Match(section, @"# terminationGracePeriodSeconds: more than (?<keys>[^.,]+(?:\.\w+)?)");
        var added = Regex.Match(Chart, @"\(drain_delay: (\d+)s\)");

        var seconds = 0;
        foreach (Match key in Regex.Matches(comment.Groups["keys"].Value, @"[a-z]+(?:\.[a-z_]+|_[a-z]+)+"))
        {
            // The chart sets this one itself.
            seconds +=
                key.Value == "drain_delay"
                    ? Number(added.Groups[1].Value)
                    : Seconds(await DefaultAsync(program, key.Value));
        }

        seconds.ShouldBeGreaterThan(0, comment.Value);
        Number(grace.Groups[1].Value).ShouldBeGreaterThan(seconds);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    // As the programs show durations: the largest unit that divides them.
    private static int Seconds(string duration) =>
        Number(duration[..^1])
        * duration[^1] switch
        {
            's' => 1,
            'm' => 60,
            _ => throw new FormatException(duration),
        };

    private static string Chart => File.ReadAllText(Repository.PathOf("deploy/helm/culvert/values.yaml"));

    private static async Task<string> DefaultAsync(string program, string key)
    {
        var cancel = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("culvert-chart-").FullName;
        try
        {
            var file = Path.Combine(folder, "config.yaml");
            await File.WriteAllTextAsync(file, Required[program], cancel);
            var (_, output) = await BuiltProgram.RunAsync(program, ["config", "show", "--config", file], cancel);
            var shown = Regex.Match(
                output,
                $@"^{Regex.Escape(key)}: (?<value>.*?) +# default$",
                RegexOptions.Multiline
            );
            shown.Success.ShouldBeTrue(output);
            return shown.Groups["value"].Value;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

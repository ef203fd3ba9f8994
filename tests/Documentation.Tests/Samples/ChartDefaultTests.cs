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
            edge_id: edge_01
            identity: {url: "https://a.example:8443", organization_id: o, rule_id: fdrl_01}
            """,
        ["identity-service"] = """
            config_version: 1
            public_url: https://a.example:8443
            machine_url: https://a.example:8444
            keys: {sealing_key: "env:KEY"}
            """,
        ["tunnel-agent"] = """
            config_version: 1
            identity: {url: "https://a.example:8443", organization_id: o, rule_id: fdrl_01}
            tunnel: {id: tnl_01}
            routes: {docs: {upstream: {url: "http://127.0.0.1:3001"}, oauth: {mode: dangerous_none}}}
            """,
    };

    [Theory]
    [InlineData("tunnel-edge", "sni.listen", @"internet to (\d+) \(SNI\)")]
    [InlineData("tunnel-edge", "sni.public_port", @"sni_port: (\d+)")]
    [InlineData("tunnel-edge", "connect.listen", @"and (\d+) \(CONNECT\)")]
    [InlineData("tunnel-edge", "connect.public_port", @"connect_port: (\d+)")]
    [InlineData("tunnel-edge", "agents.listen", @"from agents to (\d+)\.")]
    [InlineData("tunnel-edge", "agents.listen", @"agents_port: (\d+)")]
    [InlineData("identity-service", "api.listen", @"api_port: (\d+)")]
    [InlineData("identity-service", "machine.listen", @"machine_port: (\d+)")]
    public async Task Port_OfTheChart_IsTheProgramsDefault(string program, string key, string written)
    {
        var port = Regex.Match(Chart, written);

        port.Success.ShouldBeTrue(written);
        (await DefaultAsync(program, key)).Trim('[', ']').Split(':')[^1].ShouldBe(port.Groups[1].Value);
    }

    /// <summary>Else Kubernetes kills an agent that still drains, and the comment is wrong.</summary>
    [Fact]
    public async Task Grace_OfTheChart_IsLongerThanTheKeyThatItsCommentNames()
    {
        var written = Regex.Match(Chart, @"termination_grace: (\d+) +# seconds; more than (\S+)");

        var drain = await DefaultAsync("tunnel-agent", written.Groups[2].Value);

        drain.ShouldEndWith("s");
        int.Parse(written.Groups[1].Value, CultureInfo.InvariantCulture)
            .ShouldBeGreaterThan(int.Parse(drain.TrimEnd('s'), CultureInfo.InvariantCulture));
    }

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

using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Outages;

/// <summary>
/// One hop after the other is broken on a running system: the doctor of that hop's program names it, and its next step
/// is the one that helps. Errors in files are made in a copy of the agent's files, while the agent runs.
/// </summary>
[Collection(RefusedSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class BrokenHopTests(RefusedSystem system) : SystemTest(system)
{
    private const string Garbage = "garbage.pem";

    private string AgentFile => Installation.Run.File(TunnelAgent.AutomaticName, "agent.yaml");

    public enum Mistake
    {
        Pin,
        PlatformCa,
        PlatformCaMissing,
        IssuerCa,
        IssuerCaMissing,
        IssuerCaGarbage,
        Tunnel,
        Rule,
    }

    [Theory]
    [InlineData(Mistake.Pin, "identity_service", "culvert platform-root show")]
    [InlineData(Mistake.PlatformCa, "identity_service", "culvert platform-root show")]
    [InlineData(Mistake.PlatformCaMissing, "configuration", "tunnel-agent config check")]
    [InlineData(Mistake.IssuerCa, "issuer_keys", "(issuers.corp.ca_file)")]
    [InlineData(Mistake.IssuerCaMissing, "configuration", "tunnel-agent config check")]
    [InlineData(Mistake.IssuerCaGarbage, "configuration", "tunnel-agent config check")]
    [InlineData(Mistake.Tunnel, "organization", "is the tunnel you mean, set tunnel.id to it")]
    [InlineData(Mistake.Rule, "token_exchange", "culvert explain req_")]
    public async Task AgentFile_WithAMistake_IsNamedWithItsStep(Mistake mistake, string check, string next)
    {
        var file = Installation.Run.File(TunnelAgent.AutomaticName, $"{mistake}.yaml");
        await File.WriteAllTextAsync(file, Break(mistake, await File.ReadAllTextAsync(AgentFile, Cancel)), Cancel);
        try
        {
            (await DoctorAsync(TunnelAgent.AutomaticName, file)).ShouldFail(check, next);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task IdentityProvider_Stopped_IsNamedByAgentAndService()
    {
        await Installation.IdentityProvider.Process.KillAsync(Cancel);
        try
        {
            var agent = await DoctorAsync(TunnelAgent.AutomaticName, AgentFile);
            agent.ShouldFail("identity_token", "Check that the identity provider runs");
            agent.Of("identity_token").GetProperty("evidence").ToString().ShouldContain("ECONNREFUSED");
            agent.ShouldFail("issuer_keys", "start the identity provider there");

            var service = await DoctorAsync(IdentityService.Name, Installation.Service.ConfigurationFile);
            service.StatusOf("issuers").ShouldBe("Warn");
            service.NextOf("issuers").ShouldContain("Check that the identity provider of");
        }
        finally
        {
            Installation.IdentityProvider.Start();
            Installation.RecordProcesses();
            await Installation.IdentityProvider.WaitAsync(Cancel);
        }
    }

    [Fact]
    public async Task McpServer_Stopped_IsNamedByAgentAndClient()
    {
        var token = Installation.Run.File("caller-token");
        await File.WriteAllTextAsync(token, await Installation.TokenAsync(Installation.Endpoint, Cancel), Cancel);
        await Installation.McpServer.Process.KillAsync(Cancel);
        try
        {
            (await DoctorAsync(TunnelAgent.AutomaticName, AgentFile)).ShouldFail(
                "upstreams",
                $"tunnel-agent routes test {TunnelAgent.Route}"
            );
            var client = await ClientDoctorAsync("--token-file", token);
            client.ShouldFail("call", "tunnel-agent doctor");
            client.Of("call").GetProperty("summary").ToString().ShouldContain("failed at hop upstream: 502");
        }
        finally
        {
            Installation.McpServer.Start();
            Installation.RecordProcesses();
            File.Delete(token);
        }

        await Installation.McpServer.WaitAsync(Cancel); // the agent may be ready without having noticed that it was down
        await System.UntilReadyAsync(Cancel);
    }

    [Fact]
    public async Task Edge_Stopped_IsNamedByAgentEdgeAndClient()
    {
        await Installation.Edge.Process.KillAsync(Cancel);
        try
        {
            (await DoctorAsync(TunnelAgent.AutomaticName, AgentFile)).ShouldFail("edges", "start the edge there");
            (await DoctorAsync(TunnelEdge.Name, Installation.Run.File(TunnelEdge.Name, "edge.yaml"))).ShouldFail(
                "edge_running",
                "systemctl status culvert-edge"
            );
            (await ClientDoctorAsync()).ShouldFail("call", "start the edge there");
        }
        finally
        {
            await System.RestartAsync(Installation.Edge.Process, Installation.Edge.Health, Cancel);
        }

        await System.UntilReadyAsync(Cancel);
    }

    [Fact]
    public async Task Service_Killed_IsNamedByItsOwnDoctorToo()
    {
        await Installation.Service.Process.KillAsync(Cancel);
        try
        {
            (await DoctorAsync(IdentityService.Name, Installation.Service.ConfigurationFile)).ShouldFail(
                "service_running",
                "systemctl status culvert-identity-service"
            );
            (await DoctorAsync(TunnelAgent.AutomaticName, AgentFile)).ShouldFail(
                "identity_service",
                "start the identity service there"
            );
        }
        finally
        {
            await System.RestartAsync(Installation.Service.Process, Installation.Service.Health, Cancel);
        }

        await System.UntilReadyAsync(Cancel);
    }

    [Fact]
    public async Task Tunnel_WithoutAnAuthority_IsToldHowToGetOne()
    {
        var bare = await Installation.Operator.CreateAsync("tunnel create bare", Cancel);
        try
        {
            var service = await DoctorAsync(IdentityService.Name, Installation.Service.ConfigurationFile);

            service.StatusOf("tunnel_certificates").ShouldBe("Warn");
            service.NextOf("tunnel_certificates").ShouldContain($"culvert ca register NAME --tunnel {bare}");
        }
        finally
        {
            await Installation.Operator.RunAsync($"tunnel archive {bare}", Cancel, "--yes");
        }
    }

    private string Break(Mistake mistake, string yaml)
    {
        var (platform, issuer) = (Installation.Service.PlatformCaFile, Installation.IdentityProvider.CaFile);
        var garbage = Installation.Run.File(TunnelAgent.AutomaticName, Garbage);
        File.WriteAllText(garbage, "not a certificate\n");
        var tunnel = Installation.Record.Tunnel.Id;
        var broken = mistake switch
        {
            Mistake.Pin => yaml.Replace($"ca_file: {platform}", $"ca_sha256: \"{new string('0', 64)}\""),
            Mistake.PlatformCa => yaml.Replace(platform, issuer),
            Mistake.PlatformCaMissing => yaml.Replace(platform, platform + ".missing"),
            Mistake.IssuerCa => yaml.Replace(issuer, platform),
            Mistake.IssuerCaMissing => yaml.Replace(issuer, issuer + ".missing"),
            Mistake.IssuerCaGarbage => yaml.Replace(issuer, garbage),
            Mistake.Tunnel => yaml.Replace(tunnel, tunnel[..^1] + (tunnel[^1] == 'a' ? 'b' : 'a')),
            _ => yaml.Replace(Installation.Record.AgentRuleId, Installation.Record.EdgeRuleId),
        };
        broken.ShouldNotBe(yaml);
        return broken;
    }

    private async Task<Report> DoctorAsync(string program, string configuration) =>
        Report.Of(
            await Tool.RunAsync(
                Path.Combine(Installation.Run.Binaries, program),
                ["doctor", "--json", "--config", configuration],
                Installation.Run.Path,
                Cancel
            )
        );

    private async Task<Report> ClientDoctorAsync(params string[] more) =>
        Report.Of(
            await Installation.Operator.TryRunAsync(
                [
                    "doctor",
                    "--tunnel",
                    Installation.Record.Tunnel.Id,
                    "--route",
                    TunnelAgent.Route,
                    "--connect-to",
                    Installation.Ingress,
                    "-o",
                    "json",
                    .. more,
                ],
                Cancel
            )
        );

    /// <summary>What a doctor printed; never the words of a library.</summary>
    private sealed record Report(IReadOnlyDictionary<string, JsonElement> Checks, string Text)
    {
        public static Report Of(ToolResult result)
        {
            var text = result.Output + result.Error;
            text.ShouldNotContain("inner exception");
            Regex.Match(text, @"\bSystem\.|\b[A-Za-z]+Exception\b|   at Culvert\.").Value.ShouldBe("");
            using var document = JsonDocument.Parse(result.Output);
            return new Report(
                document
                    .RootElement.Clone()
                    .GetProperty("checks")
                    .EnumerateArray()
                    .ToDictionary(check => check.GetProperty("id").GetString()!),
                text
            );
        }

        public JsonElement Of(string check) => Checks[check];

        public string StatusOf(string check) => Checks[check].GetProperty("status").GetString()!;

        public string NextOf(string check) =>
            string.Join('\n', Checks[check].GetProperty("next").EnumerateArray().Select(step => step.GetString()));

        public void ShouldFail(string check, string next)
        {
            StatusOf(check).ToLowerInvariant().ShouldBe("fail", Text);
            NextOf(check).ShouldContain(next);
        }
    }
}

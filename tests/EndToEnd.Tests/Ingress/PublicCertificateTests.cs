using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Testing;
using Culvert.Testing.Dns;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Ingress;

/// <summary>
/// Issue, serve and take over with the real programs: a CA that looks for itself comes in at the edge's public port, and
/// clients trust that CA's root alone (S24, S25).
/// </summary>
[Collection(IngressSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class PublicCertificateTests(IngressSystem system) : SystemTest(system)
{
    // An agent that has looked in vain a few times looks again within five minutes.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private string Name => $"{TunnelAgent.Route}.{Installation.Record.Tunnel.Domain}";

    [Fact]
    public async Task Acme_ThroughTheBlindEdge_EachAgentServesACertificateOfThePublicCa()
    {
        await using var dns = ScriptedDns.Start();
        dns.Address(Name, "127.0.0.1");
        await using var pebble = await Pebble.StartAsync(dns.EndPoint, System.Ingress.Port);
        var ports = PortProbe.FreeBlock();
        var second = new TunnelAgent(
            "tunnel-agent-public",
            Installation.Run,
            ports.ManualAgentHealth,
            TimeProvider.System
        );
        var first = Installation.Agent;
        var file = Installation.Run.File(first.Name, "agent.yaml");
        var before = await File.ReadAllTextAsync(file, Cancel);
        try
        {
            await File.WriteAllTextAsync(file, Public(before, pebble, dns), Cancel);
            await first.Process.StopAsync(TimeSpan.FromSeconds(30), Cancel);
            first.Start();
            await first.WaitAsync(Cancel);
            await ConfigureAsync(second, pebble, dns);
            second.Start();
            await second.WaitAsync(Cancel);
            Installation.RecordProcesses();

            string[] accounts = [await AccountAsync(first), await AccountAsync(second)];
            // The account is stored before its name is checked.
            await UntilAsync(
                async () =>
                    (await File.ReadAllTextAsync(first.Process.LogFile, Cancel)).Contains(
                        "acme.caa_missing",
                        StringComparison.Ordinal
                    ),
                "the missing record is found out",
                Limit
            );
            dns.Issuers(Name, accounts.Select(a => $"pebble.test; accounturi={a}; validationmethods=tls-alpn-01"));
            var root = await pebble.RootAsync();
            await UntilAsync(
                async () => await HasCertificateAsync(first) && await HasCertificateAsync(second),
                "both agents have a certificate",
                Limit
            );
            (await SerialAsync(root)).ShouldNotBeNull();

            // Whichever of the two served so far: the other has one of its own.
            await first.Process.StopAsync(TimeSpan.FromSeconds(30), Cancel);
            await UntilAsync(async () => await SerialAsync(root) is not null, "the second serves", Limit);
            first.Start();
            await first.WaitAsync(Cancel);
            await second.Process.StopAsync(TimeSpan.FromSeconds(30), Cancel);
            await UntilAsync(async () => await SerialAsync(root) is not null, "the first serves", Limit);
        }
        finally
        {
            await File.WriteAllTextAsync(file, before, CancellationToken.None);
            await first.Process.StopAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
            await second.Process.StopAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
            first.Start();
            await first.WaitAsync(CancellationToken.None);
            Installation.RecordProcesses();
        }
    }

    private async Task ConfigureAsync(TunnelAgent agent, Pebble pebble, ScriptedDns dns)
    {
        var record = Installation.Record;
        await agent.ConfigureAsync(
            Installation.Federated(record.AgentRuleId, IdentityProvider.AgentClient).ToYaml(),
            record.Tunnel.Id,
            certificates: "",
            new Dictionary<string, Uri> { [TunnelAgent.Route] = Installation.McpServer.Upstream },
            [],
            areMcp: false,
            Installation.IdentityProvider,
            Cancel
        );
        var file = Installation.Run.File(agent.Name, "agent.yaml");
        await File.WriteAllTextAsync(file, Public(await File.ReadAllTextAsync(file, Cancel), pebble, dns), Cancel);
    }

    private static string Public(string yaml, Pebble pebble, ScriptedDns dns) =>
        yaml.Replace("    oauth:", "    certificate: acme\n    oauth:", StringComparison.Ordinal)
        + $$"""

            acme:
              directory: {{pebble.DirectoryUrl}}
              ca_file: "{{pebble.CaFile}}"
              allowed_ranges: [127.0.0.0/8]
              accept_terms: true
              caa_identity: pebble.test
              resolvers: ["{{dns.EndPoint}}"]

            """;

    private async Task<string> AccountAsync(TunnelAgent agent)
    {
        string? url = null;
        await UntilAsync(
            async () =>
            {
                foreach (var file in Directory.EnumerateFiles(StateOf(agent), "acme-*.account.json"))
                {
                    using var stored = JsonDocument.Parse(await File.ReadAllTextAsync(file, Cancel));
                    url = stored.RootElement.GetProperty("url").GetString();
                }

                return url is not null;
            },
            "the agent has an account",
            Limit
        );
        return url!;
    }

    private async Task<bool> HasCertificateAsync(TunnelAgent agent)
    {
        foreach (var file in Directory.EnumerateFiles(StateOf(agent), "acme-*.names.json"))
        {
            using var stored = JsonDocument.Parse(await File.ReadAllTextAsync(file, Cancel));
            return stored
                .RootElement.EnumerateArray()
                .All(n => n.GetProperty("certificates_pem").ValueKind == JsonValueKind.String);
        }

        return false;
    }

    private string StateOf(TunnelAgent agent) => Path.Combine(Installation.Run.Folder(agent.Name), "state");

    /// <summary>A client of the public port that trusts the CA's root alone; null when it refuses what it is shown.</summary>
    private async Task<string?> SerialAsync(X509Certificate2 root)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(root);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(System.Ingress, Cancel);
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = Name, CertificateChainPolicy = policy },
                Cancel
            );
            return tls.RemoteCertificate!.GetSerialNumberString();
        }
        catch (Exception e)
            when (e is IOException or SocketException or global::System.Security.Authentication.AuthenticationException)
        {
            return null;
        }
    }
}

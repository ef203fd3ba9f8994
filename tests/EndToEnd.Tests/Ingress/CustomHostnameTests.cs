using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Ingress;

/// <summary>
/// A name of one's own with the real programs (S26): claimed, proven in its zone, served by the agent with a certificate
/// from files that a reload brings, called by its name through the edge, and given up.
/// </summary>
[Collection(IngressSystemCollection.Name)]
public sealed class CustomHostnameTests(IngressSystem system) : SystemTest(system)
{
    private const string Name = "mcp.corp.example";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private ScriptedDnsZone Zone => new(((IngressSystem)System).Dns);

    private string AgentFile => Installation.Run.File(TunnelAgent.AutomaticName, "agent.yaml");

    [Fact]
    public async Task Hostname_ClaimedAndProven_IsServedByItsNameUntilItIsGivenUp()
    {
        var (culvert, tunnel) = (Installation.Operator, Installation.Record.Tunnel);
        var before = await File.ReadAllTextAsync(AgentFile, Cancel);
        try
        {
            var claim = await culvert.RunAsync($"tunnel hostname add {tunnel.Id} {Name}", Cancel);
            Text(claim, "state").ShouldBe("pending");
            (await IsKnownAsync()).ShouldBeFalse(); // without an owner, until it is proven

            Text(await CheckAsync(), "check_result").ShouldBe("unreachable"); // its zone has no server
            Zone.Delegate("corp.example");
            Text(await CheckAsync(), "check_result").ShouldBe("missing");
            Zone.Publish(Name, Text(claim, "cname_target"), Text(claim, "txt_name"), Text(claim, "txt_value"));
            Text(await CheckAsync(), "state").ShouldBe("active");
            Text(claim, "cname_target").ShouldBe(tunnel.Domain);

            var root = ServeFromFiles(before);
            await UntilAsync(() => CallAsync(root), "the name is called");

            await culvert.RunAsync($"tunnel hostname remove {tunnel.Id} {Name}", Cancel);
            await UntilAsync(async () => !await IsKnownAsync(), "the name is nobody's again");
        }
        finally
        {
            await File.WriteAllTextAsync(AgentFile, before, CancellationToken.None);
            await System.UntilReadyAsync(CancellationToken.None);
            await UntilAsync(IsServedAsUsualAsync, "the agent is what it was");
        }
    }

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;

    // The exit code also shows that a name is not active yet.
    private async Task<JsonElement> CheckAsync()
    {
        string[] command = ["tunnel", "hostname", "check", Installation.Record.Tunnel.Id, Name, "-o", "json"];
        var result = await Installation.Operator.TryRunAsync(command, Cancel);
        result.Output.ShouldNotBeEmpty(result.Error);
        using var document = JsonDocument.Parse(result.Output);
        return document.RootElement.Clone();
    }

    /// <summary>The route gets the name, and all names a certificate of an authority of the company's own.</summary>
    private string ServeFromFiles(string before)
    {
        var folder = Installation.Run.Folder("custom-leaf");
        var (leaf, key, root) = (
            Path.Combine(folder, "leaf.pem"),
            Path.Combine(folder, "leaf.key"),
            Path.Combine(folder, "root.pem")
        );
        Issue(leaf, key, root);
        File.WriteAllText(
            AgentFile,
            before.Replace("    oauth:", $"    hostnames: [{Name}]\n    oauth:", StringComparison.Ordinal)
                + $$"""

                certificates: {source: files, certificate_file: "{{leaf}}", key_file: "{{key}}"}

                """
        );
        return root;
    }

    private static void Issue(string leafFile, string keyFile, string rootFile)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var asked = new CertificateRequest("CN=Own root", rootKey, HashAlgorithmName.SHA256);
        asked.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = asked.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=leaf", leafKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Name);
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(root, now.AddHours(-1), now.AddHours(12), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(rootFile, root.ExportCertificatePem());
        File.WriteAllText(leafFile, leaf.ExportCertificatePem());
        File.WriteAllText(keyFile, leafKey.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private async Task<bool> CallAsync(string root)
    {
        var endpoint = new Uri($"https://{Name}:{System.Ingress.Port}/mcp");
        try
        {
            using var caller = new McpCaller(
                endpoint,
                root,
                System.Ingress,
                cancel => Installation.TokenAsync(endpoint, cancel)
            );
            await caller.InitializeAsync(Cancel);
            (await caller.EchoAsync("by its own name", Cancel)).ShouldContain("by its own name");
            return true;
        }
        catch (HttpRequestException)
        {
            return false; // feed or file are on their way
        }
    }

    private async Task<bool> IsServedAsUsualAsync()
    {
        try
        {
            using var caller = await System.ConnectAsync(CancellationToken.None);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // S23: the edge answers names of no tunnel with alert 112.
    private async Task<bool> IsKnownAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(System.Ingress, Cancel);
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = Name }, Cancel);
            return true;
        }
        catch (AuthenticationException e)
        {
            // A certificate that is not believed came from the agent; an alert from the edge, before there was one.
            return !$"{e}".Contains("unrecognized name", StringComparison.OrdinalIgnoreCase);
        }
        catch (IOException)
        {
            return true; // cut on the way: by a server that knew it
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(Limit, what);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>What the company publishes.</summary>
    private sealed class ScriptedDnsZone(Culvert.Testing.Dns.ScriptedDns dns)
    {
        public void Delegate(string zone) => dns.NameServer(zone, $"ns.{zone}").Address($"ns.{zone}", "127.0.0.1");

        public void Publish(string name, string target, string txtName, string txtValue) =>
            dns.Alias(name, target).Address(target, "127.0.0.1").Text(txtName, txtValue);
    }
}

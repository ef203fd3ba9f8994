using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Authorization;

/// <summary>OAuth with a real identity provider: who gets in, who does not, and where the token never goes.</summary>
[Collection(StandardSystemCollection.Name)]
public sealed class RouteAuthorizationTests(StandardSystem system) : SystemTest(system)
{
    [Fact]
    public async Task Call_WithoutAToken_LearnsWhereToSignIn()
    {
        using var client = Client(Installation.Record.Tunnel.TrustBundle);

        using var answer = await client.GetAsync(Installation.Endpoint, Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var metadata = answer.Headers.WwwAuthenticate.First().Parameter!.Split('"')[1];
        using var document = JsonDocument.Parse(await client.GetStringAsync(new Uri(metadata), Cancel));
        document.RootElement.GetProperty("resource").GetString().ShouldBe(Installation.Endpoint.AbsoluteUri);
        document
            .RootElement.GetProperty("authorization_servers")[0]
            .GetString()
            .ShouldBe(Installation.IdentityProvider.Issuer);
    }

    [Fact]
    public async Task A8_TokensOfBothTunnels_OpenTheirOwnAlone()
    {
        var record = Installation.Record;
        (Uri Url, string Bundle)[] routes =
        [
            (Installation.Endpoint, record.Tunnel.TrustBundle),
            (Installation.ManualEndpoint, record.Manual!.TrustBundle),
        ];
        foreach (var meant in routes)
        {
            var token = await Installation.TokenAsync(meant.Url, Cancel);
            foreach (var used in routes)
            {
                using var client = Client(used.Bundle);
                using var request = new HttpRequestMessage(HttpMethod.Post, used.Url)
                {
                    Content = new StringContent(
                        """{"jsonrpc":"2.0","id":1,"method":"ping"}""",
                        Encoding.UTF8,
                        "application/json"
                    ),
                };
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                using var answer = await client.SendAsync(request, Cancel);
                (answer.StatusCode == HttpStatusCode.Unauthorized).ShouldBe(meant != used, $"{meant.Url} {used.Url}");
            }
        }
    }

    [Fact]
    public async Task McpSdk_ToldTheUrlAlone_FindsItsWay()
    {
        var checkout = Checkout.Find();
        var idp = Installation.IdentityProvider;
        var roots = Installation.Run.File("sdk-roots.pem");
        await File.WriteAllTextAsync(
            roots,
            await File.ReadAllTextAsync(Installation.Record.Tunnel.TrustBundle, Cancel)
                + await File.ReadAllTextAsync(idp.CaFile, Cancel),
            Cancel
        );
        var environment = await NameResolution.ForClientAsync(checkout, Installation.Endpoint.Host, Cancel);
        environment["NODE_EXTRA_CA_CERTS"] = roots;

        var result = await Tool.RunAsync(
            "node",
            [
                Path.Combine(checkout.Peers, "callers", "mcp-client.mjs"),
                Installation.Endpoint.AbsoluteUri,
                idp.Issuer,
                IdentityProvider.McpClient,
                idp.SecretFile(IdentityProvider.McpClient),
            ],
            checkout.Peers,
            Cancel,
            environment
        );

        result.Succeeded.ShouldBeTrue(result.Error);
        using var seen = JsonDocument.Parse(result.Output);
        seen.RootElement.GetProperty("echo").GetString().ShouldBe("Echo: found my way");
        var requests = seen.RootElement.GetProperty("requests").EnumerateArray().ToList();
        requests[0].GetProperty("status").GetInt32().ShouldBe(401);
        requests[1].GetProperty("url").GetString()!.ShouldContain("/.well-known/oauth-protected-resource/mcp");
        requests[1].GetProperty("status").GetInt32().ShouldBe(200);
        requests[2].GetProperty("url").GetString()!.ShouldStartWith($"{idp.Issuer}/.well-known/");
        var token = requests.Single(r => r.TryGetProperty("resource", out _));
        token.GetProperty("resource").GetString().ShouldBe(Installation.Endpoint.AbsoluteUri);
    }

    [Fact]
    public async Task A16_CanaryToken_IsNowhereBeyondTheAgent()
    {
        var token = await Installation.TokenAsync(Installation.Endpoint, Cancel);
        var marker = RandomNumberGenerator.GetHexString(32, lowercase: true);
        using var caller = await System.ConnectAsync(Cancel);

        (await caller.EchoAsync(marker, Cancel)).ShouldBe($"Echo: {marker}");

        System.UpstreamSide.Count(Encoding.UTF8.GetBytes(marker)).ShouldBePositive("the control: the call went there");
        var signature = token.Split('.')[2];
        System.UpstreamSide.Count(Encoding.UTF8.GetBytes(signature)).ShouldBe(0);
        System.AgentSide.Count(Encoding.UTF8.GetBytes(signature)).ShouldBe(0);
        foreach (
            var (process, health) in ((ProgramProcess, HealthProbe)[])
                [
                    (Installation.Agent.Process, Installation.Agent.Health),
                    (Installation.Edge.Process, Installation.Edge.Health),
                ]
        )
        {
            (await File.ReadAllTextAsync(process.LogFile, Cancel)).ShouldNotContain(signature);
            (await health.MetricsAsync(Cancel)).ShouldNotContain(signature);
        }

        (await File.ReadAllTextAsync(Installation.McpServer.Process.LogFile, Cancel)).ShouldNotContain(signature);
        (await PageAsync()).ShouldNotContain(signature);

        // What a dump of these processes would hold; the agent's would, since it checked the token.
        byte[][] dumped = [Encoding.UTF8.GetBytes(signature)];
        ProcessMemory.Count(Installation.McpServer.Process.Stamp.Pid, dumped).ShouldBe(0);
        ProcessMemory.Count(Installation.Edge.Process.Stamp.Pid, dumped).ShouldBe(0);
    }

    private async Task<string> PageAsync()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        return await client.GetStringAsync(new Uri(Installation.Agent.Health.BaseAddress, "/ui"), Cancel);
    }

    private static HttpClient Client(string trustBundle) =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions
                {
                    CertificateChainPolicy = McpCaller.TrustOnly(trustBundle),
                },
            }
        );
}

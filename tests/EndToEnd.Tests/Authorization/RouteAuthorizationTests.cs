using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.EndToEnd.Tests.SignIn;
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
        var challenge = answer.Headers.WwwAuthenticate.First().Parameter!;
        Member(challenge, "scope").ShouldBe(IdentityProvider.McpScope);
        var metadata = new Uri(Member(challenge, "resource_metadata"));
        using var document = JsonDocument.Parse(await client.GetStringAsync(metadata, Cancel));
        document.RootElement.GetProperty("resource").GetString().ShouldBe(Installation.Endpoint.AbsoluteUri);
        document
            .RootElement.GetProperty("authorization_servers")[0]
            .GetString()
            .ShouldBe(Installation.IdentityProvider.Issuer);
        document
            .RootElement.GetProperty("scopes_supported")
            .EnumerateArray()
            .Select(scope => scope.GetString())
            .ShouldBe([IdentityProvider.McpScope]);
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
    public async Task McpSdk_WithClientCredentials_FindsItsWay()
    {
        var idp = Installation.IdentityProvider;

        var result = await RunSdkAsync(
            null,
            idp.Issuer,
            IdentityProvider.McpClient,
            idp.SecretFile(IdentityProvider.McpClient)
        );

        result.Succeeded.ShouldBeTrue(result.Error);
        using var seen = JsonDocument.Parse(result.Output);
        seen.RootElement.GetProperty("echo").GetString().ShouldBe("Echo: found my way");
        Asked(seen)[..3]
            .ShouldBe([
                (401, Installation.Endpoint.AbsoluteUri),
                (200, MetadataUrl),
                (200, $"{idp.Issuer}/.well-known/oauth-authorization-server"),
            ]);
        Resources(seen).ShouldBe([Installation.Endpoint.AbsoluteUri]);
    }

    [Fact]
    public async Task McpSdk_ToldTheUrlAlone_RegistersAndLetsAPersonSignIn()
    {
        var idp = Installation.IdentityProvider;

        var result = await RunSdkAsync("developer");

        result.Succeeded.ShouldBeTrue(result.Error);
        using var seen = JsonDocument.Parse(result.Output);
        seen.RootElement.GetProperty("echo").GetString().ShouldBe("Echo: found my way");
        seen.RootElement.GetProperty("tools").GetArrayLength().ShouldBePositive();
        Asked(seen)[..4]
            .ShouldBe([
                (401, Installation.Endpoint.AbsoluteUri),
                (200, MetadataUrl),
                (200, $"{idp.Issuer}/.well-known/oauth-authorization-server"),
                (201, $"{idp.Issuer}/reg"),
            ]);
        Asked(seen).ShouldContain((200, $"{idp.Issuer}/token"));
        Resources(seen).ShouldBe([Installation.Endpoint.AbsoluteUri]);
        var opened = HttpUtility.ParseQueryString(new Uri(seen.RootElement.GetProperty("opened").GetString()!).Query);
        opened["code_challenge_method"].ShouldBe("S256");
        opened["scope"].ShouldBe(IdentityProvider.McpScope);
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

    private string MetadataUrl =>
        $"{Installation.Endpoint.GetLeftPart(UriPartial.Authority)}/.well-known/oauth-protected-resource/mcp";

    /// <param name="person">The person who signs in, in a browser; null = no person, the client has
    /// credentials.</param>
    /// <param name="credentials">See the script.</param>
    private async Task<ToolResult> RunSdkAsync(string? person, params string[] credentials)
    {
        var checkout = Checkout.Find();
        var idp = Installation.IdentityProvider;
        using var folder = new TestFolder();
        var roots = Path.Combine(folder.Path, "roots.pem");
        var bundle = await File.ReadAllTextAsync(Installation.Record.Tunnel.TrustBundle, Cancel);
        await File.WriteAllTextAsync(roots, bundle + await File.ReadAllTextAsync(idp.CaFile, Cancel), Cancel);
        var environment = await NameResolution.ForClientAsync(checkout, Installation.Endpoint.Host, Cancel);
        environment["NODE_EXTRA_CA_CERTS"] = roots;
        string[] arguments =
        [
            Path.Combine(checkout.Peers, "callers", "mcp-client.mjs"),
            Installation.Endpoint.AbsoluteUri,
            .. credentials,
        ];
        using var browser = new FormBrowser(idp.CaFile);
        return await Tool.RunAsync("node", arguments, checkout.Peers, Cancel, environment, onError: OpenAsync);

        async Task OpenAsync(string line)
        {
            if (person is not null && line.StartsWith("open ", StringComparison.Ordinal))
            {
                await browser.ConfirmAsync(new Uri(line["open ".Length..]), person, code: "", Cancel);
            }
        }
    }

    private static List<(int Status, string Url)> Asked(JsonDocument seen) =>
        [
            .. seen
                .RootElement.GetProperty("requests")
                .EnumerateArray()
                .Select(r => (r.GetProperty("status").GetInt32(), r.GetProperty("url").GetString()!)),
        ];

    /// <summary>Which resources tokens were requested for.</summary>
    private static List<string?> Resources(JsonDocument seen) =>
        [
            .. seen
                .RootElement.GetProperty("requests")
                .EnumerateArray()
                .Where(r => r.TryGetProperty("resource", out _))
                .Select(r => r.GetProperty("resource").GetString()),
        ];

    private static string Member(string challenge, string name) =>
        Regex.Match(challenge, $"\\b{name}=\"(?<value>[^\"]*)\"").Groups["value"].Value;

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

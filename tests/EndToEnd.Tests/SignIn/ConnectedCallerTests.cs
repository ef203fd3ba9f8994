using System.Net;
using System.Text;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Fidelity;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using ModelContextProtocol.Client;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.SignIn;

/// <summary>
/// People connect their own accounts at a vendor, which is oidc-provider, from a call through a real agent. The service reads the
/// vendor's endpoints from its metadata, and has no secret there.
/// </summary>
[Collection(SignInSystemCollection.Name)]
public sealed class ConnectedCallerTests(SignInSystem system) : SystemTest(system)
{
    private const string Person = "vera";
    private const string Other = "wim";
    private const string Version = "2025-11-25";
    private const string Vendor = "https://vendor.example.com/mcp";

    private Uri Route => Installation.EndpointOf(TunnelAgent.PolicedRoute);

    [Fact]
    public async Task Call_PersonConnectsTheirAccount_ServerGetsTheirOwnTokenAndNoOneElsesDoes()
    {
        using var api = new ManagementApi(Installation.Service);
        var connection = await CreateConnectionAsync(api);
        await system.AllowAsync(Person, Cancel);
        await system.AllowAsync(Other, Cancel);
        var token = await system.SignInAsync(Person, Cancel, Route);

        var page = await RefusedAsync(token);
        page.ShouldBe(connection.GetProperty("connect_url").GetString());
        using var browser = new FormBrowser(system.BrowserRoots);
        (await browser.ConfirmAsync(new Uri(page), Person, code: "", Cancel)).ShouldContain(
            "Your account at Vendor is connected"
        );

        await using var session = await CSharpClient.ConnectAsync(
            Route,
            Installation.Record.Tunnel.TrustBundle,
            token,
            new McpClientOptions { ProtocolVersion = Version },
            Cancel
        );
        (await session.Client.ListToolsAsync(cancellationToken: Cancel)).Count.ShouldBePositive();
        var grant = (
            await api.ListAsync($"/v1/connections/{connection.GetProperty("id").GetString()}/grants", Cancel)
        ).ShouldHaveSingleItem();
        grant.GetProperty("subject").GetString().ShouldBe(Person);

        // A token of the vendor arrived, which says for whom it is; the caller's own did not.
        Seen("\"aud\":\"" + Vendor + "\"").ShouldBePositive();
        System.UpstreamSide.Count(Encoding.ASCII.GetBytes(token.Split('.')[2])).ShouldBe(0);
        (await RefusedAsync(await system.SignInAsync(Other, Cancel, Route))).ShouldBe(page);
    }

    // How many times a token with that claim arrived at the server.
    private int Seen(string claim) =>
        // Three bytes are one group of base64: the claim begins at any of the three.
        Enumerable
            .Range(0, 3)
            .Select(offset =>
                Convert
                    .ToBase64String(Encoding.ASCII.GetBytes(new string(' ', offset) + claim))
                    .TrimEnd('=')[(offset == 0 ? 0 : offset + 1)..^2]
                    .Replace('+', '-')
                    .Replace('/', '_')
            )
            .Sum(part => System.UpstreamSide.Count(Encoding.ASCII.GetBytes(part)));

    // A client that has just signed in, as its first request. Returns the page that it is sent to.
    private async Task<string> RefusedAsync(string token)
    {
        using var client = new RouteClient(Route, Installation.Record.Tunnel.TrustBundle, token);
        var initialize = JsonSerializer.Serialize(
            new
            {
                jsonrpc = "2.0",
                id = 1,
                method = "initialize",
                @params = new
                {
                    protocolVersion = Version,
                    capabilities = new { elicitation = new { url = new { } } },
                    clientInfo = new { name = "test", version = "1" },
                },
            }
        );
        using var answer = await client.SendAsync(HttpMethod.Post, initialize, [], Cancel);
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        var error = JsonElement.Parse(body).GetProperty("error");
        error.GetProperty("code").GetInt32().ShouldBe(-32042);
        return error.GetProperty("data").GetProperty("elicitations")[0].GetProperty("url").GetString()!;
    }

    private async Task<JsonElement> CreateConnectionAsync(ManagementApi api)
    {
        var issuer = new Uri(Installation.IdentityProvider.Issuer);
        return await api.CreateAsync(
            "/v1/connections",
            new
            {
                tunnel_id = Installation.Record.Tunnel.Id,
                route = TunnelAgent.PolicedRoute,
                display_name = "Vendor",
                client_id = IdentityProvider.VendorClient,
                client_auth = "private_key_jwt",
                scopes = new[] { IdentityProvider.McpScope },
                resource = Vendor,
                issuer = Installation.IdentityProvider.Issuer,
                ca_cert_pem = await File.ReadAllTextAsync(Installation.IdentityProvider.CaFile, Cancel),
                allowed_targets = Loopback.Ranges.Select(range => new { cidr = range, port = issuer.Port }),
            },
            Cancel
        );
    }
}

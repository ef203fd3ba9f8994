using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Stage.RunState;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Authorization;

/// <summary>
/// What the quickstart's identity provider lets unknown clients register. The test has its own provider.
/// </summary>
public sealed class ClientRegistrationTests : IAsyncLifetime
{
    private const string Service = "https://identity.example";
    private const int PerMinute = 30;

    private readonly TestFolder folder = new();
    private readonly RunDirectory run;
    private readonly IdentityProvider provider;
    private HttpClient client = null!;

    public ClientRegistrationTests()
    {
        run = new RunDirectory(folder.SystemPath, TimeProvider.System, TestRun.ProgramFolder);
        provider = new IdentityProvider(
            Checkout.Find(),
            run,
            PortProbe.FreeBlock().IdentityProvider,
            TimeProvider.System
        );
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        run.Create();
        await provider.ConfigureAsync(Service, Cancel);
        provider.Start();
        run.Ledger.Write([provider.Process.Stamp]);
        await provider.WaitAsync(Cancel);
        client = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions
                {
                    CertificateChainPolicy = McpCaller.TrustOnly(provider.CaFile),
                },
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        await run.StopRecordedAsync(TimeSpan.Zero, CancellationToken.None);
        folder.Dispose();
    }

    [Fact]
    public async Task Registration_BeyondItsBounds_IsRefused()
    {
        string[] loopback = ["http://127.0.0.1:1/callback"];
        string[] code = ["authorization_code"];
        object[] refused =
        [
            new { redirect_uris = new[] { "http://app.example/callback" } },
            new { redirect_uris = new[] { "app://callback" } },
            new { redirect_uris = Enumerable.Range(1, 11).Select(port => $"http://localhost:{port}/callback") },
            new { redirect_uris = "http://127.0.0.1/callback" },
            new { grant_types = code },
            new { redirect_uris = loopback, grant_types = new[] { "client_credentials" } },
            new { redirect_uris = loopback, jwks_uri = "https://127.0.0.1/keys" },
        ];
        foreach (var metadata in refused)
        {
            using var answer = await RegisterAsync(metadata);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, JsonSerializer.Serialize(metadata));
        }

        using var large = await RegisterAsync(
            new { redirect_uris = loopback, client_name = new string('n', 8 * 1024) }
        );
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        string[] accepted =
        [
            "http://127.0.0.1:1/callback",
            "http://localhost/a",
            "http://[::1]:2/b",
            "https://app.example/c",
        ];
        using var known = await RegisterAsync(new { redirect_uris = accepted, token_endpoint_auth_method = "none" });
        known.StatusCode.ShouldBe(HttpStatusCode.Created);

        // A minute may end in between, and its count with it: then the rest of the next minute's are refused.
        var last = known.StatusCode;
        for (var sent = 0; sent < 2 * PerMinute && last != HttpStatusCode.TooManyRequests; sent++)
        {
            using var answer = await RegisterAsync(new { redirect_uris = accepted });
            last = answer.StatusCode;
        }

        last.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task RegisteredClient_GetsNoTokenForTheService()
    {
        const string Callback = "http://127.0.0.1:1/callback";
        using var answer = await RegisterAsync(
            new { redirect_uris = new[] { Callback }, token_endpoint_auth_method = "none" }
        );
        var registered = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var id = registered.GetProperty("client_id").GetString();

        using var redirect = await client.GetAsync(
            new Uri(
                $"{provider.Issuer}/auth?response_type=code&client_id={id}&redirect_uri={Callback}&resource={Service}"
                    + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
            ),
            Cancel
        );

        redirect.Headers.Location!.Query.ShouldContain("error=invalid_target");
    }

    private Task<HttpResponseMessage> RegisterAsync(object metadata) =>
        client.PostAsync(
            new Uri($"{provider.Issuer}/reg"),
            new StringContent(JsonSerializer.Serialize(metadata), new MediaTypeHeaderValue("application/json")),
            Cancel
        );
}

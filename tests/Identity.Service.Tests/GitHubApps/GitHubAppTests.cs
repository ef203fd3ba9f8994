using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Ca.Keys;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.GitHubApps;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Addresses;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Shouldly;

namespace Culvert.Identity.Service.Tests.GitHubApps;

/// <summary>Tokens of GitHub Apps: a key in SoftHSM signs, and a double of GitHub's documented endpoint checks the signature.</summary>
public sealed class GitHubAppTests : IAsyncLifetime
{
    private const string Path = "/v1/agent/github_app_tokens";
    private const string InstallationPath = "/api/v3/app/installations/12345678/access_tokens";
    private const string Token = "ghs_16C7e42F292c6912E7710c838347Ae178B4a";
    private const string ClientId = "Iv23liOfTheTests";

    private readonly List<GitHubAppOptions> apps = [];
    private readonly List<string> bodies = [];
    private readonly string label = $"github-{RandomNumberGenerator.GetHexString(16)}";
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-github-").FullName;

    private MachineBench bench = null!;
    private TestIdentityProvider gitHub = null!;
    private HttpClient agent = null!;
    private RSA key = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        SoftHsm.Ensure();
        var settings = new Pkcs11Settings(SoftHsm.ModulePath, SoftHsm.Token, () => SoftHsm.Pin);
        new Pkcs11Token(settings).Generate(label, KeyAlgorithm.Rsa2048);
        key = new Pkcs11Token(settings).OpenRsa(label);
        bench = await MachineBench.StartAsync(
            options => options with { Pkcs11 = settings },
            services => services.AddSingleton<IReadOnlyList<GitHubAppOptions>>(apps)
        );
        gitHub = await TestIdentityProvider.StartAsync(bench.Service.Time);
        gitHub.Script(InstallationPath, AnswerAsync);
        (_, agent) = await bench.JoinAsync(bench.AgentToken());
        var file = System.IO.Path.Combine(folder, "ca.pem");
        await File.WriteAllTextAsync(file, gitHub.Pki.Root.ExportCertificatePem(), Cancel);
        AddressRanges.TryParse(["127.0.0.0/8"], out var networks, out _).ShouldBeTrue();
        apps.Add(
            new GitHubAppOptions
            {
                Name = "handbook",
                ClientId = ClientId,
                KeyLabel = label,
                InstallationId = 12345678,
                Repositories = ["handbook"],
                Permissions = [new("contents", "read")],
                Tunnels = [bench.TunnelId],
                ApiUrl = new Uri($"{gitHub.Url}/api/v3/"),
                CaFile = file,
                Networks = networks!,
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await bench.DisposeAsync();
        await gitHub.DisposeAsync();
        key.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Get_NamedTunnel_IsATokenForTheRepositoriesAndPermissionsOfTheEntry()
    {
        var answer = await agent.PostOkAsync(Path, Body());

        answer.Text("access_token").ShouldBe(Token);
        DateTimeOffset
            .Parse(answer.Text("expires_at")!, null)
            .ShouldBe(bench.Service.Time.GetUtcNow().AddHours(1), TimeSpan.FromSeconds(1));
        bodies.ShouldBe(["""{"repositories":["handbook"],"permissions":{"contents":"read"}}"""]);
    }

    [Fact]
    public async Task Get_EntryWithoutLimits_RequestsWhatTheInstallationHas()
    {
        apps[0] = apps[0] with { Repositories = [], Permissions = [] };

        await agent.PostOkAsync(Path, Body());

        bodies.ShouldBe(["{}"]);
    }

    [Fact]
    public async Task Get_Granted_IsAuditedWithoutTokenAndSignature()
    {
        await agent.PostOkAsync(Path, Body());

        var entry = (await bench.Service.Api.GetOkAsync("/v1/audit?limit=10"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(row => row.GetProperty("body"))
            .First(body => body.Text("event") == "github_app_token_issued");
        var data = entry.GetProperty("event_data");
        data.Text("tunnel_id").ShouldBe(bench.TunnelId);
        data.Text("route").ShouldBe("docs");
        data.Text("github_app").ShouldBe("handbook");
        data.Text("client_id").ShouldBe(ClientId);
        data.GetProperty("installation_id").GetInt64().ShouldBe(12345678);
        entry.ToString().ShouldNotContain(Token);
    }

    [Fact]
    public async Task Get_TunnelThatTheEntryDoesNotName_IsRefusedAsAnEntryThatIsMissing()
    {
        apps[0] = apps[0] with { Tunnels = ["tnl_other"] };

        await agent.PostAsync(Path, Body()).ShouldRefuseAsync(HttpStatusCode.Forbidden, "github_app.unknown");
        await agent.PostAsync(Path, Body("other")).ShouldRefuseAsync(HttpStatusCode.Forbidden, "github_app.unknown");
        bodies.ShouldBeEmpty();
    }

    [Fact]
    public async Task Get_NameThatNoRouteHas_IsRefused() =>
        await agent.PostAsync(Path, Body(route: "a/b")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "assertion.route");

    [Fact]
    public async Task Get_ArchivedTunnel_IsRefused()
    {
        await bench.Service.Api.PostOkAsync($"/v1/tunnels/{bench.TunnelId}/archive");

        await agent.PostAsync(Path, Body()).ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.archived");
    }

    [Theory]
    [InlineData(401, "the key of key_label")]
    [InlineData(403, "its installation is suspended")]
    [InlineData(404, "knows no installation 12345678")]
    [InlineData(422, "lacks a repository or permission")]
    public async Task Get_GitHubRefuses_NamesTheCauseAndNothingThatGitHubSaid(int status, string cause)
    {
        gitHub.Script(InstallationPath, http => WriteAsync(http, status, """{"message":"hunter2-of-github"}"""));

        using var answer = await agent.PostAsync(Path, Body());

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        text.ShouldContain("github_app.refused");
        text.ShouldContain(cause);
        text.ShouldNotContain("hunter2-of-github");
    }

    [Theory]
    [InlineData(500, "{}")]
    [InlineData(200, """{"token":"ghs_x","expires_at":"2099-01-01T00:00:00Z"}""")]
    [InlineData(201, "<html>")]
    [InlineData(201, """{"token":"ghs_x"}""")]
    [InlineData(201, """{"token":"two words","expires_at":"2099-01-01T00:00:00Z"}""")]
    [InlineData(201, """{"token":7,"expires_at":"2099-01-01T00:00:00Z"}""")]
    [InlineData(201, """{"token":"ghs_x","expires_at":"2000-01-01T00:00:00Z"}""")]
    [InlineData(302, "")]
    public async Task Get_AnswerThatIsNoToken_IsUnavailable(int status, string body)
    {
        gitHub.Script(InstallationPath, http => WriteAsync(http, status, body));

        await agent
            .PostAsync(Path, Body())
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "github_app.unavailable");
    }

    [Fact]
    public async Task Get_AddressThatTheEntryDoesNotAllow_IsUnavailableAndNotCalled()
    {
        apps[0] = apps[0] with { Networks = AddressRanges.Empty };

        await agent
            .PostAsync(Path, Body())
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "github_app.unavailable");
        bodies.ShouldBeEmpty();
    }

    [Fact]
    public async Task Get_KeyThatIsNotInTheHsm_IsUnavailableAndCallsNobody()
    {
        apps[0] = apps[0] with { KeyLabel = "missing" };

        using var answer = await agent.PostAsync(Path, Body());

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.ErrorCodeAsync()).ShouldBe("signing_key.unavailable");
        bodies.ShouldBeEmpty();
    }

    [Fact]
    public async Task Get_MoreThanThirtyInAMinute_IsRefused()
    {
        for (var i = 0; i < 30; i++)
        {
            await agent.PostOkAsync(Path, Body());
        }

        await agent.PostAsync(Path, Body()).ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "github_app.rate");
    }

    private static string Body(string app = "handbook", string route = "docs") =>
        new JsonObject { ["route"] = route, ["github_app"] = app }.ToJsonString();

    // "Create an installation access token for an app" of GitHub's REST API, version 2022-11-28.
    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        bodies.Add(await reader.ReadToEndAsync(Cancel));
        var headers = http.Request.Headers;
        if (
            headers.UserAgent.Count == 0
            || headers["X-GitHub-Api-Version"] != "2022-11-28"
            || headers.Accept != "application/vnd.github+json"
        )
        {
            await WriteAsync(http, 403, """{"message":"Request forbidden by administrative rules."}""");
            return;
        }

        var sent = headers.Authorization.ToString();
        var verified = await new JsonWebTokenHandler().ValidateTokenAsync(
            sent.StartsWith("Bearer ", StringComparison.Ordinal) ? sent["Bearer ".Length..] : "",
            new TokenValidationParameters
            {
                IssuerSigningKey = new RsaSecurityKey(key.ExportParameters(includePrivateParameters: false)),
                ValidIssuer = ClientId,
                ValidateAudience = false,
                ValidAlgorithms = ["RS256"],
                LifetimeValidator = (_, ends, token, _) => IsTimely((JsonWebToken)token, ends),
            }
        );
        var ends = bench.Service.Time.GetUtcNow().AddHours(1);
        await (
            verified.IsValid
                ? WriteAsync(
                    http,
                    201,
                    JsonSerializer.Serialize(
                        new
                        {
                            token = Token,
                            expires_at = $"{ends.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}",
                            permissions = new { contents = "read" },
                            repository_selection = "selected",
                        }
                    )
                )
                : WriteAsync(http, 401, """{"message":"A JSON web token could not be decoded"}""")
        );
    }

    // GitHub: iat is in the past, and exp at most ten minutes ahead.
    private bool IsTimely(JsonWebToken token, DateTime? ends)
    {
        var now = bench.Service.Time.GetUtcNow().UtcDateTime;
        return token.IssuedAt < now && ends > now && ends <= now.AddMinutes(10);
    }

    private static async Task WriteAsync(HttpContext http, int status, string body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        if (status == 302)
        {
            http.Response.Headers.Location = "/elsewhere";
        }

        await http.Response.WriteAsync(body, Cancel);
    }
}

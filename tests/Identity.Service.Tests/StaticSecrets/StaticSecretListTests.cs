using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.StaticSecrets;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Machines;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Configuration;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.StaticSecrets;

/// <summary><c>GET /v1/static_secrets</c>.</summary>
public sealed class StaticSecretListTests : IDisposable
{
    private const string Path = "/v1/static_secrets";

    private readonly ScriptedPeers peers = new();
    private readonly ScriptedEnrollments enrollments = new();
    private readonly string file = System.IO.Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task List_AReport_ShowsTheSecretsOfTheAgent()
    {
        await using var service = await StartAsync();
        var tunnel = await TunnelAsync(service);
        var at = service.Time.GetUtcNow();
        await ReportAsync(
            service,
            tunnel,
            "one",
            Secret("routes.docs.credentials.value", at.AddDays(-100), at.AddDays(1))
        );

        var listed = Data(await service.Api.GetOkAsync(Path)).ShouldHaveSingleItem();

        listed.Text("type").ShouldBe("static_secret");
        listed.Text("holder").ShouldBe("agent");
        listed.Text("tunnel_id").ShouldBe(tunnel.Id());
        listed.Text("instance_id").ShouldBe("one");
        listed.Text("setting").ShouldBe("routes.docs.credentials.value");
        listed.Text("kind").ShouldBe("header");
        listed.Text("source").ShouldBe("file");
        listed.GetProperty("written_at").GetDateTimeOffset().ShouldBe(at.AddDays(-100));
        listed.GetProperty("last_used_at").GetDateTimeOffset().ShouldBe(at); // the agent's clock is ahead
        listed.GetProperty("reported_at").GetDateTimeOffset().ShouldBe(at);
        listed.GetProperty("object_id").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task List_AnAgentReportsAgain_ShowsOnlyTheLastReport()
    {
        await using var service = await StartAsync();
        var tunnel = await TunnelAsync(service);
        await ReportAsync(service, tunnel, "one", Secret("a"), Secret("b"));

        await ReportAsync(service, tunnel, "one", Secret("b"));
        var before = Settings(await service.Api.GetOkAsync(Path));
        await ReportAsync(service, tunnel, "one");

        before.ShouldBe(["b"]);
        Settings(await service.Api.GetOkAsync(Path)).ShouldBeEmpty();
    }

    [Fact]
    public async Task List_ARevokedAgent_IsLeftOut()
    {
        await using var service = await StartAsync();
        var tunnel = await TunnelAsync(service);
        await ReportAsync(service, tunnel, "one", Secret("a"));
        var record = (await enrollments.ListAsync(TunnelId.Wrap(tunnel.Id()), Cancel)).Single();

        enrollments.Revoke(record.Id, service.Time.GetUtcNow());

        Settings(await service.Api.GetOkAsync(Path)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task List_PageByPage_ShowsEachSecretOnce(int limit)
    {
        await using var service = await StartAsync(Configured("mail.password", "sign_in.client_secret"));
        await WebhookAsync(service, "https://one.example.com/culvert");
        await WebhookAsync(service, "https://two.example.com/culvert");
        foreach (var tunnel in new[] { await TunnelAsync(service), await TunnelAsync(service) })
        {
            await ReportAsync(service, tunnel, "one", Secret("a"), Secret("b"), Secret("c"));
            await ReportAsync(service, tunnel, "two", Secret("d")); // enrolled in the same millisecond
            service.Time.Advance(TimeSpan.FromSeconds(1));
            await ReportAsync(service, tunnel, "three", Secret("e"));
        }

        var paged = new List<string>();
        var cursor = "";
        do
        {
            var page = await service.Api.GetOkAsync($"{Path}?limit={limit}{cursor}");
            Data(page).Count.ShouldBeLessThanOrEqualTo(limit);
            paged.AddRange(Settings(page));
            cursor = page.GetProperty("next_page").GetString() is { } next ? $"&page={next}" : null;
        } while (cursor is not null);

        string[] agents = ["e", "a", "b", "c", "d"];
        paged.ShouldBe(["mail.password", "sign_in.client_secret", "secret", "secret", .. agents, .. agents]);
    }

    [Fact]
    public async Task List_MoreTunnelsThanARequestReads_ContinuesOnTheNextPage()
    {
        await using var service = await StartAsync();
        await ReportAsync(service, await TunnelAsync(service), "one", Secret("a"));
        for (var i = 0; i < StaticSecretListEndpoint.MaxTunnels; i++)
        {
            await TunnelAsync(service);
        }

        var first = await service.Api.GetOkAsync(Path);
        var second = await service.Api.GetOkAsync($"{Path}?page={first.Text("next_page")}");

        Settings(first).ShouldBeEmpty();
        Settings(second).ShouldBe(["a"]);
        second.GetProperty("next_page").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task List_OneTunnel_HasNothingOfOthersAndNothingOfTheService()
    {
        await using var service = await StartAsync(Configured("mail.password"));
        await WebhookAsync(service, "https://one.example.com/culvert");
        var (one, other) = (await TunnelAsync(service), await TunnelAsync(service));
        await ReportAsync(service, one, "one", Secret("a"));
        await ReportAsync(service, other, "one", Secret("b"));

        Settings(await service.Api.GetOkAsync($"{Path}?tunnel_id={one.Id()}")).ShouldBe(["a"]);
        Settings(await service.Api.GetOkAsync($"{Path}?tunnel_id=unknown")).ShouldBeEmpty();
    }

    [Fact]
    public async Task List_AnotherOrganization_SeesNeitherAgentsNorTheConfiguration()
    {
        await using var service = await StartAsync(Configured("mail.password"));
        var tunnel = await TunnelAsync(service);
        await ReportAsync(service, tunnel, "one", Secret("a"));
        var other = await service.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        var key = await service.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{other.Id()}}"}"""
        );
        using var stranger = service.Client(key.Text("admin_key"));
        await WebhookAsync(stranger, "https://other.example.com/culvert");

        Settings(await service.Api.GetOkAsync(Path)).ShouldBe(["mail.password", "a"]);
        Settings(await stranger.GetOkAsync(Path)).ShouldBe(["secret"]);
        Settings(await stranger.GetOkAsync($"{Path}?tunnel_id={tunnel.Id()}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task List_TheConfiguration_HasTheAgeOfAFileAndNoPath()
    {
        await using var service = await StartAsync(Configured("mail.password"));
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);

        var listed = await service.Api.GetOkAsync(Path);

        var secret = Data(listed).ShouldHaveSingleItem();
        secret.Text("holder").ShouldBe("service");
        secret.Text("kind").ShouldBe("password");
        secret.GetProperty("written_at").GetDateTimeOffset().ShouldBe(DateTimeOffset.UnixEpoch);
        listed.GetRawText().ShouldNotContain(file);
    }

    [Fact]
    public async Task List_AWebhook_IsListedOnlyIfItsSecretSigns()
    {
        await using var service = await StartAsync();
        var signed = await WebhookAsync(service, "https://one.example.com/culvert");
        await service.Api.PostOkAsync(
            "/v1/webhooks",
            """{"url":"https://set.example.com/x","format":"security_event_token","audience":"x"}"""
        );
        var archived = await WebhookAsync(service, "https://two.example.com/culvert");
        await service.Api.PostOkAsync($"/v1/webhooks/{archived.Id()}/archive");

        var listed = await service.Api.GetOkAsync(Path);

        var secret = Data(listed).ShouldHaveSingleItem();
        secret.Text("object_id").ShouldBe(signed.Id());
        secret.Text("kind").ShouldBe("signing_secret");
        secret.Text("source").ShouldBe("stored");
        secret.GetProperty("written_at").GetDateTimeOffset().ShouldBe(service.Time.GetUtcNow());
        listed.GetRawText().ShouldNotContain(signed.Text("secret"));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("page=x")]
    public async Task List_MalformedQuery_IsRefused(string query)
    {
        await using var service = await StartAsync();

        await service
            .Api.GetAsync($"{Path}?{query}", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Theory]
    [InlineData(AgentReportSecret.MaxPerReport, AgentReportSecret.MaxTextLength, "file", HttpStatusCode.NoContent)]
    [InlineData(AgentReportSecret.MaxPerReport + 1, 1, "file", HttpStatusCode.BadRequest)]
    [InlineData(1, AgentReportSecret.MaxTextLength + 1, "file", HttpStatusCode.BadRequest)]
    [InlineData(1, 0, "file", HttpStatusCode.BadRequest)]
    [InlineData(1, 1, "command", HttpStatusCode.BadRequest)]
    public async Task Report_ManyOrLongSecrets_AreRefusedBeyondTheLimits(
        int count,
        int length,
        string source,
        HttpStatusCode expected
    )
    {
        await using var service = await StartAsync();
        var tunnel = await TunnelAsync(service);
        var secret = Secret(new string('a', length)) with { Source = source };

        var status = await SendAsync(service, tunnel, "one", [.. Enumerable.Repeat(secret, count)]);

        status.ShouldBe(expected);
    }

    // A new setting with a secret needs a kind.
    [Fact]
    public void Kinds_HaveEverySecretOfTheConfiguration()
    {
        var schema = JsonNode.Parse(ConfigSchema.Write("service", root => ServiceConfiguration.Read(root)))!.AsObject();

        FindSecrets(schema, "")
            .Order(StringComparer.Ordinal)
            .ShouldBe(ServiceSecrets.Kinds.Keys.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> FindSecrets(JsonObject schema, string path)
    {
        foreach (var (name, value) in schema["properties"]?.AsObject() ?? [])
        {
            var (at, member) = (path.Length == 0 ? name : $"{path}.{name}", value!.AsObject());
            if (
                name == "key_file"
                || member["pattern"]?.GetValue<string>().Contains("(file|env)", StringComparison.Ordinal) == true
            )
            {
                yield return at;
            }

            foreach (var found in FindSecrets(member, at))
            {
                yield return found;
            }
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<JsonElement> TunnelAsync(ServiceUnderTest service) =>
        await service.Api.PostOkAsync("/v1/tunnels");

    private static Task<JsonElement> WebhookAsync(ServiceUnderTest service, string url) =>
        WebhookAsync(service.Api, url);

    private static Task<JsonElement> WebhookAsync(HttpClient api, string url) =>
        api.PostOkAsync("/v1/webhooks", $$"""{"url":"{{url}}"}""");

    private async Task ReportAsync(
        ServiceUnderTest service,
        JsonElement tunnel,
        string instance,
        params AgentReportSecret[] secrets
    )
    {
        if ((await enrollments.ListAsync(TunnelId.Wrap(tunnel.Id()), Cancel)).All(e => e.InstanceId != instance))
        {
            enrollments.Add(FeedTests.Enrollment(tunnel.Id(), service) with { InstanceId = instance });
        }

        (await SendAsync(service, tunnel, instance, secrets)).ShouldBe(HttpStatusCode.NoContent);
    }

    private async Task<HttpStatusCode> SendAsync(
        ServiceUnderTest service,
        JsonElement tunnel,
        string instance,
        AgentReportSecret[] secrets
    )
    {
        var (agent, peer) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id(), instance);
        var report = new AgentReport(
            Revision: 1,
            Epochs: new(Platform: 1, TrustBundle: 0),
            Serials: new(Platform: peer.SerialNumber, Server: null),
            Version: "0.1.0",
            Routes: [],
            StaticSecrets: secrets.Length > 0 ? secrets : null
        );
        using var answer = await agent.PostAsync(
            "/v1/agent/reports",
            JsonSerializer.Serialize(report, WireJson.Default.AgentReport)
        );
        return answer.StatusCode;
    }

    private static AgentReportSecret Secret(
        string setting,
        DateTimeOffset? writtenAt = null,
        DateTimeOffset? lastUsedAt = null
    ) =>
        new(
            Setting: setting,
            Kind: StaticSecretKind.Header,
            Source: AgentReportSecret.File,
            WrittenAt: writtenAt?.UtcDateTime,
            LastUsedAt: lastUsedAt?.UtcDateTime
        );

    private Func<ServiceOptions, ServiceOptions> Configured(params string[] settings) =>
        options =>
            options with
            {
                Secrets = [.. settings.Select(setting => KeyValuePair.Create(setting, SecretReference.ToFile(file)))],
            };

    private Task<ServiceUnderTest> StartAsync(Func<ServiceOptions, ServiceOptions>? change = null) =>
        ServiceUnderTest.StartAsync(
            services =>
                services
                    .AddSingleton<IMachinePeerVerifier>(peers)
                    .AddSingleton<IAgentEnrollments>(enrollments)
                    .AddSingleton<IRevokedMachines>(enrollments),
            options =>
            {
                var tuned = options with { Tunnels = options.Tunnels with { PerOrganization = 200 } };
                return change?.Invoke(tuned) ?? tuned;
            }
        );

    private static IReadOnlyList<JsonElement> Data(JsonElement page) => [.. page.GetProperty("data").EnumerateArray()];

    private static List<string> Settings(JsonElement page) => [.. Data(page).Select(secret => secret.Text("setting"))];
}

using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens;
using Culvert.Identity.Service.Tunnels;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels;

public sealed partial class TunnelEndpointsTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_WithName_GivesEveryCompatibleMember()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var tunnel = await service.Api.PostOkAsync("/v1/tunnels?beta=true", """{"display_name":"Docs"}""");

        TunnelIdPattern().IsMatch(tunnel.Id()).ShouldBeTrue();
        tunnel.Text("type").ShouldBe("tunnel");
        tunnel.Text("display_name").ShouldBe("Docs");
        tunnel.Text("domain")!.ShouldEndWith(".tunnel.example.com");
        tunnel.Text("created_at").ShouldBe("2026-01-01T00:00:00Z");
        tunnel.GetProperty("archived_at").ValueKind.ShouldBe(JsonValueKind.Null);
        tunnel.GetProperty("revision").GetInt64().ShouldBe(1);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"display_name":null}""")]
    [InlineData(null)]
    public async Task Create_WithoutName_IsAccepted(string? body)
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var tunnel = await service.Api.PostOkAsync("/v1/tunnels", body);

        tunnel.GetProperty("display_name").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("""{"display_name":""}""")]
    [InlineData("""{"display_name":1}""")]
    [InlineData("""{"display_name":"a","display_name":"b"}""")]
    [InlineData("""{"name":"a"}""")]
    [InlineData("""["a"]""")]
    [InlineData("null")]
    [InlineData("{")]
    public async Task Create_BadBody_IsRefused(string body)
    {
        await using var service = await ServiceUnderTest.StartAsync();

        await service
            .Api.PostAsync("/v1/tunnels", body)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Theory]
    [InlineData(255, HttpStatusCode.OK)]
    [InlineData(256, HttpStatusCode.BadRequest)]
    public async Task Create_NameAtTheBound_IsDecidedByIt(int length, HttpStatusCode status)
    {
        await using var service = await ServiceUnderTest.StartAsync();

        using var response = await service.Api.PostAsync(
            "/v1/tunnels",
            JsonSerializer.Serialize(new { display_name = new string('x', length) })
        );

        response.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Create_OtherContentType_IsRefused()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var request = ApiCalls.Post("/v1/tunnels", null);
        request.Content = new StringContent("{}", Encoding.UTF8, "text/plain");

        await service.Api.SendAsync(request, Cancel).ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.media_type");
    }

    [Fact]
    public async Task Create_BodyLargerThanAllowed_Is413()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        await service
            .Api.PostAsync("/v1/tunnels", new string(' ', RequestBody.MaxBytes + 1))
            .ShouldRefuseAsync(HttpStatusCode.RequestEntityTooLarge, "request.too_large");
    }

    [Theory]
    [InlineData(64 * 1024, HttpStatusCode.BadRequest)]
    [InlineData((64 * 1024) + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Create_BodyBytesLowered_CountForTheNextRequest(int length, HttpStatusCode expected)
    {
        await using var service = await ServiceUnderTest.StartAsync();
        await service.ReloadAsync(o => o with { Limits = o.Limits with { BodyBytes = 64 * 1024 } });

        using var answer = await service.Api.PostAsync("/v1/tunnels", new string(' ', length));

        answer.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Create_EleventhTunnel_IsRefusedWithTheKnownText()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var first = await service.Api.PostOkAsync("/v1/tunnels");
        for (var i = 1; i < 10; i++)
        {
            await service.Api.PostOkAsync("/v1/tunnels");
        }

        using (var refused = await service.Api.PostAsync("/v1/tunnels", "{}"))
        {
            refused.Header("x-should-retry").ShouldBe("false");
        }

        var error = await service
            .Api.PostAsync("/v1/tunnels", "{}")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.limit");
        error.Text("message").ShouldBe("Organization already has the maximum of 10 non-archived Tunnels");

        await service.Api.PostOkAsync($"/v1/tunnels/{first.Id()}/archive");
        await service.Api.PostOkAsync("/v1/tunnels");
    }

    [Fact]
    public async Task Create_ElevenAtOnce_KeepTheLimit()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 15).Select(_ => service.Api.PostAsync("/v1/tunnels", "{}"))
        );

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(10);
    }

    [Theory]
    [InlineData("1", 119, true)]
    [InlineData("1", 121, false)]
    [InlineData("0", 0, false)]
    [InlineData(null, 0, false)]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Create_SentAgain_IsOneTunnelOnlyForACountedRetryInTime(string? count, int seconds, bool same)
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var first = await service.Api.PostOkAsync("/v1/tunnels", """{"display_name":"a"}""");
        service.Time.Advance(TimeSpan.FromSeconds(seconds));
        using var again = ApiCalls.Post("/v1/tunnels", """{"display_name":"a"}""");
        if (count is not null)
        {
            again.Headers.Add("x-stainless-retry-count", count);
        }

        using var response = await service.Api.SendAsync(again, Cancel);

        ((await response.JsonAsync()).Id() == first.Id()).ShouldBe(same);
    }

    [Fact]
    public async Task Create_RetryWithOtherBodyOrOtherCredential_IsAnotherTunnel()
    {
        var tokens = new ScriptedTokens();
        await using var service = await ServiceUnderTest.StartAsync(s => s.AddSingleton<IAccessTokenValidator>(tokens));
        var organization = (await service.Api.GetOkAsync("/v1/organizations/current")).Id();
        var workspace = (await service.Api.GetOkAsync("/v1/organizations/workspaces")).GetProperty("data")[0].Id();
        using var other = service.Client(tokens.Add(organization, workspace, Scopes.ManageTunnels));
        var first = await service.Api.PostOkAsync("/v1/tunnels", """{"display_name":"a"}""");

        using var body = ApiCalls.Post("/v1/tunnels", """{"display_name":"b"}""");
        body.Headers.Add("x-stainless-retry-count", "1");
        using var credential = ApiCalls.Post("/v1/tunnels", """{"display_name":"a"}""");
        credential.Headers.Add("x-stainless-retry-count", "1");
        using var second = await service.Api.SendAsync(body, Cancel);
        using var third = await other.SendAsync(credential, Cancel);

        new[] { first.Id(), (await second.JsonAsync()).Id(), (await third.JsonAsync()).Id() }
            .Distinct()
            .Count()
            .ShouldBe(3);
    }

    [Fact]
    public async Task List_FiveTunnelsByTwo_PagesNewestFirst()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var created = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            created.Add((await service.Api.PostOkAsync("/v1/tunnels")).Id());
        }

        var seen = new List<string>();
        var query = "/v1/tunnels?limit=2&include_archived=true";
        string? page = null;
        do
        {
            var list = await service.Api.GetOkAsync(
                query + (page is null ? "" : "&page=" + Uri.EscapeDataString(page))
            );
            seen.AddRange(list.GetProperty("data").EnumerateArray().Select(ApiCalls.Id));
            page = list.GetProperty("next_page").GetString();
        } while (page is not null);

        created.Reverse();
        seen.ShouldBe(created);
    }

    [Theory]
    [InlineData("page=abc")]
    [InlineData("page=dHVubmVsczp4")]
    [InlineData("page=ZWRnZXM6Mw")] // another list's
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("limit=x")]
    [InlineData("include_archived=1")]
    public async Task List_BadParameter_IsRefused(string query)
    {
        await using var service = await ServiceUnderTest.StartAsync();

        await service
            .Api.GetAsync("/v1/tunnels?" + query, Cancel)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task List_ArchivedOnes_OnlyWhenAsked()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        await service.Api.PostOkAsync($"/v1/tunnels/{tunnel.Id()}/archive");

        (await service.Api.GetOkAsync("/v1/tunnels")).GetProperty("data").GetArrayLength().ShouldBe(0);
        (await service.Api.GetOkAsync("/v1/tunnels?include_archived=true"))
            .GetProperty("data")
            .GetArrayLength()
            .ShouldBe(1);
    }

    [Theory]
    [InlineData("tnl_010000000000000000000000")]
    [InlineData("tnl_x")]
    [InlineData("wrkspc_010000000000000000000000")]
    public async Task Retrieve_UnknownId_Is404(string id)
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var error = await service
            .Api.GetAsync($"/v1/tunnels/{id}", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        error.Text("type").ShouldBe("not_found_error");
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "")]
    [InlineData("POST", "/archive")]
    [InlineData("POST", "/reveal_token")]
    [InlineData("POST", "/rotate_token")]
    [InlineData("GET", "/certificates")]
    [InlineData("GET", "/agents")]
    [InlineData("GET", "/status")]
    [InlineData("GET", "/trust_bundle")]
    public async Task Any_OtherTenantsTunnel_Is404(string method, string path)
    {
        var tokens = new ScriptedTokens();
        await using var service = await ServiceUnderTest.StartAsync(s => s.AddSingleton<IAccessTokenValidator>(tokens));
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var organization = tunnel.Text("organization_id")!;
        var strangers = new[]
        {
            tokens.Add("00000000-0000-4000-8000-000000000000", null, Scopes.ManageTunnels),
            tokens.Add(organization, WorkspaceId.New().Value, Scopes.ManageTunnels),
        };
        foreach (var stranger in strangers)
        {
            using var client = service.Client(stranger);
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/v1/tunnels/{tunnel.Id()}{path}");
            request.Content =
                method == "POST" && path.Length == 0
                    ? new StringContent("{}", Encoding.UTF8, "application/json")
                    : null;

            await client.SendAsync(request, Cancel).ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        }
    }

    [Fact]
    public async Task Archive_Twice_KeepsTimeAndRetiresEverything()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var path = "/v1/tunnels/" + (await service.Api.PostOkAsync("/v1/tunnels")).Id();
        await service.Api.PostOkAsync(path + "/certificates", Pem(TestCertificates.Authority()));
        var token = (await service.Api.PostOkAsync(path + "/reveal_token")).Text("tunnel_token")!;

        var first = await service.Api.PostOkAsync(path + "/archive");
        service.Time.Advance(TimeSpan.FromHours(1));
        var second = await service.Api.PostOkAsync(path + "/archive");

        second.Text("archived_at").ShouldBe(first.Text("archived_at"));
        var certificates = await service.Api.GetOkAsync(path + "/certificates?include_archived=true");
        certificates.GetProperty("data")[0].Text("archived_at").ShouldBe(first.Text("archived_at"));
        await service
            .Api.PostAsync(path + "/reveal_token", null)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.archived");
        await service
            .Api.PostAsync(path + "/rotate_token", "{}")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.archived");
        await service.Api.PostAsync(path, "{}").ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.archived");
        (await service.Get<TunnelTokens>().ValidateAsync(token, Cancel)).Value.ShouldBeNull();
    }

    [Fact]
    public async Task RevealToken_UntilRotated_IsStable()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var id = (await service.Api.PostOkAsync("/v1/tunnels")).Id();
        var path = "/v1/tunnels/" + id;

        var first = await service.Api.PostOkAsync(path + "/reveal_token");
        var second = await service.Api.PostOkAsync(path + "/reveal_token");
        var rotated = await service.Api.PostOkAsync(path + "/rotate_token", """{"reason":"left the company"}""");
        var third = await service.Api.PostOkAsync(path + "/reveal_token");

        TokenPattern().IsMatch(first.Text("tunnel_token")!).ShouldBeTrue();
        second.ToString().ShouldBe(first.ToString());
        rotated.Text("tunnel_token").ShouldNotBe(first.Text("tunnel_token"));
        rotated.Id().ShouldNotBe(first.Id());
        third.ToString().ShouldBe(rotated.ToString());
        var validator = service.Get<TunnelTokens>();
        (await validator.ValidateAsync(first.Text("tunnel_token")!, Cancel)).Value.ShouldBeNull();
        (await validator.ValidateAsync(rotated.Text("tunnel_token")!, Cancel)).Value!.TunnelId.ShouldBe(id);
    }

    [Fact]
    public async Task RotateToken_Reason_IsAuditedAndTheTokenIsNot()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var path = "/v1/tunnels/" + (await service.Api.PostOkAsync("/v1/tunnels")).Id();

        var rotated = await service.Api.PostOkAsync(path + "/rotate_token", """{"reason":"left the company"}""");

        var audit = await service.Api.GetOkAsync("/v1/audit?limit=1");
        var entry = audit.GetProperty("data")[0].GetProperty("body");
        entry.Text("event").ShouldBe("tunnel_token_rotated");
        entry.GetProperty("event_data").Text("reason").ShouldBe("left the company");
        entry.GetProperty("event_data").Text("tunnel_token_id").ShouldBe(rotated.Id());
        (await service.Api.GetOkAsync("/v1/audit?limit=1000")).ToString().ShouldNotMatch("clv_tun_[A-Za-z0-9]{8}");
    }

    [Theory]
    [InlineData("""{"reason":null}""", HttpStatusCode.OK)]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("""{"reason":5}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"why":"x"}""", HttpStatusCode.BadRequest)]
    public async Task RotateToken_Body_IsOptionalAndStrict(string? body, HttpStatusCode status)
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var path = "/v1/tunnels/" + (await service.Api.PostOkAsync("/v1/tunnels")).Id();

        using var response = await service.Api.PostAsync(path + "/rotate_token", body);

        response.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Update_Settings_ChangesOnlyWhatIsNamed()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var path = "/v1/tunnels/" + (await service.Api.PostOkAsync("/v1/tunnels", """{"display_name":"a"}""")).Id();

        var changed = await service.Api.PostOkAsync(
            path,
            """{"revision":1,"client_source_ranges":["10.0.0.0/8","192.0.2.7","2001:db8::/32"],"allow_tunnel_token":true}"""
        );
        var cleared = await service.Api.PostOkAsync(path, """{"display_name":null}""");

        changed.Text("display_name").ShouldBe("a");
        changed.GetProperty("revision").GetInt64().ShouldBe(2);
        changed
            .GetProperty("client_source_ranges")
            .EnumerateArray()
            .Select(range => range.GetString())
            .ShouldBe(["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"]);
        cleared.GetProperty("display_name").ValueKind.ShouldBe(JsonValueKind.Null);
        cleared.GetProperty("allow_tunnel_token").GetBoolean().ShouldBeTrue();
        (await service.Api.GetOkAsync(path)).ToString().ShouldBe(cleared.ToString());
    }

    [Fact]
    public async Task Update_StaleRevision_IsConflictThatIsNotRetried()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var path = "/v1/tunnels/" + (await service.Api.PostOkAsync("/v1/tunnels")).Id();
        await service.Api.PostOkAsync(path, """{"allow_tunnel_token":true}""");

        using var response = await service.Api.PostAsync(path, """{"revision":1,"allow_tunnel_token":false}""");

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        response.Header("x-should-retry").ShouldBe("false");
        (await response.ErrorCodeAsync()).ShouldBe("tunnel.revision");
        (await response.JsonAsync())
            .GetProperty("error")
            .GetProperty("details")
            .GetProperty("revision")
            .GetInt64()
            .ShouldBe(2);
    }

    [Theory]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.1")]
    [InlineData("example.com")]
    [InlineData("::ffff:10.0.0.0/104")]
    [InlineData("fe80::1%eth0")]
    [InlineData("")]
    public async Task Update_BadRange_IsRefusedNamingIt(string range)
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var path = "/v1/tunnels/" + (await service.Api.PostOkAsync("/v1/tunnels")).Id();

        var error = await service
            .Api.PostAsync(path, JsonSerializer.Serialize(new { agent_source_ranges = new[] { range } }))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.source_range");

        error.Text("message")!.ShouldContain("agent_source_ranges");
    }

    [Theory]
    [InlineData("""{"hostnames":[]}""")]
    public async Task Update_SettingOfALaterVersion_IsRefusedByName(string body)
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var path = "/v1/tunnels/" + (await service.Api.PostOkAsync("/v1/tunnels")).Id();

        var error = await service
            .Api.PostAsync(path, body)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

        error.Text("message")!.ShouldContain(JsonDocument.Parse(body).RootElement.EnumerateObject().First().Name);
    }

    [Fact]
    public async Task Any_WrongScope_Is403NamingTheNeededOne()
    {
        var tokens = new ScriptedTokens();
        await using var service = await ServiceUnderTest.StartAsync(s => s.AddSingleton<IAccessTokenValidator>(tokens));
        var organization = (await service.Api.GetOkAsync("/v1/organizations/current")).Id();
        using var client = service.Client(
            tokens.Add(organization, null, Scopes.TunnelAgent, Scopes.WorkspaceDeveloper)
        );

        var error = await client
            .GetAsync("/v1/tunnels", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");

        error.Text("type").ShouldBe("permission_error");
        error.GetProperty("details").Text("required_scope").ShouldBe("workspace:manage_tunnels");
    }

    [Fact]
    public async Task Any_TunnelToken_IsNoManagementCredential()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var path = "/v1/tunnels/" + (await service.Api.PostOkAsync("/v1/tunnels")).Id();
        var token = (await service.Api.PostOkAsync(path + "/reveal_token")).Text("tunnel_token");
        using var client = service.Client(token);

        await client.GetAsync(path, Cancel).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    [Fact]
    public async Task Answers_CarryRequestOrganizationAndWorkspace()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");

        using var response = await service.Api.GetAsync("/v1/tunnels/" + tunnel.Id(), Cancel);

        response.Header("request-id").ShouldStartWith("req_01");
        response.Header("anthropic-organization-id").ShouldBe(tunnel.Text("organization_id"));
        response.Header("anthropic-workspace-id").ShouldBe(tunnel.Text("workspace_id"));
    }

    [Fact]
    public async Task List_OfTunnels_CarriesTheWorkspaceToo()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        using var response = await service.Api.GetAsync("/v1/tunnels", Cancel);

        response.Header("anthropic-workspace-id").ShouldStartWith("wrkspc_01");
    }

    [Fact]
    public async Task WorkspaceHeader_OfAnUnknownWorkspace_Is403()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/tunnels");
        request.Headers.Add("anthropic-workspace-id", WorkspaceId.New().Value);

        await service.Api.SendAsync(request, Cancel).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.workspace");
    }

    public static string Pem(string pem) => JsonSerializer.Serialize(new { ca_certificate_pem = pem });

    [GeneratedRegex("^tnl_01[0-9A-Za-z]{22}$")]
    private static partial Regex TunnelIdPattern();

    [GeneratedRegex("^clv_tun_[0-9A-Za-z_-]{43}$")]
    private static partial Regex TokenPattern();
}

using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Search;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Search;

/// <summary><c>GET /v1/search</c>: what is found by what, and by whom.</summary>
public sealed class SearchTests : IAsyncLifetime
{
    private const string Path = "/v1/search";

    // Which parameter of a path names each kind.
    private static readonly Dictionary<string, string> ByPath = new()
    {
        ["tunnel"] = "tunnel_id",
        ["agent"] = "agent_id",
        ["certificate_authority"] = "ca_id",
        ["tunnel_certificate"] = "tunnels/certificate_id",
        ["certificate"] = "certificates/certificate_id",
        ["federation_issuer"] = "federation_issuers/id",
        ["federation_rule"] = "federation_rules/id",
        ["service_account"] = "service_accounts/id",
        ["oauth_client"] = "client_id",
        ["connection"] = "connection_id",
        ["route_policy"] = "policy_id",
        ["call_approval"] = "approval_id",
        ["webhook"] = "webhook_id",
        ["admin_key"] = "admin_key_id",
    };

    private MachineBench bench = null!;
    private Dictionary<string, string> things = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private HttpClient Api => bench.Service.Api;

    public async ValueTask InitializeAsync()
    {
        bench = await MachineBench.StartAsync();
        things = await OneOfEach.MakeAsync(bench);
    }

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Search_IdOfEachKind_FindsThatAlone()
    {
        foreach (var (type, path) in ByPath)
        {
            var found = await FindAsync(Api, things[path]);

            found.GetProperty("exact").GetBoolean().ShouldBeTrue(type);
            Found(found).ShouldBe([(type, things[path])], type);
        }
    }

    [Theory]
    [InlineData("robot", "service_account")]
    [InlineData("OBO", "service_account")]
    [InlineData("idp.example.com", "federation_issuer")]
    [InlineData("tools.example.com", "tunnel_hostname")]
    [InlineData("HOOKS.example.com", "webhook")]
    [InlineData("alice", "admin_key")]
    [InlineData("VENDOR", "connection")]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Search_PartOfAName_FindsItInUpperAndLowerCase(string text, string type)
    {
        var found = await FindAsync(Api, text);

        found.GetProperty("exact").GetBoolean().ShouldBeFalse();
        Found(found).ShouldHaveSingleItem().Type.ShouldBe(type);
    }

    [Fact]
    public async Task Search_Domain_FindsTunnelAndPolicy()
    {
        var domain = (await Api.GetOkAsync($"/v1/tunnels/{bench.TunnelId}")).Text("domain");

        Found(await FindAsync(Api, domain))
            .ShouldBe([("tunnel", bench.TunnelId), ("route_policy", things["policy_id"])]);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Search_SerialNumberKeyAndIdentity_FindTheCertificate()
    {
        var id = things["certificates/certificate_id"];
        var certificate = await Api.GetOkAsync($"/v1/certificates/{id}");
        var serial = certificate.Text("serial");
        var asOthersPrintIt = string.Join(':', serial.ToUpperInvariant().Chunk(2).Select(pair => new string(pair)));

        Found(await FindAsync(Api, serial)).ShouldBe([("certificate", id)]);
        Found(await FindAsync(Api, asOthersPrintIt)).ShouldBe([("certificate", id)]);
        Found(await FindAsync(Api, certificate.Text("key_sha256"))).ShouldBe([("certificate", id)]);
        Found(await FindAsync(Api, certificate.Text("identity"))).ShouldContain(("certificate", id));
    }

    [Fact]
    public async Task Search_Fingerprint_FindsTheRegisteredCertificate()
    {
        var id = things["tunnels/certificate_id"];
        var registered = await Api.GetOkAsync($"/v1/tunnels/{bench.TunnelId}/certificates/{id}");

        Found(await FindAsync(Api, registered.Text("fingerprint"))).ShouldContain(("tunnel_certificate", id));
    }

    [Fact]
    public async Task Search_RequestId_FindsItsAudit()
    {
        using var made = await Api.PostAsync("/v1/tunnels", "{}");
        var request = made.Headers.GetValues("request-id").Single();

        Found(await FindAsync(Api, request)).ShouldBe([("audit", request)]);
    }

    [Theory]
    [InlineData("%")]
    [InlineData("robo_")]
    [InlineData("\\")]
    [InlineData("rob%t")]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Search_Wildcards_AreOrdinaryCharacters(string text) =>
        Found(await FindAsync(Api, text)).ShouldBeEmpty();

    // A state is shown, and not searched.
    [Fact]
    public async Task Search_State_IsNoName() => Found(await FindAsync(Api, "enforce")).ShouldBeEmpty();

    // By id, by name and by serial number: nothing of another organization is found.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Search_OfAnotherOrganization_FindsNothing()
    {
        var other = await Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        using var stranger = await WithRoleAsync(RoleName.SecurityAdmin, other.Id());
        var serial = (await Api.GetOkAsync($"/v1/certificates/{things["certificates/certificate_id"]}")).Text("serial");
        using var made = await Api.PostAsync("/v1/tunnels", "{}");
        string[] texts =
        [
            .. ByPath.Values.Select(path => things[path]),
            "robot",
            "idp",
            "tools.example.com",
            "hooks",
            "alice",
            serial,
            made.Headers.GetValues("request-id").Single(),
        ];

        foreach (var text in texts)
        {
            Found(await FindAsync(stranger, text)).ShouldBeEmpty(text);
        }
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Search_OfAnotherWorkspace_FindsNoTunnel()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Path}?q={bench.TunnelId}");
        request.Headers.Add(RequestIdentity.WorkspaceHeader, things["workspace"]);

        var found = await Api.SendAsync(request, Cancel).ShouldBeOkAsync();

        Found(found).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(RoleName.Viewer, "route_policy", "call_approval", "webhook")]
    [InlineData(RoleName.Operator, "webhook")]
    [InlineData(RoleName.Approver, "webhook")]
    [InlineData(RoleName.Auditor)]
    public async Task Search_ByRole_FindsWhatTheRoleMayList(string role, params string[] hidden)
    {
        using var client = await WithRoleAsync(role, bench.OrganizationId);

        foreach (var (type, path) in ByPath)
        {
            Found(await FindAsync(client, things[path])).Count.ShouldBe(hidden.Contains(type) ? 0 : 1, type);
        }
    }

    [Fact]
    public async Task Search_Edge_IsFoundByOperatorsOfTheInstallationAlone()
    {
        var edge = await Api.PostOkAsync(
            "/v1/edges",
            """{"name":"frankfurt","addresses":["edge.example.com:7844"],"dns_names":["edge.example.com"]}"""
        );
        using var admin = await WithRoleAsync(RoleName.SecurityAdmin, bench.OrganizationId);

        Found(await FindAsync(Api, "frankfurt")).ShouldBe([("edge", edge.Id())]);
        Found(await FindAsync(admin, "frankfurt")).ShouldBeEmpty();
        Found(await FindAsync(admin, edge.Id())).ShouldBeEmpty();
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Search_MoreThanTheLimit_SaysOfWhichKind_AndShowsTheNewest()
    {
        var ids = new List<string>();
        foreach (var name in new[] { "build-1", "build-2", "build-3" })
        {
            ids.Add((await Api.PostOkAsync("/v1/organizations/service_accounts", $$"""{"name":"{{name}}"}""")).Id());
        }

        var two = await FindAsync(Api, "build", "&limit=2");
        Found(two).ShouldBe([("service_account", ids[2]), ("service_account", ids[1])]);
        two.GetProperty("more").ToString().ShouldBe("""["service_account"]""");
        var all = await FindAsync(Api, "build", "&limit=3&type=service_account");
        Found(all).Count.ShouldBe(3);
        all.GetProperty("more").GetArrayLength().ShouldBe(0);
        Found(await FindAsync(Api, "build", "&type=tunnel")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Search_Archived_ComesLast()
    {
        var first = await Api.PostOkAsync("/v1/organizations/service_accounts", """{"name":"deploy-1"}""");
        var second = await Api.PostOkAsync("/v1/organizations/service_accounts", """{"name":"deploy-2"}""");
        await Api.PostOkAsync($"/v1/organizations/service_accounts/{second.Id()}/archive");

        var found = await FindAsync(Api, "deploy");

        Found(found).Select(hit => hit.Id).ShouldBe([first.Id(), second.Id()]);
        found.GetProperty("data")[1].GetProperty("archived").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Store_NameBeyondTheNewestRows_IsNotSearched()
    {
        await Api.PostOkAsync("/v1/organizations/service_accounts", """{"name":"zeta"}""");
        var accounts = SearchKind.All.Single(kind => kind.Type == "service_account");
        var caller = new Caller
        {
            Kind = CallerKind.AdminKey,
            OrganizationId = bench.OrganizationId,
            Scopes = new HashSet<string>(),
            ActorId = "key_x",
            CredentialHash = "",
        };

        (await CountAsync("robot", searched: 1)).ShouldBe(0);
        (await CountAsync("robot", searched: 2)).ShouldBe(1);

        async Task<int> CountAsync(string text, int searched) =>
            (
                await new SearchStore(bench.Service.Get<Database>()) { MaxSearched = searched }.FindByNameAsync(
                    accounts,
                    new SearchQuery(caller, text, Type: null, Limit: 10),
                    Cancel
                )
            ).Count;
    }

    [Theory]
    [InlineData("", "q: 1 to 256 characters are required.")]
    [InlineData("?q=%20", "q: 1 to 256 characters are required.")]
    [InlineData("?q=x&type=secret", "type: one of tunnel, ")]
    [InlineData("?q=x&limit=0", "limit: a number from 1 to 100 is required.")]
    [InlineData("?q=x&limit=101", "limit: a number from 1 to 100 is required.")]
    public async Task Search_BadQuery_IsRefused(string query, string message)
    {
        var error = await Api.GetAsync(Path + query, Cancel)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

        error.Text("message").ShouldContain(message);
    }

    [Fact]
    public async Task Search_LongestText_IsTaken_AndOneMoreIsNot()
    {
        await Api.GetOkAsync($"{Path}?q={new string('a', SearchQuery.MaxText)}&limit=100");
        await Api.GetAsync($"{Path}?q={new string('a', SearchQuery.MaxText + 1)}", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    private static Task<JsonElement> FindAsync(HttpClient client, string text, string more = "") =>
        client.GetOkAsync($"{Path}?q={Uri.EscapeDataString(text)}{more}");

    private static List<(string Type, string Id)> Found(JsonElement found) =>
        [.. found.GetProperty("data").EnumerateArray().Select(hit => (hit.Text("type"), hit.Id()))];

    private async Task<HttpClient> WithRoleAsync(string role, string organizationId)
    {
        var key = await Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"k-{{role}}","role":"{{role}}","organization_id":"{{organizationId}}"}"""
        );
        return bench.Service.Client(key.Text("admin_key"));
    }
}

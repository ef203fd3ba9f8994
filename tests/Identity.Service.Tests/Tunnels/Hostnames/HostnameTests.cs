using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Machines;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Platform.Addresses;
using Culvert.Testing.Dns;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using ScriptedDns = Culvert.Testing.Dns.ScriptedDns;

namespace Culvert.Identity.Service.Tests.Tunnels.Hostnames;

/// <summary>Custom hostnames (S26), proven by a scripted name server.</summary>
public sealed class HostnameTests : IAsyncDisposable
{
    private const string Name = "mcp.example.com";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly ScriptedPeers peers = new();
    private readonly ScriptedDns dns = ScriptedDns
        .Start()
        .NameServer("example.com", "ns.example.com")
        .Address("ns.example.com", "127.0.0.1");

    private readonly string list = Path.GetTempFileName();

    public HostnameTests() => File.WriteAllLines(list, ["com", "co.uk", "example"]);

    public async ValueTask DisposeAsync()
    {
        File.Delete(list);
        await dns.DisposeAsync();
    }

    [Fact]
    public async Task Add_Valid_IsPendingAndSaysWhatToPublish()
    {
        await using var service = await StartAsync();
        var (path, tunnel) = await TunnelAsync(service);

        var added = await AddAsync(service, path, "MCP.Example.com");

        added.Text("name").ShouldBe(Name);
        added.Text("state").ShouldBe("pending");
        added.Text("txt_name").ShouldBe("_culvert." + Name);
        added.Text("txt_value")!.Length.ShouldBe("culvert-hostname=".Length + 43);
        added.Text("cname_target").ShouldBe(tunnel.Text("domain"));
        (await service.Api.GetOkAsync(path)).GetProperty("data")[0].ToString().ShouldBe(added.ToString());
        (await service.Api.GetOkAsync($"{path}/{Name}")).ToString().ShouldBe(added.ToString());
        (await FeedNamesAsync(service, tunnel)).ShouldBe((null, null));
    }

    [Fact]
    public async Task Check_RecordAtTheAuthority_ActivatesAndReachesBothFeeds()
    {
        await using var service = await StartAsync();
        var (path, tunnel) = await TunnelAsync(service);
        var added = await AddAsync(service, path, Name);
        dns.Text("_culvert." + Name, "something else").Text("_culvert." + Name, added.Text("txt_value")!);

        var active = await service.Api.PostOkAsync($"{path}/{Name}/check");

        active.Text("state").ShouldBe("active");
        active.Text("check_result").ShouldBe("proven");
        (await FeedNamesAsync(service, tunnel)).ShouldBe((Name + "=active", Name));
        dns.Seen.ShouldContain(q => q.Name == "_culvert." + Name && q.Type == DnsType.Txt);
    }

    [Fact]
    public async Task Check_RecordOfAnotherTunnelsToken_IsMissing()
    {
        await using var service = await StartAsync();
        var (path, _) = await TunnelAsync(service);
        await AddAsync(service, path, Name);
        dns.Text("_culvert." + Name, service.Get<HostnameProof>().CreateValue("another organization", Name));

        var checkedNow = await service.Api.PostOkAsync($"{path}/{Name}/check");

        (checkedNow.Text("state"), checkedNow.Text("check_result")).ShouldBe(("pending", "missing"));
    }

    [Fact]
    public async Task Check_ServersInANetworkThatIsNotAllowed_AreNotAsked()
    {
        await using var service = await StartAsync(o => o with { PrivateNameServers = AddressRanges.Empty });
        var (path, _) = await TunnelAsync(service);
        await AddAsync(service, path, Name);

        (await service.Api.PostOkAsync($"{path}/{Name}/check")).Text("check_result").ShouldBe("unreachable");
        dns.Seen.ShouldNotContain(q => q.Type == DnsType.Txt);
    }

    [Fact]
    public async Task Check_AnswerWithoutAuthority_IsUnreachable()
    {
        await using var service = await StartAsync();
        var (path, _) = await TunnelAsync(service);
        var added = await AddAsync(service, path, Name);
        dns.Text("_culvert." + Name, added.Text("txt_value")!).IsAuthoritative = false;

        (await service.Api.PostOkAsync($"{path}/{Name}/check")).Text("check_result").ShouldBe("unreachable");
    }

    [Fact]
    public async Task Check_ResolverFails_IsRefusedByName()
    {
        await using var service = await StartAsync();
        var (path, _) = await TunnelAsync(service);
        await AddAsync(service, path, Name);
        dns.Fail("_culvert." + Name, 2);

        await service
            .Api.PostAsync($"{path}/{Name}/check", null)
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "hostname.resolver");
    }

    [Fact]
    public async Task Check_WithoutAList_NamesTheSettingAndApprovalStillWorks()
    {
        await using var service = await StartAsync(o => o with { PublicSuffixFile = list + ".absent" });
        var (path, tunnel) = await TunnelAsync(service);
        await AddAsync(service, path, Name);

        var error = await service
            .Api.PostAsync($"{path}/{Name}/check", null)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "hostname.suffix_list");
        error.ToString().ShouldContain("public suffix list");
        (await service.Api.PostOkAsync($"{path}/{Name}/approve")).Text("state").ShouldBe("active");
        (await FeedNamesAsync(service, tunnel)).ShouldBe((Name + "=active", Name));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("*.com")]
    [InlineData("*.127.0.0.1")]
    [InlineData("a.*.example.com")]
    [InlineData("*.*.example.com")]
    [InlineData("localhost")]
    [InlineData("mcp_1.example.com")]
    [InlineData("-mcp.example.com")]
    [InlineData("mcp.example.com.")]
    [InlineData("müller.example.com")]
    [InlineData("")]
    public async Task Add_NoHostname_IsRefused(string name)
    {
        await using var service = await StartAsync();
        var (path, _) = await TunnelAsync(service);

        await AddCall(service, path, name).ShouldRefuseAsync(HttpStatusCode.BadRequest, "hostname.name");
    }

    [Theory] // the TXT record's name has nine letters more
    [InlineData(244, true)]
    [InlineData(245, false)]
    public async Task Add_Length_HasALimit(int length, bool allowed)
    {
        await using var service = await StartAsync();
        var (path, _) = await TunnelAsync(service);
        var label = new string('a', 60);
        var name = $"{label}.{label}.{label}.";
        name += new string('b', length - name.Length - 4) + ".com";

        using var answer = await AddCall(service, path, name);

        answer.StatusCode.ShouldBe(allowed ? HttpStatusCode.OK : HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("co.uk", "hostname.public_suffix")]
    [InlineData("identity.test", "hostname.reserved")] // the service
    [InlineData("edge.example.com", "hostname.reserved")] // an edge
    [InlineData("tunnel.example.com", "hostname.reserved")] // the suffix of tunnels
    [InlineData("a.b.tunnel.example.com", "hostname.reserved")]
    [InlineData("*.co.uk", "hostname.public_suffix")]
    [InlineData("*.identity.test", "hostname.reserved")]
    [InlineData("*.tunnel.example.com", "hostname.reserved")]
    [InlineData("*.example.com", "hostname.reserved")] // it would cover the edge and the suffix of tunnels
    public async Task Add_NameOfOthers_IsRefused(string name, string code)
    {
        await using var service = await StartAsync();
        var (path, _) = await TunnelAsync(service);
        await FeedTests.CreateEdgeAsync(service);

        await AddCall(service, path, name).ShouldRefuseAsync(HttpStatusCode.BadRequest, code);
    }

    // The zone is the provider's, so there is nothing to prove; and its names do not come through our edges.
    [Fact]
    public async Task Wildcard_OfAProvider_NeedsAnOperatorAndIsInNoFeed()
    {
        await using var service = await StartAsync();
        var (path, tunnel) = await TunnelAsync(service);
        await AddAsync(service, path, "*.abcd1234.tunnel.provider.com");

        await service
            .Api.PostAsync($"{path}/*.abcd1234.tunnel.provider.com/check", null)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "hostname.wildcard");
        var approved = await service.Api.PostOkAsync($"{path}/*.abcd1234.tunnel.provider.com/approve");

        approved.Text("state").ShouldBe("active");
        (await FeedNamesAsync(service, tunnel)).ShouldBe((null, null));
    }

    [Fact]
    public async Task Add_TwiceOrTooMany_IsRefused()
    {
        await using var service = await StartAsync();
        var (path, _) = await TunnelAsync(service);
        for (var i = 0; i < HostnameRegistry.MaxHostnames; i++)
        {
            await AddAsync(service, path, $"n{i}.example.com");
        }

        await AddCall(service, path, "n64.example.com").ShouldRefuseAsync(HttpStatusCode.BadRequest, "hostname.limit");
        await service.Api.DeleteAsync(new Uri($"{path}/n0.example.com", UriKind.Relative), Cancel);
        await AddCall(service, path, "n1.example.com").ShouldRefuseAsync(HttpStatusCode.Conflict, "hostname.claimed");
    }

    [Fact]
    public async Task Claim_OfOneTunnel_DoesNotBlockTheProofOfAnother()
    {
        await using var service = await StartAsync();
        var (first, _) = await TunnelAsync(service);
        var (second, _) = await TunnelAsync(service);
        await AddAsync(service, first, Name);
        var added = await AddAsync(service, second, Name);
        dns.Text("_culvert." + Name, added.Text("txt_value")!);

        (await service.Api.PostOkAsync($"{second}/{Name}/check")).Text("state").ShouldBe("active");

        // Both have proven it; one holds it, until it gives it up.
        await service
            .Api.PostAsync($"{first}/{Name}/check", null)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "hostname.taken");
        await service
            .Api.PostAsync($"{first}/{Name}/approve", null)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "hostname.taken");
        await service.Api.DeleteAsync(new Uri($"{second}/{Name}", UriKind.Relative), Cancel);
        (await service.Api.PostOkAsync($"{first}/{Name}/check")).Text("state").ShouldBe("active");
    }

    [Fact]
    public async Task Remove_Active_LeavesTheFeeds()
    {
        await using var service = await StartAsync();
        var (path, tunnel) = await ActiveAsync(service);

        using var removed = await service.Api.DeleteAsync(new Uri($"{path}/{Name}", UriKind.Relative), Cancel);

        removed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await FeedNamesAsync(service, tunnel)).ShouldBe((null, null));
        await service
            .Api.DeleteAsync(new Uri($"{path}/{Name}", UriKind.Relative), Cancel)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Fact]
    public async Task DailyLook_ThirdMissInARow_SuspendsAndProofBringsItBack()
    {
        await using var service = await StartAsync();
        await service.PauseJobsAsync();
        var (path, tunnel) = await ActiveAsync(service);
        var value = (await service.Api.GetOkAsync($"{path}/{Name}")).Text("txt_value")!;
        dns.Remove("_culvert." + Name, DnsType.Txt);
        var watch = service.Get<HostnameWatch>();

        foreach (var (state, misses) in ((string, long)[])[("active", 1), ("active", 2), ("suspended", 3)])
        {
            await watch.RunAsync(Cancel); // nothing is due yet
            service.Time.JumpTo(service.Time.GetUtcNow() + HostnamePlan.CheckEvery + TimeSpan.FromSeconds(1));
            await watch.RunAsync(Cancel);
            var now = await StoredAsync(service, tunnel);
            (now.State, now.Misses).ShouldBe((state, misses));
        }

        (await service.Get<HostnameStore>().ListActiveAsync(Cancel)).ShouldBeEmpty();
        dns.Text("_culvert." + Name, value);
        service.Time.JumpTo(service.Time.GetUtcNow() + HostnamePlan.CheckEvery + TimeSpan.FromSeconds(1));
        await watch.RunAsync(Cancel);
        (await StoredAsync(service, tunnel)).State.ShouldBe("active");
    }

    [Fact]
    public async Task DailyLook_ResolverFails_CountsNoMiss()
    {
        await using var service = await StartAsync();
        await service.PauseJobsAsync();
        var (_, tunnel) = await ActiveAsync(service);
        dns.Fail("_culvert." + Name, 2);
        service.Time.JumpTo(service.Time.GetUtcNow() + HostnamePlan.CheckEvery + TimeSpan.FromSeconds(1));

        await service.Get<HostnameWatch>().RunAsync(Cancel);

        var now = await StoredAsync(service, tunnel);
        (now.State, now.Misses, now.CheckResult).ShouldBe(("active", 0, "unavailable"));
    }

    [Fact] // any tunnel can have any number of claims without a proof
    public async Task DailyLook_ClaimsHaveWaitedLonger_NamesInServiceComeFirst()
    {
        await using var service = await StartAsync();
        await service.PauseJobsAsync();
        var (claims, _) = await TunnelAsync(service);
        foreach (var name in (string[])["one.example.com", "two.example.com"])
        {
            await AddAsync(service, claims, name);
        }

        service.Time.JumpTo(service.Time.GetUtcNow() + TimeSpan.FromHours(1));
        await ActiveAsync(service);
        service.Time.JumpTo(service.Time.GetUtcNow() + HostnamePlan.CheckEvery + TimeSpan.FromSeconds(1));
        var store = service.Get<HostnameStore>();

        var due = await store.ListDueAsync(service.Time.GetUtcNow() - HostnamePlan.CheckEvery, 2, Cancel);
        due.Select(h => h.Name).ShouldBe([Name, "one.example.com"]);
        await service.Get<HostnameWatch>().RunAsync(Cancel);
        (await store.ListDueAsync(service.Time.GetUtcNow() - HostnamePlan.CheckEvery, 3, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Archive_OfItsTunnel_KeepsTheNameFromOthersForThirtyDays()
    {
        await using var service = await StartAsync();
        var (_, tunnel) = await ActiveAsync(service);
        await service.Api.PostOkAsync($"/v1/tunnels/{tunnel.Id()}/archive");
        var (path, next) = await TunnelAsync(service);
        await AddAsync(service, path, Name);
        var archivedAt = service.Time.GetUtcNow();

        (await ActivateAsync("another organization", archivedAt - TimeSpan.FromDays(1))).ShouldBe(
            HostnameErrors.AlreadyClaimed
        );
        (await ActivateAsync("another organization", archivedAt)).ShouldBe(HostnameErrors.AlreadyClaimed);
        (await ActivateAsync("another organization", archivedAt.AddSeconds(1))).ShouldBeNull();

        async Task<ErrorCode?> ActivateAsync(string organization, DateTimeOffset since)
        {
            var before = await StoredAsync(service, next);
            var after = before with { State = "active", ActiveAt = service.Time.GetUtcNow() };
            var statements = service.Get<HostnameStore>().Update(before, after, organization, since);
            var committed = await service.Get<IJournal>().CommitAsync(new Decision { Statements = statements }, Cancel);
            return committed.Refusal?.Code;
        }
    }

    [Fact]
    public async Task Archive_OfItsTunnel_GivesTheNameToTheOrganizationsNextTunnelAtOnce()
    {
        await using var service = await StartAsync();
        var (_, tunnel) = await ActiveAsync(service);
        await service.Api.PostOkAsync($"/v1/tunnels/{tunnel.Id()}/archive");
        (await service.Get<HostnameStore>().ListActiveAsync(Cancel)).ShouldBeEmpty();
        var (path, _) = await TunnelAsync(service);
        await AddAsync(service, path, Name);

        (await service.Api.PostOkAsync($"{path}/{Name}/check")).Text("state").ShouldBe("active");
    }

    [Fact]
    public async Task Changes_OfState_AreAudited()
    {
        await using var service = await StartAsync();
        var (path, _) = await ActiveAsync(service);
        await service.Api.DeleteAsync(new Uri($"{path}/{Name}", UriKind.Relative), Cancel);

        var events = (await service.Api.GetOkAsync("/v1/audit?limit=20"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(entry => entry.Text("event"))
            .ToArray();

        events.ShouldContain("tunnel_hostname_added");
        events.ShouldContain("tunnel_hostname_activated");
        events.ShouldContain("tunnel_hostname_removed");
    }

    [Fact]
    public async Task Approve_WithoutTheOperatorsScope_IsForbidden()
    {
        await using var service = await StartAsync();
        var (path, _) = await TunnelAsync(service);
        await AddAsync(service, path, Name);
        using var stranger = service.Client(null);

        (await stranger.PostAsync($"{path}/{Name}/approve", null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<(string Path, JsonElement Tunnel)> ActiveAsync(ServiceUnderTest service)
    {
        var (path, tunnel) = await TunnelAsync(service);
        var added = await AddAsync(service, path, Name);
        dns.Text("_culvert." + Name, added.Text("txt_value")!);
        (await service.Api.PostOkAsync($"{path}/{Name}/check")).Text("state").ShouldBe("active");
        return (path, tunnel);
    }

    private async Task<(string? Agent, string? Edge)> FeedNamesAsync(ServiceUnderTest service, JsonElement tunnel)
    {
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        var (edge, _) = service.Edge(peers, await FeedTests.CreateEdgeAsync(service));
        var told = await agent.GetOkAsync("/v1/agent/feed");
        var shown = (await edge.GetOkAsync("/v1/edge/feed")).GetProperty("tunnels")[0];
        return (
            told.TryGetProperty("hostnames", out var names)
                ? $"{names[0].Text("name")}={names[0].Text("state")}"
                : null,
            shown.TryGetProperty("hostnames", out var routed) ? routed[0].GetString() : null
        );
    }

    private static async Task<Hostname> StoredAsync(ServiceUnderTest service, JsonElement tunnel) =>
        (await service.Get<HostnameStore>().FindAsync(TunnelId.Wrap(tunnel.Id()), Name, Cancel))!;

    private static async Task<(string Path, JsonElement Tunnel)> TunnelAsync(ServiceUnderTest service)
    {
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        return ($"/v1/tunnels/{tunnel.Id()}/hostnames", tunnel);
    }

    private static Task<HttpResponseMessage> AddCall(ServiceUnderTest service, string path, string name) =>
        service.Api.PostAsync(path, JsonSerializer.Serialize(new { name }));

    private static Task<JsonElement> AddAsync(ServiceUnderTest service, string path, string name) =>
        service.Api.PostOkAsync(path, JsonSerializer.Serialize(new { name }));

    private Task<ServiceUnderTest> StartAsync(Func<HostnameOptions, HostnameOptions>? change = null)
    {
        AddressRanges.TryParse(["127.0.0.0/8"], out var loopback, out _).ShouldBeTrue();
        var options = new HostnameOptions
        {
            PublicSuffixFile = list,
            Resolvers = [dns.EndPoint],
            NameServerPort = dns.EndPoint.Port,
            PrivateNameServers = loopback,
        };
        return ServiceUnderTest.StartAsync(
            services => services.AddSingleton<IMachinePeerVerifier>(peers),
            o => o with { Tunnels = o.Tunnels with { Hostnames = change?.Invoke(options) ?? options } }
        );
    }
}

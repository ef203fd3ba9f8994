using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Admin;

public sealed class AdminKeyEndpointsTests : IAsyncLifetime
{
    private const string Keys = "/v1/admin_keys";

    private ServiceUnderTest service = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => service = await ServiceUnderTest.StartAsync();

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Create_Key_WorksIsShownOnceAndIsAudited()
    {
        var made = await CreateAsync(service.Api, "Bob", "security-admin");
        var secret = made.Text("admin_key")!;
        made.Text("status").ShouldBe("live");
        made.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()).ShouldBe(["org:admin"]);

        using var bob = service.Client(secret);
        await bob.GetOkAsync("/v1/tunnels");
        var list = await service.Api.GetOkAsync(Keys);
        list.ToString().ShouldNotContain(secret);
        list.GetProperty("data").EnumerateArray().Select(k => k.Text("name")).ShouldBe(["Bob", "init"], true);

        var entry = await AuditAsync("admin_key_created", "Bob");
        entry.GetProperty("event_data").Text("role").ShouldBe("security-admin");
        entry.ToString().ShouldNotContain(secret);
    }

    [Fact]
    public async Task Create_ByAKey_IsItsMakersPersonWhateverItsName()
    {
        var init = (await service.Api.GetOkAsync(Keys)).GetProperty("data")[0];
        var bob = await CreateAsync(service.Api, "Bob", "security-admin");
        using var hand = service.Client(bob.Text("admin_key"));
        var laptop = await CreateAsync(hand, "Carol", "operator");

        laptop.Text("created_by").ShouldBe(bob.Id());
        laptop.Text("person").ShouldBe(init.Id());
    }

    [Fact]
    public async Task Create_KeysThatMakeKeys_AreOnePersonHoweverMany()
    {
        var init = (await service.Api.GetOkAsync(Keys)).GetProperty("data")[0];
        JsonElement last = default;
        var secret = service.AdminKey;
        for (var i = 0; i < 80; i++)
        {
            using var hand = service.Client(secret);
            last = await CreateAsync(hand, $"key {i}", "security-admin");
            secret = last.Text("admin_key")!;
        }

        last.Text("person").ShouldBe(init.Id());
    }

    [Fact]
    public async Task Create_MoreThanTheCallerHolds_IsRefused()
    {
        var bob = await CreateAsync(service.Api, "Bob", "security-admin");
        using var hand = service.Client(bob.Text("admin_key"));

        await hand.PostAsync(Keys, Body("Eve", "installation-operator"))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "admin_key.rights");

        // Nor may he end what he could not have made: init's key opens the installation.
        var init = (await service.Api.GetOkAsync(Keys))
            .GetProperty("data")
            .EnumerateArray()
            .Single(k => k.Text("name") == "init");
        await hand.PostAsync($"{Keys}/{init.Id()}/revoke", "{}")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "admin_key.rights");

        var op = await CreateAsync(hand, "Op", "operator");
        using var low = service.Client(op.Text("admin_key"));
        await low.PostAsync(Keys, Body("Low", "viewer")).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
        await low.PostAsync($"{Keys}/{op.Id()}/revoke", "{}").ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
        await low.GetAsync("/v1/audit/export", Cancellation).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    [Theory]
    [InlineData("", "operator", 3600)]
    [InlineData("a\tb", "operator", 3600)]
    [InlineData("Bob", "root", 3600)]
    [InlineData("Bob", "operator", 59)]
    [InlineData("Bob", "operator", 400 * 86400 + 1)]
    public async Task Create_BadWish_IsRefused(string name, string role, int seconds) =>
        await service
            .Api.PostAsync(
                Keys,
                JsonSerializer.Serialize(
                    new
                    {
                        name,
                        role,
                        lifetime_seconds = seconds,
                    }
                )
            )
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Fact]
    public async Task Revoke_Key_EndsAtOnceAndTwiceIsOnce()
    {
        var made = await CreateAsync(service.Api, "Bob", "security-admin");
        using var bob = service.Client(made.Text("admin_key"));
        await bob.GetOkAsync(Keys);

        var first = await service.Api.PostOkAsync($"{Keys}/{made.Id()}/revoke", """{"reason":"left"}""");
        var second = await service.Api.PostOkAsync($"{Keys}/{made.Id()}/revoke", "{}");

        first.Text("status").ShouldBe("revoked");
        second.Text("revoked_at").ShouldBe(first.Text("revoked_at"));
        await bob.GetAsync(Keys, Cancellation).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "auth.key_revoked");
        (await AuditAsync("admin_key_revoked", "Bob")).GetProperty("event_data").Text("reason").ShouldBe("left");
        await service
            .Api.PostAsync($"{Keys}/key_unknown/revoke", "{}")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Fact]
    public async Task List_UsedKey_SaysWhen()
    {
        var made = await CreateAsync(service.Api, "Bob", "operator");
        using var bob = service.Client(made.Text("admin_key"));
        (await service.Api.GetOkAsync($"{Keys}/{made.Id()}"))
            .GetProperty("last_used_at")
            .ValueKind.ShouldBe(JsonValueKind.Null);

        await bob.GetOkAsync("/v1/tunnels");
        await service.Get<AdminKeyUses>().WriteAsync(Cancellation);

        (await service.Api.GetOkAsync($"{Keys}/{made.Id()}"))
            .GetProperty("last_used_at")
            .GetDateTime()
            .ShouldBe(service.Time.GetUtcNow().UtcDateTime, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Create_BeyondTheLimit_IsRefusedUntilOneIsRevoked()
    {
        // init's is one of them.
        JsonElement last = default;
        for (var i = 1; i < AdminKeys.MostLive; i++)
        {
            last = await CreateAsync(service.Api, $"key {i}", "operator");
        }

        await service
            .Api.PostAsync(Keys, Body("one more", "operator"))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "admin_key.limit");
        await service.Api.PostOkAsync($"{Keys}/{last.Id()}/revoke", "{}");
        await CreateAsync(service.Api, "one more", "operator");
    }

    private static Task<JsonElement> CreateAsync(HttpClient client, string name, string role) =>
        client.PostOkAsync(Keys, Body(name, role));

    private static string Body(string name, string role) => JsonSerializer.Serialize(new { name, role });

    private async Task<JsonElement> AuditAsync(string name, string keyName)
    {
        var entries = await service.Api.GetOkAsync("/v1/audit");
        return entries
            .GetProperty("data")
            .EnumerateArray()
            .Select(e => e.GetProperty("body"))
            .First(e => e.Text("event") == name && e.GetProperty("event_data").Text("name") == keyName);
    }
}

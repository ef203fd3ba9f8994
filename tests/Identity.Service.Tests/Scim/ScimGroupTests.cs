using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Scim;

[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class ScimGroupTests : IAsyncLifetime
{
    private ScimBench bench = null!;
    private string ada = "";
    private string bob = "";

    private ScimClient Directory => bench.Directory;

    public async ValueTask InitializeAsync()
    {
        bench = await ScimBench.StartAsync();
        ada = (await Directory.CreateUserAsync("ada", "ada")).Id();
        bob = (await Directory.CreateUserAsync("bob", "bob")).Id();
    }

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Create_WithMembers_AnswersThem()
    {
        var group = await Directory.CreateGroupAsync("Engineering", ada, bob, ada);

        group.Text("displayName").ShouldBe("Engineering");
        group.TryGetProperty("active", out _).ShouldBeFalse();
        (await MembersAsync(group)).ShouldBe([ada, bob], ignoreOrder: true);
        var data = (await bench.FindEventsAsync(AuditEvents.ScimGroupCreated))
            .ShouldHaveSingleItem()
            .GetProperty("event_data");
        data.Text("scim_group_id").ShouldBe(group.Id());
        data.GetProperty("members").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Patch_MembersAsEntraAndOktaSendThem_AddsAndRemoves()
    {
        var group = await Directory.CreateGroupAsync("Engineering");
        var path = $"Groups/{group.Id()}";

        using (
            var added = await Directory.SendAsync(
                "PATCH",
                path,
                ScimClient.Patch(
                    $$"""{"op":"Add","path":"members","value":[{"value":"{{ada}}","display":"Ada"},{"value":"{{bob}}"}]}"""
                )
            )
        )
        {
            added.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            added.Header("etag").ShouldBe("W/\"2\"");
        }

        (await MembersAsync(group)).ShouldBe([ada, bob], ignoreOrder: true);
        await PatchAsync(path, $$"""{"op":"remove","path":"members[value eq \"{{ada}}\"]"}""");
        (await MembersAsync(group)).ShouldBe([bob]);
        await PatchAsync(path, $$"""{"op":"Remove","path":"members","value":[{"value":"{{bob}}"}]}""");
        (await MembersAsync(group)).ShouldBeEmpty();
        await PatchAsync(path, $$"""{"op":"replace","path":"members","value":[{"value":"{{ada}}"}]}""");
        (await MembersAsync(group)).ShouldBe([ada]);
        await PatchAsync(path, """{"op":"remove","path":"members"}""");
        (await MembersAsync(group)).ShouldBeEmpty();
        await PatchAsync(path, $$"""{"op":"replace","value":{"id":"{{group.Id()}}","displayName":"Research"} }""");
        (await Directory.OkAsync("GET", path)).Text("displayName").ShouldBe("Research");
    }

    [Fact]
    public async Task Patch_MemberThatIsOne_ChangesNothing()
    {
        var group = await Directory.CreateGroupAsync("Engineering", ada);

        await PatchAsync($"Groups/{group.Id()}", $$"""{"op":"add","path":"members","value":[{"value":"{{ada}}"}]}""");

        (await bench.FindEventsAsync(AuditEvents.ScimGroupUpdated)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Patch_WithAttributes_AnswersTheGroup()
    {
        var group = await Directory.CreateGroupAsync("Engineering", ada);

        var answer = await Directory.OkAsync(
            "PATCH",
            $"Groups/{group.Id()}?attributes=displayName",
            ScimClient.Patch("""{"op":"replace","path":"displayName","value":"Research"}""")
        );

        answer.EnumerateObject().Select(one => one.Name).ShouldBe(["schemas", "id", "displayName"]);
    }

    [Fact]
    public async Task Put_AsOktaSendsIt_ReplacesTheMembers()
    {
        var group = await Directory.CreateGroupAsync("Engineering", ada);

        await Directory.OkAsync("PUT", $"Groups/{group.Id()}", ScimClient.Group("Engineering", bob));

        (await MembersAsync(group)).ShouldBe([bob]);
        (await bench.FindEventsAsync(AuditEvents.ScimGroupUpdated))
            .ShouldHaveSingleItem()
            .GetProperty("event_data")
            .GetProperty("members")
            .GetInt32()
            .ShouldBe(1);
    }

    [Fact]
    public async Task Member_OfAnotherDirectoryOrUnknown_IsRefused()
    {
        using var other = await ScimClient.CreateAsync(
            bench.Service,
            await ScimBench.AddIssuerAsync(bench.Service, "others")
        );
        var eve = (await other.CreateUserAsync("eve")).Id();
        var group = (await Directory.CreateGroupAsync("Engineering")).Id();

        foreach (var id in new[] { eve, Identifier.New("scu"), group, "x", new string('x', 28) })
        {
            await Directory.ShouldRefuseAsync(
                "POST",
                "Groups",
                ScimClient.Group("Research", ada, id),
                HttpStatusCode.BadRequest,
                "scim.value",
                "invalidValue"
            );
        }

        (await Directory.OkAsync("GET", "Groups")).GetProperty("totalResults").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Delete_MemberAndGroup_AreGone()
    {
        var group = await Directory.CreateGroupAsync("Engineering", ada, bob);

        await Directory.OkAsync("DELETE", $"Users/{ada}", status: HttpStatusCode.NoContent);

        (await MembersAsync(group)).ShouldBe([bob]);
        (await Directory.OkAsync("GET", $"Groups/{group.Id()}"))
            .GetProperty("meta")
            .Text("version")
            .ShouldBe("W/\"2\"");
        await Directory.OkAsync("DELETE", $"Groups/{group.Id()}", status: HttpStatusCode.NoContent);
        await Directory.ShouldRefuseAsync(
            "GET",
            $"Groups/{group.Id()}",
            null,
            HttpStatusCode.NotFound,
            "request.not_found",
            scimType: null
        );
        (await bench.FindEventsAsync(AuditEvents.ScimGroupDeleted)).Count.ShouldBe(1);
        (await bench.FindEventsAsync(AuditEvents.PersonOffBoarded)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task List_ByFilterAsEntraSendsIt_FindsTheGroup()
    {
        var group = await Directory.CreateGroupAsync("Engineering", ada);
        await Directory.CreateGroupAsync("Research", bob);

        (await ListAsync("excludedAttributes=members&filter=displayName eq \"engineering\"")).ShouldBe([group.Id()]);
        (await ListAsync($"filter=id eq \"{group.Id()}\" and members eq \"{ada}\"")).ShouldBe([group.Id()]);
        (await ListAsync($"filter=id eq \"{group.Id()}\" and members[value eq \"{bob}\"]")).ShouldBeEmpty();
        var page = await Directory.OkAsync("GET", "Groups?excludedAttributes=members");
        page.GetProperty("Resources")[0].TryGetProperty("members", out _).ShouldBeFalse();
        (await Directory.OkAsync("GET", "Groups"))
            .GetProperty("Resources")[1]
            .GetProperty("members")[0]
            .Text("value")
            .ShouldBe(bob);
    }

    [Fact]
    public async Task List_MembersOfManyGroups_IsTooMany()
    {
        for (var i = 0; i < 6; i++)
        {
            await Directory.CreateGroupAsync($"Group {i}", ada);
        }

        await Directory.ShouldRefuseAsync(
            "GET",
            $"Groups?filter={Uri.EscapeDataString($"members eq \"{ada}\"")}",
            null,
            HttpStatusCode.BadRequest,
            "scim.too_many",
            "tooMany"
        );
    }

    [Fact]
    public async Task Create_MembersBeyondTheLimit_IsRefused()
    {
        var ids = Enumerable.Range(0, 10_001).Select(i => $"scu_01{i:D22}");

        await Directory.ShouldRefuseAsync(
            "POST",
            "Groups",
            ScimClient.Group("Engineering", ids),
            HttpStatusCode.BadRequest,
            "scim.value",
            "invalidValue"
        );
    }

    [Fact]
    public async Task Create_BodyTooLarge_IsRefused() =>
        await Directory.ShouldRefuseAsync(
            "POST",
            "Groups",
            ScimClient.Group(new string('x', 1024 * 1024)),
            HttpStatusCode.RequestEntityTooLarge,
            "request.too_large",
            scimType: null
        );

    [Fact]
    public async Task Members_MoreThanOneStatementTakes_AreAllStored()
    {
        List<string> ids = [];
        for (var i = 0; i < 501; i++)
        {
            ids.Add((await Directory.CreateUserAsync($"user-{i}")).Id());
        }

        var group = await Directory.CreateGroupAsync("Everyone", [.. ids]);

        (await MembersAsync(group)).ShouldBe(ids, ignoreOrder: true);
        await PatchAsync($"Groups/{group.Id()}", """{"op":"remove","path":"members"}""");
        (await MembersAsync(group)).ShouldBeEmpty();
    }

    private Task PatchAsync(string path, string operation) =>
        Directory.OkAsync("PATCH", path, ScimClient.Patch(operation), HttpStatusCode.NoContent);

    private async Task<IReadOnlyList<string>> MembersAsync(JsonElement group) =>
        (await Directory.OkAsync("GET", $"Groups/{group.Id()}")).TryGetProperty("members", out var members)
            ? [.. members.EnumerateArray().Select(one => one.Text("value"))]
            : [];

    private async Task<IReadOnlyList<string>> ListAsync(string query) =>
        [
            .. (
                await Directory.OkAsync(
                    "GET",
                    $"Groups?{Uri.EscapeDataString(query).Replace("%3D", "=").Replace("%26", "&")}"
                )
            )
                .GetProperty("Resources")
                .EnumerateArray()
                .Select(one => one.Id()),
        ];
}

using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Scim;

/// <summary>Rules whose condition reads the groups that a directory provisioned, in exchanges and simulations.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class DirectoryGroupRuleTests(DirectoryGroupRuleTests.Fixture fixture)
    : IClassFixture<DirectoryGroupRuleTests.Fixture>,
        IAsyncLifetime
{
    private const string Subject = "repo:acme/app:ref:refs/heads/main";
    private const string Engineers = "'Engineering' in directory.groups";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private ScimClient directory = null!;
    private string issuerId = "";

    private FederatedService Federated => fixture.Service;

    private FakeDirectoryGroups Groups => fixture.Groups;

    public async ValueTask InitializeAsync()
    {
        issuerId = await Federated.IssuerAsync();
        directory = await ScimClient.CreateAsync(Federated.Service, issuerId);
        Groups.Reset();
    }

    public ValueTask DisposeAsync()
    {
        directory.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(Engineers, null)]
    [InlineData("'Engineering' in directory.groups && claims.sub.startsWith('repo:acme/')", null)]
    [InlineData("directory.groups.exists(g, g.startsWith('Eng'))", null)]
    [InlineData("size(directory.groups) == 2 && size(directory.group_ids) == 2", null)]
    [InlineData("'engineering' in directory.groups", "condition_false")]
    [InlineData("'Sales' in directory.groups", "condition_false")]
    [InlineData("'Engineering' in directory.group_ids", "condition_false")]
    [InlineData("'Engineering' in directory.groups && claims.sub == 'x'", "condition_false")]
    [InlineData("directory.groups[5] == 'Engineering'", "cel_error")]
    public async Task Exchange_PersonInTwoGroups_IsDecidedByTheCondition(string condition, string? reason)
    {
        var ada = await directory.CreateUserAsync("ada", Subject);
        await directory.CreateGroupAsync("Engineering", ada.Id());
        await directory.CreateGroupAsync("On call", ada.Id());
        await directory.CreateGroupAsync("Sales");
        var rule = await RuleAsync(condition);

        await ShouldEndAsync(rule, reason);
    }

    [Fact]
    public async Task Exchange_GroupById_IsGrantedUntilAnotherGroupHasTheName()
    {
        var ada = await directory.CreateUserAsync("ada", Subject);
        var group = await directory.CreateGroupAsync("Engineering", ada.Id());
        var rule = await RuleAsync($"'{group.Id()}' in directory.group_ids");
        await ShouldEndAsync(rule, reason: null);

        await directory.OkAsync("DELETE", $"Groups/{group.Id()}", status: HttpStatusCode.NoContent);
        await directory.CreateGroupAsync("Engineering", ada.Id());

        await ShouldEndAsync(rule, "condition_false");
    }

    [Fact]
    public async Task Exchange_PersonLeavesTheGroup_IsDeniedFromTheNextOn()
    {
        var ada = await directory.CreateUserAsync("ada", Subject);
        var group = await directory.CreateGroupAsync("Engineering", ada.Id());
        var rule = await RuleAsync(Engineers);
        await ShouldEndAsync(rule, reason: null);

        await PatchAsync(group, $$"""{"op":"remove","path":"members[value eq \"{{ada.Id()}}\"]"}""");

        await ShouldEndAsync(rule, "condition_false");
        await PatchAsync(group, $$"""{"op":"add","path":"members","value":[{"value":"{{ada.Id()}}"}]}""");
        await ShouldEndAsync(rule, reason: null);
    }

    [Fact]
    public async Task Exchange_GroupIsRenamed_IsDecidedByTheNewName()
    {
        var ada = await directory.CreateUserAsync("ada", Subject);
        var group = await directory.CreateGroupAsync("Engineering", ada.Id());
        var rule = await RuleAsync(Engineers);

        await PatchAsync(group, """{"op":"replace","path":"displayName","value":"Platform"}""");

        await ShouldEndAsync(rule, "condition_false");
    }

    [Theory]
    [InlineData("bob")]
    [InlineData("REPO:acme/app:ref:refs/heads/main")]
    public async Task Exchange_GroupOfAnotherPerson_IsDenied(string subject)
    {
        var other = await directory.CreateUserAsync("other", subject);
        await directory.CreateGroupAsync("Engineering", other.Id());

        await ShouldEndAsync(await RuleAsync(Engineers), "condition_false");
    }

    [Fact]
    public async Task Exchange_NothingProvisioned_IsDenied() =>
        await ShouldEndAsync(await RuleAsync(Engineers), "condition_false");

    [Fact]
    public async Task Exchange_GroupOfAnotherIssuer_IsDenied()
    {
        using var others = await ScimClient.CreateAsync(Federated.Service, await Federated.IssuerAsync());
        var ada = await others.CreateUserAsync("ada", Subject);
        await others.CreateGroupAsync("Engineering", ada.Id());

        await ShouldEndAsync(await RuleAsync(Engineers), "condition_false");
    }

    [Fact]
    public async Task Exchange_GroupOfAnotherOrganization_IsDenied()
    {
        var other = await Federated.CreateAsync("/v1/organizations", new JsonObject { ["name"] = "Other" });
        var key = await Federated.CreateAsync(
            "/v1/admin_keys",
            new JsonObject
            {
                ["name"] = "Eve",
                ["role"] = "security-admin",
                ["organization_id"] = other.Id(),
            }
        );
        using var eve = Federated.Service.Client(key.Text("admin_key"));
        var theirs = (await eve.PostOkAsync(FederatedService.Issuers, Federated.IssuerBody().ToJsonString())).Id();
        var provisioning = await eve.PostOkAsync("/v1/admin_keys", """{"name":"directory","role":"scim"}""");
        using var others = new ScimClient(Federated.Service.Client(provisioning.Text("admin_key")), theirs);
        var ada = await others.CreateUserAsync("ada", Subject);
        await others.CreateGroupAsync("Engineering", ada.Id());

        await ShouldEndAsync(await RuleAsync(Engineers), "condition_false");
    }

    [Theory]
    [InlineData(PersonGroups.Max, null)]
    [InlineData(PersonGroups.Max + 1, "cel_error")]
    public async Task Exchange_ManyGroups_AreReadUpToTheLimit(int count, string? reason)
    {
        var ada = await directory.CreateUserAsync("ada", Subject);
        await InsertGroupsAsync(count, ada.Id());

        // The negation shows that groups beyond the limit are unknown, not absent.
        await ShouldEndAsync(
            await RuleAsync("claims.sub == 'repo:acme/app:ref:refs/heads/main' && !('Sales' in directory.groups)"),
            reason
        );
    }

    [Theory]
    [InlineData(Engineers, 1)]
    [InlineData("claims.sub == 'repo:acme/app:ref:refs/heads/main'", 0)]
    public async Task Exchange_Granted_ReadsTheDirectoryForRulesThatNeedItOnly(string condition, int readings)
    {
        var ada = await directory.CreateUserAsync("ada", Subject);
        await directory.CreateGroupAsync("Engineering", ada.Id());
        var rule = await RuleAsync(condition);

        await ShouldEndAsync(rule, reason: null);

        Groups.Readings.ShouldBe(readings);
    }

    [Fact]
    [Trait("Attack", "A52")]
    public async Task Exchange_DirectoryCannotBeRead_IsRefusedWithTheCause()
    {
        var ada = await directory.CreateUserAsync("ada", Subject);
        await directory.CreateGroupAsync("Engineering", ada.Id());
        var rule = await RuleAsync(Engineers);
        var token = Federated.Token();

        Groups.IsFailing = true;

        await Federated
            .ExchangeAsync(rule, token)
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "store.unavailable");
        Groups.IsFailing = false;
        using var again = await Federated.ExchangeAsync(rule, token);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Exchange_Denied_ExplainsWithTheGroups()
    {
        var ada = await directory.CreateUserAsync("ada", Subject);
        var group = await directory.CreateGroupAsync("On call", ada.Id());
        var rule = await RuleAsync(Engineers);

        using var denied = await Federated.ExchangeAsync(rule, Federated.Token());

        var entry = await Federated.GetAsync($"/v1/authentication_history/{denied.Header("request-id")}");
        ShownGroups(entry.GetProperty("trace")).ShouldBe([$"{group.Id()} On call"]);
    }

    [Theory]
    [InlineData("bob", "not_in_directory")]
    [InlineData(Subject, "")]
    public async Task Simulate_Denied_TellsWhetherTheDirectoryKnowsThePerson(string provisioned, string hints)
    {
        await directory.CreateUserAsync("ada", provisioned);

        var trace = (await SimulateAsync(await RuleAsync(Engineers))).GetProperty("trace");

        string.Join(' ', trace.GetProperty("hints").EnumerateArray().Select(hint => hint.Text("code"))).ShouldBe(hints);
    }

    [Fact]
    public async Task Simulate_Claims_ReadsTheDirectory()
    {
        var ada = await directory.CreateUserAsync("ada", Subject);
        var group = await directory.CreateGroupAsync("Engineering", ada.Id());

        var answer = await SimulateAsync(await RuleAsync(Engineers));

        answer.Text("decision").ShouldBe("granted");
        ShownGroups(answer.GetProperty("trace")).ShouldBe([$"{group.Id()} Engineering"]);
    }

    [Theory]
    [InlineData("""{"groups":["Engineering"]}""", "granted")]
    [InlineData("""{"groups":["Sales"]}""", "denied")]
    [InlineData("{}", "denied")]
    public async Task Simulate_GivenGroups_AreReadInsteadOfTheDirectory(string given, string decision)
    {
        var ada = await directory.CreateUserAsync("ada", Subject);
        await directory.CreateGroupAsync("Engineering", ada.Id());

        (await SimulateAsync(await RuleAsync(Engineers), given)).Text("decision").ShouldBe(decision);
        Groups.Readings.ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"groups":[""]}""")]
    [InlineData("""{"group_ids":[null]}""")]
    public async Task Simulate_BadGroups_AreRefused(string given) =>
        await Federated
            .PostAsync($"{FederatedService.Rules}/simulate", SimulationBody(await RuleAsync(Engineers), given))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Theory]
    [InlineData("""{"groups":["Engineering"]}""", "allow", null)]
    [InlineData("""{"groups":["Sales"]}""", "deny", null)]
    [InlineData(null, "allow", "federation.rule_test")]
    [InlineData("""{"groups":["Engineering"]}""", "deny", "federation.rule_test")]
    [InlineData("""{"groups":[""]}""", "allow", "request.invalid")]
    public async Task Create_RuleWithTests_ReadsTheGroupsOfTheTestAlone(string? given, string expect, string? refusal)
    {
        var ada = await directory.CreateUserAsync("ada", Subject);
        await directory.CreateGroupAsync("Engineering", ada.Id());
        var body = await BodyAsync(Engineers);
        var test = new JsonObject
        {
            ["name"] = "group",
            ["claims"] = new JsonObject { ["sub"] = Subject },
            ["expect"] = expect,
        };
        if (given is not null)
        {
            test["directory"] = JsonNode.Parse(given);
        }

        body["tests"] = new JsonArray(test);

        if (refusal is null)
        {
            var rule = await Federated.CreateAsync(FederatedService.Rules, body);
            JsonElement
                .DeepEquals(
                    rule.GetProperty("tests")[0].GetProperty("directory"),
                    JsonDocument.Parse(given!).RootElement
                )
                .ShouldBeTrue(rule.ToString());
        }
        else
        {
            await Federated
                .PostAsync(FederatedService.Rules, body)
                .ShouldRefuseAsync(HttpStatusCode.BadRequest, refusal);
        }
    }

    [Theory]
    [InlineData("directory.groups == 'Engineering'", "not defined for list and string")]
    [InlineData("'Engineering' in directory.group", "directory.group_ids")]
    [InlineData("size(directory.groups) >= 0", "true for any token")]
    [InlineData("!('Sales' in directory.groups)", "true for any token")]
    public async Task Create_BadUseOfGroups_IsRefused(string condition, string message)
    {
        var error = await Federated
            .PostAsync(FederatedService.Rules, await BodyAsync(condition))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "federation.condition");

        error.Text("message").ShouldContain(message);
    }

    private Task<JsonElement> PatchAsync(JsonElement group, string operation) =>
        directory.OkAsync("PATCH", $"Groups/{group.Id()}", ScimClient.Patch(operation), HttpStatusCode.NoContent);

    private async Task<JsonObject> BodyAsync(string condition)
    {
        var body = Federated.RuleBody(issuerId, await Federated.AccountAsync());
        body["match"] = new JsonObject { ["condition"] = condition };
        return body;
    }

    private async Task<string> RuleAsync(string condition) =>
        (await Federated.CreateAsync(FederatedService.Rules, await BodyAsync(condition))).Id();

    /// <param name="reason">Null = granted.</param>
    private async Task ShouldEndAsync(string rule, string? reason)
    {
        if (reason is null)
        {
            await Federated.AccessTokenAsync(rule);
        }
        else
        {
            (await Federated.DenialAsync(rule, Federated.Token())).ShouldBe(reason);
        }
    }

    private Task<JsonElement> SimulateAsync(string rule, string? given = null) =>
        Federated.CreateAsync($"{FederatedService.Rules}/simulate", SimulationBody(rule, given));

    private static JsonObject SimulationBody(string rule, string? given)
    {
        var body = new JsonObject
        {
            ["claims"] = new JsonObject { ["sub"] = Subject },
            ["rule_id"] = rule,
        };
        if (given is not null)
        {
            body["directory"] = JsonNode.Parse(given);
        }

        return body;
    }

    private static string?[] ShownGroups(JsonElement trace) =>
        [
            .. trace
                .GetProperty("steps")
                .EnumerateArray()
                .Single(step => step.Text("s") == "rule")
                .GetProperty("groups")
                .EnumerateArray()
                .Select(group => group.GetString()),
        ];

    private async Task InsertGroupsAsync(int count, string userId)
    {
        const string Numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @Count) ";
        var parameters = new
        {
            Count = (long)count,
            Prefix = $"scg_{count}_",
            Organization = Federated.OrganizationId,
            IssuerId = issuerId,
            UserId = userId,
        };
        var result = await Federated
            .Service.Get<IJournal>()
            .CommitAsync(
                new Decision
                {
                    Statements =
                    [
                        new Statement(
                            "INSERT INTO scim_resources (id, ordinal, organization_id, issuer_id, kind, "
                                + "display_name_key, content, version, created_at_ms, updated_at_ms) "
                                + Numbers
                                + "SELECT @Prefix || i, @Count * 10000 + i, @Organization, @IssuerId, 'group', 'group ' || i, "
                                + "'{\"displayName\":\"Group ' || i || '\"}', 1, 0, 0 FROM n",
                            parameters
                        ),
                        new Statement(
                            "INSERT INTO scim_members (group_id, user_id) "
                                + Numbers
                                + "SELECT @Prefix || i, @UserId FROM n",
                            parameters
                        ),
                    ],
                },
                Cancel
            );
        result.IsCommitted.ShouldBeTrue();
    }

    /// <summary>One service for all tests: each has its own issuer and directory.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal FederatedService Service { get; private set; } = null!;

        internal FakeDirectoryGroups Groups { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Service = await FederatedService.StartAsync(configure: services =>
                services.AddSingleton<IDirectoryGroups>(provider =>
                    Groups = new FakeDirectoryGroups(new DirectoryGroups(provider.GetRequiredService<Database>()))
                )
            );

        public async ValueTask DisposeAsync() => await Service.DisposeAsync();
    }
}

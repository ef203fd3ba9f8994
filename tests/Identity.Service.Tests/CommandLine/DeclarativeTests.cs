using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.CommandLine;

/// <summary><c>culvert apply</c>, <c>diff</c> and <c>export</c> on a real service.</summary>
public sealed class DeclarativeTests : IAsyncLifetime
{
    private const string Files = """
        kind: range_set
        name: office
        spec: {ranges: [203.0.113.0/24, 198.51.100.0/24]}
        ---
        kind: service_account
        name: deployer
        spec:
          description: deploys
          organization_role: developer
          workspaces: {Default: workspace_developer}
        ---
        kind: issuer
        name: ci
        spec:
          issuer_url: https://ci.example.com
          jwks:
            type: inline
            keys: [{kty: EC, crv: P-256, kid: one, alg: ES256, x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]
          max_jwt_lifetime_seconds: 900
        ---
        kind: tunnel
        name: docs
        spec:
          client_source_ranges: [10.0.0.0/8]
          client_range_sets: [office]
          affinity: client
        ---
        kind: certificate_authority
        name: docs-ca
        spec: {tunnel: docs, custody: sealed}
        ---
        kind: rule
        name: deploy
        spec:
          issuer: ci
          service_account: deployer
          match: {subject_prefix: "repo:acme/app:ref:refs/heads/main"}
          oauth_scope: tunnel:agent
          tunnels: [docs]
          token_lifetime_seconds: 600
        """;

    private OperatorDesk desk = null!;
    private string folder = "";

    public async ValueTask InitializeAsync()
    {
        desk = await OperatorDesk.StartAsync();
        folder = Path.GetDirectoryName(desk.Write("files/all.yaml", Files))!;
    }

    public async ValueTask DisposeAsync() => await desk.DisposeAsync();

    [Fact]
    public async Task Apply_Twice_MakesEverythingOnce()
    {
        (await ChangesAsync("apply"))
            .Select(change => (string?)change!["verb"])
            .ShouldBe(Enumerable.Repeat("create", 6));

        (await ChangesAsync("apply")).ShouldBeEmpty();
        (await ChangesAsync("diff")).ShouldBeEmpty();
        var tunnel = await desk.JsonAsync("tunnel", "list", "--filter", "display_name=docs");
        ((string?)tunnel["data"]![0]!["affinity"]).ShouldBe("client");
        var rule = await desk.JsonAsync("rule", "show", "deploy");
        ((string?)rule["tunnel_ids"]![0]).ShouldBe((string?)tunnel["data"]![0]!["id"]);
    }

    [Fact]
    public async Task DryRun_ChangesNothing()
    {
        var plan = await desk.RunAsync(0, "apply", "-f", folder, "--dry-run");

        plan.ShouldContain("would make 6 changes");
        (await desk.JsonAsync("tunnel", "list"))["data"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Drift_IsFoundFieldByField_AndMended()
    {
        await ChangesAsync("apply");
        await desk.RunAsync(0, "tunnel", "update", "docs", "--client-range", "192.0.2.0/24");
        await desk.RunAsync(0, "rule", "update", "deploy", "--life", "20m");
        await desk.RunAsync(0, "range-set", "apply", "office", "--range", "192.0.2.0/24");

        await desk.RunAsync(2, "diff", "-f", folder, "--drift-exit");
        var changes = await ChangesAsync("diff");

        changes
            .Select(change => $"{change!["verb"]} {change["kind"]} {change["name"]}")
            .ShouldBe(["update range_set office", "update tunnel docs", "update rule deploy"]);
        changes[1]!["fields"]!.AsObject().Select(field => field.Key).ShouldBe(["client_source_ranges"]);
        (await ChangesAsync("apply")).Count.ShouldBe(3);
        await desk.RunAsync(0, "diff", "-f", folder, "--drift-exit");
    }

    [Fact]
    public async Task Prune_ArchivesWhatNoFileHas_InAnOrderThatWorks()
    {
        await ChangesAsync("apply");
        await desk.RunAsync(0, "tunnel", "create", "by-hand");
        var empty = Path.GetDirectoryName(
            desk.Write(
                "empty/none.yaml",
                "kind: range_set\nname: office\nspec: {ranges: [203.0.113.0/24, 198.51.100.0/24]}\n"
            )
        )!;

        await desk.RunAsync(64, "apply", "-f", empty, "--prune"); // there is no terminal for the question
        var plan = await desk.JsonAsync("apply", "-f", empty, "--prune", "--yes");

        plan["changes"]!.AsArray().Count.ShouldBe(5);
        (await desk.JsonAsync("tunnel", "list"))["data"]!.AsArray().ShouldBeEmpty();
        (await desk.JsonAsync("issuer", "list"))["data"]!.AsArray().ShouldBeEmpty();
        (await desk.JsonAsync("range-set", "list"))["data"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Export_ThenDiff_FindsNothing_AndSaysNoSecret()
    {
        await ChangesAsync("apply");
        var files = desk.Path("exported");

        await desk.RunAsync(0, "export", "-f", files);

        await desk.RunAsync(0, "diff", "-f", files, "--prune", "--drift-exit");
        Directory.GetFiles(files, "*.yaml", SearchOption.AllDirectories).Length.ShouldBe(6);
        foreach (var file in Directory.GetFiles(files, "*.yaml", SearchOption.AllDirectories))
        {
            (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldNotMatch("clv_[a-z]{3}_");
        }
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task FixedField_CannotBeChanged()
    {
        await ChangesAsync("apply");
        desk.Write("files/all.yaml", Files.Replace("custody: sealed", "custody: trust_only", StringComparison.Ordinal));

        (await desk.RunAsync(3, "diff", "-f", folder)).ShouldContain("fixed at creation");
    }

    [Theory]
    [InlineData("kind: tunnle\nname: a", "kind is one of")]
    [InlineData("kind: tunnel\nname: a\nspec: {afinity: client}", "afinity is unknown")]
    [InlineData("kind: tunnel\nname: a\nspec: {affinity: both}", "affinity must be one of hostname, client")]
    [InlineData(
        "kind: tunnel\nname: a\nspec: {client_source_ranges: 10.0.0.0/8}",
        "client_source_ranges must be a list"
    )]
    [InlineData("kind: rule\nname: a\nspec: {}", "issuer is missing")]
    [InlineData("kind: tunnel\nspec: {}", "name is missing")]
    [InlineData("kind: tunnel\nname: a\nkind: tunnel", "Duplicate key")]
    [InlineData("kind: tunnel\nname: a\n---\nkind: tunnel\nname: a", "is already declared")]
    public async Task BadFile_IsConfiguration_AndSaysWhere(string yaml, string what)
    {
        var bad = Path.GetDirectoryName(desk.Write("bad/bad.yaml", yaml))!;

        var error = await desk.RunAsync(78, "apply", "-f", bad);

        error.ShouldContain(what);
        error.ShouldContain("bad.yaml:");
    }

    [Fact]
    public async Task UnknownReference_IsRefused_BeforeAnythingIsMade()
    {
        desk.Write("files/all.yaml", Files.Replace("issuer: ci", "issuer: cd", StringComparison.Ordinal));

        (await desk.RunAsync(3, "apply", "-f", folder)).ShouldContain("'cd', which is neither declared nor exists");
        (await desk.JsonAsync("tunnel", "list"))["data"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Apply_OfPolicies_DraftsEachOnce_AndShowsTheDifference()
    {
        WritePolicy("mode: observe", "rules: []");
        var created = await desk.RunAsync(0, "apply", "-f", folder);
        created.ShouldContain("policies.wiki: a draft\n             +mode: observe\n             +rules: []");

        (await ChangesAsync("apply")).ShouldBeEmpty();
        await desk.RunAsync(0, "diff", "-f", folder, "--drift-exit");
        var draft = (await PoliciesAsync()).ShouldHaveSingleItem()!;
        ((string?)draft["state"]).ShouldBe("draft");
        ((string?)draft["hostname"]).ShouldStartWith("wiki.");
        ((string?)draft["comment"]).ShouldBe("culvert apply");
        var waiting = (await desk.JsonAsync("diff", "-f", folder))["waiting"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)waiting["id"]).ShouldBe((string?)draft["id"]);
        // As after a push: the person who applied it is not the second one.
        (await desk.RunAsync(3, "policy", "approve", "docs", (string)draft["id"]!)).ShouldContain(
            "policies.same_person"
        );
    }

    [Fact]
    public async Task Apply_OfAnApprovedPolicy_ChangesNothing_AndOfAChangedOneDraftsIt()
    {
        WritePolicy("mode: observe", "rules: []");
        await ChangesAsync("apply");
        await ApproveAsync();
        (await ChangesAsync("apply")).ShouldBeEmpty();
        var exported = desk.Path("exported");
        await desk.RunAsync(0, "export", "-f", exported);
        (await File.ReadAllTextAsync(Path.Combine(exported, "tunnel", "docs.yaml"))).ShouldContain(
            "policies:\n    wiki: |\n      mode: observe\n      rules: []\n"
        );
        await desk.RunAsync(0, "diff", "-f", exported, "--prune", "--drift-exit");

        WritePolicy("mode: enforce", "rules: []");
        var plan = await desk.RunAsync(0, "apply", "-f", folder, "--dry-run");
        plan.ShouldContain(
            "policies.wiki: a draft\n             -mode: observe\n             +mode: enforce\n              rules: []"
        );
        (await PoliciesAsync()).Count.ShouldBe(1);
        await desk.RunAsync(2, "diff", "-f", folder, "--drift-exit");
        var changes = await ChangesAsync("apply");

        ((string?)changes.ShouldHaveSingleItem()!["fields"]!["policies"]!["after"]!["wiki"]).ShouldBe(
            "mode: enforce\nrules: []\n"
        );
        (await ChangesAsync("apply")).ShouldBeEmpty();
        (await PoliciesAsync()).Select(version => (string?)version!["state"]).ShouldBe(["draft", "active"]);
    }

    // Another person's draft is not what the files say, and neither is it in force.
    [Fact]
    public async Task Apply_OfWhatIsInForce_LeavesOtherDraftsAlone()
    {
        WritePolicy("mode: observe", "rules: []");
        await ChangesAsync("apply");
        await ApproveAsync();
        await desk.RunAsync(
            0,
            "policy",
            "push",
            "docs",
            "wiki",
            desk.Write("other.yaml", "mode: enforce\nrules: []\n")
        );

        (await ChangesAsync("apply")).ShouldBeEmpty();

        (await PoliciesAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Apply_OfAMalformedPolicy_ChangesNothing()
    {
        WritePolicy("mode: strict", "rule: []");

        var error = await desk.RunAsync(78, "apply", "-f", folder);

        error.ShouldContain("tunnel docs: policies: wiki: line 1: mode: ");
        error.ShouldContain("tunnel docs: policies: wiki: line 2: rule: ");
        (await desk.JsonAsync("tunnel", "list"))["data"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Apply_OfAConnection_CreatesItAndChangesItsScopesAlone()
    {
        WriteConnection(token: "https://vendor.example.com/token", scopes: "files.read");
        (await ChangesAsync("apply")).Count.ShouldBe(2);
        (await ChangesAsync("apply")).ShouldBeEmpty();

        WriteConnection(token: "https://vendor.example.com/token", scopes: "files.read, files.write");
        var change = (await ChangesAsync("apply")).ShouldHaveSingleItem()!;

        ((string?)change["verb"]).ShouldBe("update");
        change["fields"]!.AsObject().Select(field => field.Key).ShouldBe(["scopes"]);
        var connection = (await desk.JsonAsync("connection", "list"))["data"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)connection["client_auth"]).ShouldBe("private_key_jwt");
        connection["scopes"]!.AsArray().Count.ShouldBe(2);
        var exported = desk.Path("exported");
        await desk.RunAsync(0, "export", "-f", exported);
        await desk.RunAsync(0, "diff", "-f", exported, "--prune", "--drift-exit");
        (await File.ReadAllTextAsync(Path.Combine(exported, "connection", "Vendor.yaml"))).ShouldContain(
            "tunnel: docs\n"
        );
    }

    [Fact]
    public async Task Apply_OfAConnectionWithAnotherEndpoint_SaysThatItIsArchivedFirst()
    {
        WriteConnection(token: "https://vendor.example.com/token", scopes: "files.read");
        await ChangesAsync("apply");
        WriteConnection(token: "https://vendor.example.com/other", scopes: "files.read");

        var error = await desk.RunAsync(3, "apply", "-f", folder);

        error.ShouldContain("token_endpoint is fixed at creation");
        error.ShouldContain("people allowed the present one: archive it, which ends their grants, and apply again");
        await desk.RunAsync(0, "connection", "archive", "Vendor", "--yes");
        ((string?)(await ChangesAsync("apply")).ShouldHaveSingleItem()!["verb"]).ShouldBe("create");
    }

    // A file has no secret. The connection that a command created with one is managed all the same, and its secret is not shown.
    [Fact]
    public async Task Apply_OfAConnectionWithASecret_IsManagedOnceACommandCreatedIt()
    {
        WriteConnection(token: "https://vendor.example.com/token", scopes: "files.read", auth: "client_secret_post");

        (await desk.RunAsync(3, "apply", "-f", folder)).ShouldContain(
            "no file has the secret of its client: create it with culvert connection create --client-secret-file"
        );
        (await desk.JsonAsync("tunnel", "list"))["data"]!.AsArray().ShouldBeEmpty();

        const string Secret = "the-secret-of-the-client";
        await desk.RunAsync(0, "tunnel", "create", "docs");
        string[] create =
        [
            "connection create Vendor --tunnel docs --route files --client-id culvert --client-auth client_secret_post",
            "--authorization-endpoint https://vendor.example.com/authorize",
            "--token-endpoint https://vendor.example.com/token",
            "--client-secret-file",
        ];
        await desk.RunAsync(0, [.. string.Join(' ', create).Split(' '), desk.Write("vendor.secret", Secret)]);

        (await ChangesAsync("apply")).ShouldHaveSingleItem()!["fields"]!
            .AsObject()
            .Select(field => field.Key)
            .ShouldBe(["scopes"]);
        await desk.RunAsync(0, "export", "-f", desk.Path("exported"));
        (
            await File.ReadAllTextAsync(Path.Combine(desk.Path("exported"), "connection", "Vendor.yaml"))
        ).ShouldNotContain(Secret);
    }

    private void WriteConnection(string token, string scopes, string auth = "private_key_jwt") =>
        folder = Path.GetDirectoryName(
            desk.Write(
                "connections/vendor.yaml",
                $$"""
                kind: tunnel
                name: docs
                ---
                kind: connection
                name: Vendor
                spec:
                  tunnel: docs
                  route: files
                  client_id: culvert
                  client_auth: {{auth}}
                  authorization_endpoint: https://vendor.example.com/authorize
                  token_endpoint: {{token}}
                  scopes: [{{scopes}}]
                """
            )
        )!;

    private void WritePolicy(params string[] lines) =>
        folder = Path.GetDirectoryName(
            desk.Write(
                "policies/docs.yaml",
                "kind: tunnel\nname: docs\nspec:\n  policies:\n    wiki: |\n"
                    + string.Concat(lines.Select(line => $"      {line}\n"))
            )
        )!;

    private async Task<JsonArray> PoliciesAsync() =>
        (await desk.JsonAsync("policy", "list", "docs"))["data"]!.AsArray();

    // By a person whom the administrator of the desk did not make a key for.
    private async Task ApproveAsync()
    {
        var version = (await PoliciesAsync())[0]!;
        var organization = await desk.Service.Api.GetOkAsync("/v1/organizations/current");
        var (second, _) = await PersonKeys.AddAsync(desk.Service, organization.Id(), "Bob");
        using (second)
        {
            await second.PostOkAsync($"/v1/tunnels/{version["tunnel_id"]}/policies/{version["id"]}/approve");
        }
    }

    private async Task<JsonArray> ChangesAsync(string verb) =>
        (await desk.JsonAsync(verb, "-f", folder))["changes"]!.AsArray();
}

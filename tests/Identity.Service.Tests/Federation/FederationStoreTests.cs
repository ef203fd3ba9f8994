using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation;

/// <summary>The contract of the federation's stores: absence, conflict, order; whatever the database.</summary>
public abstract class FederationStoreTests : IDisposable
{
    private const string Organization = "00000000-0000-4000-8000-000000000001";
    private const string OtherOrganization = "00000000-0000-4000-8000-000000000002";

    private readonly StoreUnderTest store;
    private readonly WorkspaceId workspace = WorkspaceId.New();
    private readonly IssuerStore issuers;
    private readonly ServiceAccountStore accounts;
    private readonly IRuleStore rules;

    protected FederationStoreTests(StorageBackend backend)
    {
        store = new(backend);
        issuers = new IssuerStore(store.Store.Database);
        accounts = new ServiceAccountStore(store.Store.Database);
        rules = new RuleStore(store.Store.Database);
    }

    public sealed class OnSqlite() : FederationStoreTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : FederationStoreTests(StorageBackend.Postgres);

    [Fact]
    public async Task Find_StoredRecords_AreEqual()
    {
        var (issuer, account, rule) = await PrepareAsync();

        // Records compare their lists by reference, so the lists are compared apart.
        var readIssuer = (await issuers.FindAsync(Organization, issuer.Id.Value, Cancellation))!;
        readIssuer.AllowedTargets.ShouldBe(issuer.AllowedTargets);
        (readIssuer with { AllowedTargets = issuer.AllowedTargets, Types = issuer.Types }).ShouldBe(issuer);
        (await accounts.FindAsync(Organization, account.Id.Value, Cancellation)).ShouldBe(account);
        var readRule = (await rules.FindAsync(Organization, rule.Id.Value, Cancellation))!;
        readRule.Match.Claims.ShouldBe(rule.Match.Claims);
        readRule.Scopes.ShouldBe(rule.Scopes);
        readRule.WorkspaceIds.ShouldBe(rule.WorkspaceIds);
        (readRule.Match with { Claims = rule.Match.Claims }).ShouldBe(rule.Match);
    }

    [Fact]
    public async Task Find_OtherOrganization_IsAbsent()
    {
        var (issuer, account, rule) = await PrepareAsync();

        (await issuers.FindAsync(OtherOrganization, issuer.Id.Value, Cancellation)).ShouldBeNull();
        (await accounts.FindAsync(OtherOrganization, account.Id.Value, Cancellation)).ShouldBeNull();
        (await rules.FindAsync(OtherOrganization, rule.Id.Value, Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task Insert_NameInUse_IsConflict()
    {
        var (issuer, account, rule) = await PrepareAsync();

        await ShouldConflictAsync(FederationErrors.NameTaken, issuers.Insert(issuer with { Id = IssuerId.New() }));
        await ShouldConflictAsync(
            FederationErrors.NameTaken,
            accounts.Insert(account with { Id = ServiceAccountId.New() })
        );
        await ShouldConflictAsync(FederationErrors.NameTaken, [.. rules.Insert(rule with { Id = RuleId.New() })]);
    }

    [Fact]
    public async Task Update_StaleVersion_IsConflict()
    {
        var (issuer, account, rule) = await PrepareAsync();

        await ShouldConflictAsync(FederationErrors.Changed, issuers.Update(issuer with { Version = 3 }));
        await ShouldConflictAsync(FederationErrors.Changed, accounts.Update(account with { Version = 3 }));
        await ShouldConflictAsync(FederationErrors.Changed, [.. rules.Update(rule with { Version = 3 })]);
    }

    [Fact]
    public async Task Archive_WhileARuleRefers_IsConflict()
    {
        var (issuer, account, rule) = await PrepareAsync();

        await ShouldConflictAsync(FederationErrors.InUse, [.. issuers.Archive(Archived(issuer))]);
        await ShouldConflictAsync(FederationErrors.InUse, [.. accounts.Archive(Archived(account))]);

        await CommitAsync([.. rules.Update(Archived(rule))]);
        await CommitAsync([.. issuers.Archive(Archived(issuer)), .. accounts.Archive(Archived(account))]);
        (await rules.FindAsync(Organization, rule.Id.Value, Cancellation))!.WorkspaceIds.ShouldBeEmpty();
    }

    [Fact]
    public async Task Insert_RuleOfArchivedIssuer_IsConflict()
    {
        var (issuer, _, rule) = await PrepareAsync();
        await CommitAsync([.. rules.Update(Archived(rule))]);
        await CommitAsync([.. issuers.Archive(Archived(issuer))]);

        await ShouldConflictAsync(
            FederationErrors.Archived,
            [.. rules.Insert(rule with { Id = RuleId.New(), Name = "late" })]
        );
    }

    [Fact]
    public async Task List_Pages_RunFromTheNewestDown()
    {
        var (_, account, _) = await PrepareAsync();
        var second = account with { Id = ServiceAccountId.New(), Name = "second" };
        await CommitAsync(accounts.Insert(second));

        var first = await accounts.ListAsync(Organization, new PageRequest(1, long.MaxValue, false), Cancellation);
        var next = await accounts.ListAsync(Organization, new PageRequest(1, first[0].Ordinal, false), Cancellation);

        first.Count.ShouldBe(2); // one more than the page: there is a next one
        first[0].Value.Id.ShouldBe(second.Id);
        next.Single().Value.Id.ShouldBe(account.Id);
    }

    // Every member survives the way through the columns, and every version stays as it was.
    [Fact]
    public async Task Versions_EveryMember_IsKept()
    {
        var (_, account, rule) = await PrepareAsync();
        var (matcher, _) = MatcherReader.Read(new MatcherDocument(Claim: "/a~1b/c", Prefix: "ä\""));
        var second = rule.Next(RuleState.Audit, rule.Stamps) with
        {
            Match = new RuleMatch
            {
                SubjectSegments = "repo:acme/*",
                Audience = "https://a.test",
                Matchers = [matcher!],
                Condition = "claims.a == 'ä'",
            },
            Bind = RuleBind.Dpop,
            ExpiresAt = store.Time.GetStoreNow().AddDays(1),
            WorkspaceIds = [],
            AppliesToAllWorkspaces = true,
        };
        await CommitAsync([.. rules.Update(second)]);

        var stored = (await rules.FindManyAsync([rule.Id.Value], Cancellation)).Single();
        var all = (await rules.AllAsync(Cancellation)).Single();
        var page = await rules.ListVersionsAsync(
            Organization,
            rule.Id.Value,
            new PageRequest(1, long.MaxValue, false),
            Cancellation
        );

        stored.Latest.Match.Matchers.Single().Path.Text.ShouldBe("/a~1b/c");
        stored.Latest.Match.Matchers.Single().Values.Single().Text.ShouldBe("ä\"");
        stored.Latest.Match.Condition.ShouldBe("claims.a == 'ä'");
        stored.Latest.Match.SubjectSegments.ShouldBe("repo:acme/*");
        stored.Latest.Bind.ShouldBe(RuleBind.Dpop);
        stored.Latest.ExpiresAt.ShouldBe(second.ExpiresAt);
        stored.Latest.State.ShouldBe(RuleState.Audit);
        stored.InForce!.Version.ShouldBe(1);
        stored.InForce.WorkspaceIds.ShouldBe(rule.WorkspaceIds);
        stored.InForce.Match.Claims.ShouldBe(rule.Match.Claims);
        all.InForce!.Version.ShouldBe(1);
        page.Select(version => version.Version).ShouldBe([2, 1]);
        (await rules.FindVersionAsync(Organization, rule.Id.Value, 1, Cancellation))!.Match.Subject.ShouldBe("a*");
        (await rules.FindVersionAsync(OtherOrganization, rule.Id.Value, 1, Cancellation)).ShouldBeNull();
        (await rules.FindVersionAsync(Organization, rule.Id.Value, 3, Cancellation)).ShouldBeNull();

        await CommitAsync([.. rules.Update(second.Next(RuleState.Draft, second.Stamps))]);
        (await rules.FindManyAsync([rule.Id.Value, "fdrl_none"], Cancellation)).Single().InForce.ShouldBeNull();
        account.ShouldNotBeNull();
    }

    // S4: a machine enrols under the version that decides, not under one that is only tried.
    [Fact]
    public async Task RequireNaming_VersionInAudit_TheEnforcedOneCounts()
    {
        var (_, account, rule) = await PrepareAsync();
        var naming = rule.Next(RuleState.Enforce, rule.Stamps) with { TunnelIds = ["tnl_a"] };
        var trying = naming.Next(RuleState.Audit, rule.Stamps) with { TunnelIds = ["tnl_b"], WorkspaceIds = [] };
        await CommitAsync([.. rules.Update(naming)]);
        await CommitAsync([.. rules.Update(trying)]);

        await CommitAsync(Require("tnl_a", workspace.Value));
        await ShouldConflictAsync(FederationErrors.Changed, Require("tnl_b", workspace.Value));
        foreach (var lookalike in new[] { "tnl_A", "tnlxa", "tnl_", "%", "tnl_%" })
        {
            await ShouldConflictAsync(FederationErrors.Changed, Require(lookalike, workspace.Value));
        }

        await ShouldConflictAsync(FederationErrors.Changed, Require("tnl_a", WorkspaceId.New().Value));
        await CommitAsync([.. rules.Update(trying.Next(RuleState.Disabled, rule.Stamps))]);
        await ShouldConflictAsync(FederationErrors.Changed, Require("tnl_a", workspace.Value));

        Statement Require(string machine, string inWorkspace) =>
            rules
                .RequireNaming(rule.Id.Value, account.Id.Value, inWorkspace, machine)
                .ExpectingOne(FederationErrors.Changed.Refuse());
    }

    [Fact]
    public async Task ChangeLog_Changes_AreNumberedAndReadOnce()
    {
        var (issuer, account, rule) = await PrepareAsync();
        var log = new FederationChangeLog(store.Store.Database);
        var before = await log.LatestAsync(Cancellation);

        await CommitAsync([.. log.Note(About(new AuditResource("federation_rule", rule.Id.Value)))]);
        await CommitAsync([
            .. log.Note(
                About(
                    new AuditResource("federation_issuer", issuer.Id.Value),
                    new AuditResource("service_account", account.Id.Value),
                    new AuditResource("workspace", workspace.Value)
                )
            ),
        ]);
        await CommitAsync([.. log.Note(About(new AuditResource("federation_rule", rule.Id.Value)))]);

        var all = await log.SinceAsync(before, Cancellation);
        all.Rules.ShouldBe([rule.Id.Value]);
        all.Issuers.ShouldBe([issuer.Id.Value]);
        all.Accounts.ShouldBe([account.Id.Value]);
        all.Sequence.ShouldBe(await log.LatestAsync(Cancellation));
        (await log.SinceAsync(before + 2, Cancellation)).Issuers.ShouldBeEmpty();
        (await log.SinceAsync(before + 2, Cancellation)).Rules.ShouldBe([rule.Id.Value]);
        (await log.SinceAsync(all.Sequence, Cancellation)).IsEmpty.ShouldBeTrue();
        log.Note(About(new AuditResource("workspace", workspace.Value))).ShouldBeEmpty();
    }

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    private ThingHappened About(params AuditResource[] resources) =>
        new(store.Time.GetUtcNow()) { Resources = resources };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<(Issuer, ServiceAccount, Rule)> PrepareAsync()
    {
        var now = store.Time.GetUtcNow();
        await CommitAsync([
            .. new TenantStore(store.Store.Database).Insert(
                new Organization(Organization, "Example", now),
                new Workspace(workspace, Organization, "Default", IsDefault: true, now)
            ),
        ]);
        var stamps = ChangeStamps.Created(now, "key");
        var issuer = new Issuer
        {
            Id = IssuerId.New(),
            OrganizationId = Organization,
            Name = "idp",
            Url = "https://idp.test",
            KeySource = new DiscoveryKeySource("https://base.test", null),
            ReplayMode = ReplayMode.BoundReuse,
            MaxJwtLifetimeSeconds = 3600,
            AllowedTargets = [AllowedTarget.Parse("10.0.0.0/8:8443"), AllowedTarget.Parse("fd00::/8:443")],
            Stamps = stamps,
        };
        var account = new ServiceAccount
        {
            Id = ServiceAccountId.New(),
            OrganizationId = Organization,
            Name = "account",
            Description = "why",
            Role = OrganizationRole.Admin,
            Stamps = stamps,
        };
        var rule = new Rule
        {
            Id = RuleId.New(),
            OrganizationId = Organization,
            Name = "rule",
            Description = "",
            IssuerId = issuer.Id,
            ServiceAccountId = account.Id,
            Match = new RuleMatch { Subject = "a*", Claims = [new("a", "ä\""), new("b", "")] },
            Scopes = ["bundle:read", "workspace:manage_tunnels"],
            TokenLifetimeSeconds = 60,
            AppliesToAllWorkspaces = false,
            WorkspaceIds = [workspace.Value],
            TunnelIds = [],
            EdgeIds = [],
            Stamps = stamps,
        };
        await CommitAsync([issuers.Insert(issuer), accounts.Insert(account), .. rules.Insert(rule)]);
        return (issuer, account, rule);
    }

    private Issuer Archived(Issuer issuer) =>
        issuer with
        {
            Version = 2,
            Stamps = issuer.Stamps.Archived(store.Time.GetUtcNow(), "key"),
        };

    private ServiceAccount Archived(ServiceAccount account) =>
        account with
        {
            Version = 2,
            Stamps = account.Stamps.Archived(store.Time.GetUtcNow(), "key"),
        };

    private Rule Archived(Rule rule) =>
        rule with
        {
            Version = 2,
            WorkspaceIds = [],
            Stamps = rule.Stamps.Archived(store.Time.GetUtcNow(), "key"),
        };

    private async Task CommitAsync(params Statement[] statements) =>
        (await store.CommitAsync(new Decision { Statements = statements })).Outcome.ShouldBe(CommitOutcome.Committed);

    private async Task ShouldConflictAsync(ErrorCode code, params Statement[] statements)
    {
        var result = await store.CommitAsync(new Decision { Statements = statements });
        result.Outcome.ShouldBe(CommitOutcome.Refused);
        result.Refusal!.Code.ShouldBe(code);
    }
}

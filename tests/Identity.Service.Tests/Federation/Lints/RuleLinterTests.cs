using System.Text.Json;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Lints;

public sealed class RuleLinterTests
{
    private const string GitHub = "https://token.actions.githubusercontent.com";
    private const string GitLab = "https://gitlab.com";
    private const string Eks = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC";
    private const string Google = "https://accounts.google.com";
    private const string Azure = "https://sts.windows.net/6b1c2f0e-0000-4000-8000-000000000001/";
    private const string Own = "https://login.example.com";

    private static readonly RuleLinter Linter = new(
        new ServiceIdentity("https://identity.test:8443", "https://identity.test:8444", "identity.test")
    );

    // A22: tokens of all customers of a shared issuer; names satisfy the check, and get L05.
    [Theory]
    [Trait("Attack", "A22")]
    [InlineData(GitHub, """{"claims":{"environment":"prod"}}""", true)]
    [InlineData(GitHub, """{"claims":{"repository_owner_id":""}}""", true)]
    [InlineData(GitHub, """{"claims":{"repository_owner_id":"65"}}""", false)]
    [InlineData(GitHub, """{"claims":{"repository_owner":"acme"}}""", false)]
    [InlineData(GitHub, """{"matchers":[{"claim":"/repository_id","in":["74","75"]}]}""", false)]
    [InlineData(GitHub, """{"matchers":[{"claim":"repository_id","prefix":"7"}]}""", true)]
    [InlineData(GitHub, """{"subject_prefix":"repo:acme/app:*"}""", false)]
    [InlineData(GitHub, """{"subject_prefix":"repo:acme@65/*"}""", false)]
    [InlineData(GitHub, """{"subject_prefix":"repo:acme*"}""", true)]
    [InlineData(GitHub, """{"subject_prefix":"repo:*"}""", true)]
    [InlineData(GitHub, """{"subject_prefix":"repo:/app"}""", true)]
    [InlineData(GitHub, """{"subject_segments":"repo:acme@*/api@*:environment:prod"}""", false)]
    [InlineData(GitHub, """{"subject_segments":"repo:*/api:environment:prod"}""", true)]
    [InlineData(GitHub + "/", """{"subject_prefix":"repo:*"}""", true)]
    [InlineData(GitHub + "/acme", """{"subject_prefix":"repo:acme/api:ref:refs/heads/main"}""", false)]
    [InlineData(GitLab, """{"subject_prefix":"project_path:group/app:*"}""", false)]
    [InlineData(GitLab, """{"subject_prefix":"project_path:*"}""", true)]
    [InlineData("https://agent.buildkite.com", """{"subject_prefix":"organization:acme:pipeline:*"}""", false)]
    [InlineData("https://app.terraform.io", """{"subject_prefix":"organization:acme*"}""", true)]
    [InlineData(Google, """{"subject_prefix":"1234567890"}""", false)]
    [InlineData(Google, """{"subject_prefix":"1234*"}""", true)]
    [InlineData(Azure, """{"claims":{"tid":"t","oid":"o"}}""", false)]
    [InlineData(Azure, """{"claims":{"tid":"t"}}""", true)]
    [InlineData(Azure, """{"claims":{"oid":"o"}}""", true)]
    [InlineData("https://oidc.circleci.com", """{"claims":{"oidc.circleci.com/org-id":"o"}}""", false)]
    [InlineData(GitHub, """{"condition":"claims.repository_owner_id == '65' && claims.ref != 'x'"}""", false)]
    [InlineData(GitHub, """{"condition":"claims.repository_owner_id in ['65', '66']"}""", false)]
    [InlineData(GitHub, """{"condition":"claims.repository_owner_id != '65'"}""", true)]
    [InlineData(GitHub, """{"condition":"claims.sub.startsWith('repo:acme/')"}""", false)]
    [InlineData(GitHub, """{"condition":"claims.sub.contains('acme')"}""", true)]
    [InlineData(Own, """{"subject_prefix":"agent"}""", false)]
    public void L01_SharedIssuer_NeedsTheTenant(string url, string match, bool found) =>
        ShouldFind("L01", LintSeverity.Error, url, match, found);

    [Theory]
    [InlineData(Own, "sts.amazonaws.com", true)]
    [InlineData(Own, "api://AzureADTokenExchange", true)]
    [InlineData(Own, "https://kubernetes.default.svc.cluster.local", true)]
    [InlineData(GitHub, "https://github.com/acme", true)]
    [InlineData("https://agent.buildkite.com", "https://buildkite.com/acme", true)]
    [InlineData("https://vstoken.dev.azure.com/o", "api://AzureADTokenExchange", false)]
    [InlineData(GitHub, "https://identity.test:8443", false)]
    [InlineData(GitHub, "culvert", false)]
    public void L02_PlatformAudience_IsRefused(string url, string audience, bool found) =>
        ShouldFind(
            "L02",
            LintSeverity.Error,
            url,
            $$"""{"subject_prefix":"repo:acme/api:x","audience":"{{audience}}"}""",
            found
        );

    [Theory]
    [InlineData(GitHub, """{"subject_prefix":"repo:*"}""", true)]
    [InlineData(Eks, """{"subject_prefix":"system:serviceaccount:*"}""", true)]
    [InlineData(Own, """{"claims":{"aud":"x"}}""", true)]
    [InlineData(Own, """{"claims":{"iss":"x"}}""", true)]
    [InlineData(Own, """{"subject_segments":"repo:*/*:*"}""", true)]
    [InlineData(Eks, """{"subject_prefix":"system:serviceaccount:tunnel:*"}""", false)]
    [InlineData(GitHub, """{"subject_prefix":"repo:*","claims":{"repository_id":"74"}}""", false)]
    [InlineData(Own, """{"matchers":[{"claim":"groups","contains":"agents"}]}""", false)]
    public void L03_NothingChosen_IsRefused(string url, string match, bool found) =>
        ShouldFind("L03", LintSeverity.Error, url, match, found);

    [Theory]
    [InlineData(GitHub, """{"subject_prefix":"repo:acme*"}""", true)]
    [InlineData(GitHub, """{"subject_prefix":"repo:acme/api*"}""", true)]
    [InlineData(GitHub, """{"subject_prefix":"repo:acme/*"}""", false)]
    [InlineData(GitHub, """{"subject_prefix":"repo:acme/api:ref:refs/heads/*"}""", false)]
    [InlineData(Google, """{"subject_prefix":"1234-*"}""", true)]
    [InlineData(Own, """{"subject_prefix":"agent*"}""", true)]
    [InlineData(Own, """{"subject_prefix":"agent-*"}""", false)]
    [InlineData(Own, """{"matchers":[{"claim":"ref","prefix":"refs/heads/main"}]}""", true)]
    [InlineData(Own, """{"matchers":[{"claim":"ref","prefix":"refs/heads/"}]}""", false)]
    [InlineData(GitHub, """{"subject_segments":"repo:*/api:environment:prod"}""", true)]
    [InlineData(
        GitHub,
        """{"subject_segments":"repo:*/api:environment:prod","claims":{"repository_owner_id":"65"}}""",
        false
    )]
    [InlineData(Eks, """{"subject_segments":"system:serviceaccount:*:agent"}""", true)]
    public void L04_PatternWithinAName_IsRefused(string url, string match, bool found) =>
        ShouldFind("L04", LintSeverity.Error, url, match, found);

    [Theory]
    [InlineData(GitHub, """{"subject_prefix":"repo:acme/api:environment:prod"}""", true)]
    [InlineData(GitHub, """{"claims":{"repository":"acme/api"}}""", true)]
    [InlineData(GitHub, """{"subject_prefix":"repo:acme@65/api@74:environment:prod"}""", false)]
    [InlineData(GitHub, """{"claims":{"repository":"acme/api","repository_id":"74"}}""", false)]
    [InlineData(GitLab, """{"claims":{"project_path":"acme/api"}}""", true)]
    [InlineData(GitLab, """{"claims":{"project_id":"20"}}""", false)]
    [InlineData(Own, """{"claims":{"repository":"acme/api"}}""", false)]
    public void L05_NamesAlone_AreWarnedOf(string url, string match, bool found) =>
        ShouldFind("L05", LintSeverity.Warning, url, match, found);

    [Fact]
    public void L05_ClassicSubject_OffersBothForms()
    {
        var lint = Lint(GitHub, """{"subject_prefix":"repo:acme/api:environment:prod"}""").Single(l => l.Id == "L05");

        lint.Message.ShouldContain("repo:acme/api:environment:prod");
        lint.Message.ShouldContain("repo:acme@OWNER_ID/api@REPOSITORY_ID:environment:prod");
    }

    [Theory]
    [InlineData("L06", """{"subject_prefix":"repo:acme/api:*"}""", true)]
    [InlineData("L06", """{"subject_prefix":"repo:acme/api:*","claims":{"environment":"prod"}}""", false)]
    [InlineData("L06", """{"subject_prefix":"repo:acme/api:ref:refs/heads/main"}""", false)]
    [InlineData("L07", """{"claims":{"repository_id":"74","ref":"refs/heads/main"}}""", true)]
    [InlineData("L07", """{"claims":{"repository_id":"74","ref":"refs/heads/main","event_name":"push"}}""", false)]
    [InlineData("L08", """{"claims":{"repository_id":"74","environment":"prod"}}""", true)]
    [InlineData("L08", """{"claims":{"repository_id":"74","environment":"prod","ref_protected":"true"}}""", false)]
    [InlineData("L09", """{"claims":{"repository_owner":"a","job_workflow_ref":"a/b/c.yml@refs/tags/v1"}}""", true)]
    [InlineData("L09", """{"claims":{"repository_id":"7","job_workflow_ref":"a/b/c.yml@refs/heads/main"}}""", true)]
    [InlineData("L09", """{"claims":{"repository_id":"7","job_workflow_ref":"a/b/c.yml@refs/tags/v1"}}""", false)]
    [InlineData("L10", """{"subject_prefix":"repository_owner_id:65:environment:prod"}""", true)]
    [InlineData("L10", """{"subject_prefix":"repo:acme/api:environment:prod"}""", false)]
    [InlineData("L11", """{"claims":{"repository_id":"74"}}""", true)]
    [InlineData("L11", """{"claims":{"repository_id":"74","runner_environment":"github-hosted"}}""", false)]
    public void GitHub_Warning_IsFound(string id, string match, bool found) =>
        ShouldFind(id, LintSeverity.Warning, GitHub, match, found);

    [Theory]
    [InlineData("L12", GitLab, """{"claims":{"project_id":"20"}}""", true)]
    [InlineData("L12", GitLab, """{"claims":{"project_id":"20","ref_protected":"true"}}""", false)]
    [InlineData("L12", GitLab, """{"claims":{"project_id":"20","ref_protected":"false"}}""", true)]
    [InlineData("L08", GitLab, """{"claims":{"project_id":"20","environment":"prod"}}""", true)]
    [InlineData("L13", Eks, """{"subject_prefix":"system:serviceaccount:tunnel:agent"}""", true)]
    [InlineData("L13", Eks, """{"subject_prefix":"system:serviceaccount:tunnel:default"}""", true)]
    [InlineData("L13", "https://kubernetes.default.svc", """{"subject_prefix":"system:serviceaccount:t:a"}""", true)]
    [InlineData("L13", Eks, """{"matchers":[{"claim":"/kubernetes.io/serviceaccount/uid","eq":"8b1b"}]}""", false)]
    [InlineData("L14", Eks, """{"subject_prefix":"system:serviceaccount:tunnel:agent"}""", true)]
    [InlineData("L14", "https://app.terraform.io", """{"claims":{"terraform_workspace_id":"ws"}}""", true)]
    [InlineData(
        "L14",
        "https://app.terraform.io",
        """{"claims":{"terraform_workspace_id":"ws","terraform_run_phase":"apply"}}""",
        false
    )]
    [InlineData("L14", "https://agent.buildkite.com", """{"claims":{"pipeline_id":"p"}}""", true)]
    [InlineData("L14", "https://oidc.circleci.com/org/o", """{"claims":{"oidc.circleci.com/project-id":"p"}}""", true)]
    [InlineData(
        "L14",
        "https://oidc.circleci.com/org/o",
        """{"claims":{"oidc.circleci.com/project-id":"p"},"matchers":[{"claim":"oidc.circleci.com/ssh-rerun","eq":false}]}""",
        false
    )]
    public void Platform_Warning_IsFound(string id, string url, string match, bool found) =>
        ShouldFind(id, LintSeverity.Warning, url, match, found);

    [Theory]
    [InlineData(Google, """{"claims":{"hd":"acme.com"}}""", true)]
    [InlineData(Google, """{"claims":{"email":"agent@acme.iam.gserviceaccount.com"}}""", true)]
    [InlineData(Google, """{"subject_prefix":"113774264463038321964","claims":{"email":"a@b"}}""", false)]
    [InlineData(Own, """{"matchers":[{"claim":"email","prefix":"ops-"}]}""", true)]
    [InlineData(Own, """{"claims":{"email":"a@b"}}""", true)]
    [InlineData(Own, """{"claims":{"email":"a@b"},"matchers":[{"claim":"email_verified","eq":true}]}""", false)]
    [InlineData(Own, """{"condition":"claims.email.endsWith('@acme.com')"}""", true)]
    [InlineData(GitHub, """{"claims":{"repository_id":"74"}}""", false)]
    public void L15_People_AreNotMatchedByAddress(string url, string match, bool found) =>
        ShouldFind("L15", LintSeverity.Error, url, match, found);

    [Fact]
    public void L16_LongGrantOrAdministration_IsWarnedOf()
    {
        const string match = """{"subject_prefix":"agent"}""";

        Ids(Rule(match) with { TokenLifetimeSeconds = 3601 }, Own).ShouldContain("L16");
        Ids(Rule(match), Own).ShouldNotContain(id => id == "L16");
        Ids(Rule(match) with { Scopes = [Scopes.OrganizationAdmin] }, Own).ShouldContain("L16");
    }

    [Theory]
    [InlineData("tunnel:agent", "any", true)]
    [InlineData("edge:serve", "none", true)]
    [InlineData("certificate:issue", "any", true)]
    [InlineData("tunnel:agent", "dpop", false)]
    [InlineData("tunnel:agent", "mtls", false)]
    [InlineData("workspace:manage_tunnels", "any", false)]
    public void L18_BearerForMachines_IsWarnedOf(string scope, string bind, bool found) =>
        Ids(
                Rule("""{"subject_prefix":"agent"}""") with
                {
                    Scopes = [scope],
                    Bind = WireNames.Find<RuleBind>(bind)!.Value,
                },
                Own
            )
            .Contains("L18")
            .ShouldBe(found);

    [Theory]
    [InlineData("""{"condition":"'Engineering' in directory.groups"}""", "L19")]
    [InlineData("""{"condition":"'scg_1' in directory.group_ids"}""", "")]
    [InlineData("""{"condition":"claims.directory == 'x'"}""", "")]
    public void L19_GroupsByName_AreWarnedOf(string match, string expected) =>
        string.Join(' ', Ids(Rule(match), Own)).ShouldBe(expected);

    private static void ShouldFind(string id, LintSeverity severity, string url, string match, bool found)
    {
        var lint = Lint(url, match).SingleOrDefault(l => l.Id == id);

        (lint?.Severity).ShouldBe(found ? severity : null, lint?.Message);
        (lint is null || lint.Message.Length > 0).ShouldBeTrue();
    }

    private static List<string> Ids(Rule rule, string url) => [.. Linter.Lint(rule, Issuer(url)).Select(l => l.Id)];

    private static IReadOnlyList<Lint> Lint(string url, string match) => Linter.Lint(Rule(match), Issuer(url));

    private static Rule Rule(string match)
    {
        var document = JsonSerializer.Deserialize(match, FederationJson.Default.MatchDocument)!;
        var read = RuleMatchReader.Read(document);
        read.Refusal.ShouldBeNull();
        return new Rule
        {
            Id = RuleId.New(),
            OrganizationId = "o",
            Name = "rule",
            Description = "",
            IssuerId = IssuerId.New(),
            ServiceAccountId = ServiceAccountId.New(),
            Match = read.Value!,
            Scopes = [Scopes.ManageTunnels],
            TokenLifetimeSeconds = 3600,
            AppliesToAllWorkspaces = true,
            WorkspaceIds = [],
            TunnelIds = [],
            EdgeIds = [],
            Stamps = ChangeStamps.Created(DateTimeOffset.UnixEpoch, "key"),
        };
    }

    private static Issuer Issuer(string url) =>
        new()
        {
            Id = IssuerId.New(),
            OrganizationId = "o",
            Name = "issuer",
            Url = url,
            KeySource = new DiscoveryKeySource(null, null),
            MaxJwtLifetimeSeconds = 3600,
            AllowedTargets = [],
            Stamps = ChangeStamps.Created(DateTimeOffset.UnixEpoch, "key"),
        };
}

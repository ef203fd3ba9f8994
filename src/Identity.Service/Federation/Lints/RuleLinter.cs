using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Lints.Checks;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>Checks a rule for what its author may not have intended. Pure: depends on rule and issuer alone.</summary>
internal sealed class RuleLinter(ServiceIdentity identity)
{
    private static readonly ILintCheck[] Checks =
    [
        new TenantIsPinned(),
        new AudienceIsOurs(),
        new RuleNarrows(),
        new PatternEndsWhole(),
        new PinsAreIds(),
        new GitHubContextIsNamed(),
        new GitHubEventIsNamed(),
        new EnvironmentIsProtected(),
        new CalledWorkflowHasCaller(),
        new SubjectIsStandard(),
        new RunnerIsNamed(),
        new GitLabRefIsProtected(),
        new ServiceAccountIsItself(),
        new RunIsTheRightOne(),
        new PeopleAreNotMatched(),
        new GrantFitsAssertion(),
        new MachineTokensAreBound(),
        new GroupsAreIds(),
        new ClientIsNamed(),
    ];

    /// <summary>In the order of their ids.</summary>
    public IReadOnlyList<Lint> Lint(Rule rule, Issuer issuer)
    {
        var linted = new LintedRule(rule, issuer, identity.PublicUrl);
        return [.. Checks.Select(check => check.Check(linted)).OfType<Lint>()];
    }

    public Refusal? Check(Rule rule, Issuer issuer) => ToRefusal(Lint(rule, issuer));

    public static Refusal? ToRefusal(IReadOnlyList<Lint> lints)
    {
        if (lints.FirstOrDefault(lint => lint.Severity == LintSeverity.Error) is not { } first)
        {
            return null;
        }

        var ids = new System.Text.Json.Nodes.JsonArray([
            .. lints
                .Where(lint => lint.Severity == LintSeverity.Error)
                .Select(lint => (System.Text.Json.Nodes.JsonNode?)lint.Id),
        ]);
        return FederationErrors.Lint.Refuse($"{first.Id}: {first.Message}").With("lint", first.Id).With("lints", ids);
    }
}

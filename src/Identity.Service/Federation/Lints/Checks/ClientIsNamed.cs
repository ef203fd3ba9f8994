using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L20: any client gets tokens by the rule, also one that does not exist yet.</summary>
internal sealed class ClientIsNamed : ILintCheck
{
    public string Id => "L20";

    public Lint? Check(LintedRule rule) =>
        rule.Rule is { SubjectType: SubjectType.Person, ClientIds.Count: 0 }
            ? Lint.Warning(
                Id,
                "client_ids: any client gets tokens by this rule once a person allows it, also one that is registered later, "
                    + "one with a metadata document of an allowed host, or one that registers itself; list the clients."
            )
            : null;
}

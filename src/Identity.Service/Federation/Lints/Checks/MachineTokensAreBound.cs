using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L18: a bearer token enrols any machine that holds it.</summary>
internal sealed class MachineTokensAreBound : ILintCheck
{
    public string Id => "L18";

    public Lint? Check(LintedRule rule) =>
        rule.Rule.Bind is RuleBind.Any or RuleBind.None
        && rule.Rule.Scopes.FirstOrDefault(scope =>
            scope is Scopes.TunnelAgent or Scopes.EdgeServe or Scopes.CertificateIssue
        )
            is { } machine
            ? Lint.Warning(
                Id,
                $"bind: a stolen token with {machine} enrols the thief; our agents and edges prove a key anyway, so demand "
                    + "bind = dpop."
            )
            : null;
}

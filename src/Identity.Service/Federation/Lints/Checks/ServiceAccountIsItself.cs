using Culvert.Identity.Service.Federation.Issuers;

namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L13: anyone who may create names in a cluster can have a name, and many clusters share an address.</summary>
internal sealed class ServiceAccountIsItself : ILintCheck
{
    private const string Uid = "/kubernetes.io/serviceaccount/uid";

    public string Id => "L13";

    public Lint? Check(LintedRule rule)
    {
        if (!rule.IsOf("kubernetes", "eks", "gke", "aks"))
        {
            return null;
        }

        if (
            rule.Issuer.Url.StartsWith("https://kubernetes.default.svc", StringComparison.OrdinalIgnoreCase)
            && (rule.Issuer.KeySource is not InlineKeySource || rule.Audience == rule.PublicUrl)
        )
        {
            return Lint.Warning(
                Id,
                "issuer: many clusters have the issuer https://kubernetes.default.svc; give this one inline keys and the "
                    + "rule an audience that only this cluster uses."
            );
        }

        if (rule.SubjectPins.Any(pin => pin.Values.Any(value => value.EndsWith(":default", StringComparison.Ordinal))))
        {
            return Lint.Warning(
                Id,
                "match: every pod without a service account runs as default; create an account for this workload."
            );
        }

        return rule.Reads(Uid)
            ? null
            : Lint.Warning(
                Id,
                $"match: anyone who may create the namespace and the account gets access; pin {Uid} (kubectl get serviceaccount "
                    + "NAME -o jsonpath={.metadata.uid}) with a matcher."
            );
    }
}

using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>The reasons' stable spelling in history and audit: snake case.</summary>
internal static class DenialReasons
{
    private const string Page = "docs/explain.md#";

    /// <summary>The same token may be accepted later: the cause is a moment's, not the token's.</summary>
    public static bool IsRetryable(this DenialReason reason) =>
        reason
            is DenialReason.KeysUnavailable
                or DenialReason.KidUnknown
                or DenialReason.NotYetValid
                or DenialReason.IssuedInFuture;

    /// <summary>The token was accepted; what the rule grants to it, where, and how bound was not.</summary>
    public static bool IsAboutTheGrant(this DenialReason reason) =>
        reason
            is DenialReason.WorkspaceIdRequired
                or DenialReason.WorkspaceNotCovered
                or DenialReason.RoleInsufficient
                or DenialReason.BindingRequired
                or DenialReason.ScopeNotGranted
                or DenialReason.TargetNotAllowed;

    /// <summary>
    /// What a caller may hear of a refusal before the signature was proved: not whether a rule exists, nor which key.
    /// </summary>
    public static DenialReason Coarse(this DenialReason reason) =>
        reason switch
        {
            DenialReason.IssuerUnknown => DenialReason.IssuerUnknown,
            DenialReason.TokenMalformed
            or DenialReason.AlgNotAllowed
            or DenialReason.TypNotAllowed
            or DenialReason.KidMissing => DenialReason.TokenMalformed,
            DenialReason.KidUnknown or DenialReason.KeyRevoked or DenialReason.SignatureInvalid =>
                DenialReason.SignatureInvalid,
            DenialReason.KeysUnavailable => DenialReason.KeysUnavailable,
            _ => DenialReason.RuleNotFound,
        };

    /// <summary>The reason of that spelling; null = there is none.</summary>
    public static DenialReason? Parse(string name) => WireNames.Find<DenialReason>(name);

    /// <summary>Where the documentation explains it.</summary>
    public static string Documentation(this DenialReason reason) => Page + reason.Name();

    public static string Name(this DenialReason reason) => WireNames.Of(reason);
}

using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>The reasons' stable names in history and audit, in snake case.</summary>
internal static class DenialReasons
{
    private const string Page = "docs/explain.md#";

    /// <summary>The same token may be accepted later, because the cause is temporary.</summary>
    public static bool IsRetryable(this DenialReason reason) =>
        reason
            is DenialReason.KeysUnavailable
                or DenialReason.KidUnknown
                or DenialReason.NotYetValid
                or DenialReason.IssuedInFuture;

    /// <summary>The token was accepted, but the rule does not grant what, where or how the client requested it.</summary>
    public static bool IsAboutTheGrant(this DenialReason reason) =>
        reason
            is DenialReason.WorkspaceIdRequired
                or DenialReason.WorkspaceNotCovered
                or DenialReason.RoleInsufficient
                or DenialReason.BindingRequired
                or DenialReason.ScopeNotGranted
                or DenialReason.TargetNotAllowed;

    /// <summary>The reason for an unproven caller: reveals neither whether a rule exists nor which key.</summary>
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

    public static DenialReason? Parse(string name) => WireNames.Find<DenialReason>(name);

    public static string Documentation(this DenialReason reason) => Page + reason.Name();

    public static string Name(this DenialReason reason) => WireNames.Get(reason);
}

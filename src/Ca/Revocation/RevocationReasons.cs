namespace Culvert.Ca.Revocation;

/// <summary>The names of reasons, as in RFC 5280 §5.3.1.</summary>
public static class RevocationReasons
{
    private static readonly (RevocationReason Reason, string Name)[] Table =
    [
        (RevocationReason.Unspecified, "unspecified"),
        (RevocationReason.KeyCompromise, "keyCompromise"),
        (RevocationReason.CaCompromise, "cACompromise"),
        (RevocationReason.AffiliationChanged, "affiliationChanged"),
        (RevocationReason.Superseded, "superseded"),
        (RevocationReason.CessationOfOperation, "cessationOfOperation"),
        (RevocationReason.CertificateHold, "certificateHold"),
        (RevocationReason.RemoveFromCrl, "removeFromCRL"),
        (RevocationReason.PrivilegeWithdrawn, "privilegeWithdrawn"),
        (RevocationReason.AaCompromise, "aACompromise"),
    ];

    /// <summary>The reasons for revoking a leaf. No hold, because revocation is permanent.</summary>
    public static IReadOnlyList<RevocationReason> OfLeaves { get; } =
    [
        RevocationReason.Unspecified,
        RevocationReason.KeyCompromise,
        RevocationReason.AffiliationChanged,
        RevocationReason.Superseded,
        RevocationReason.CessationOfOperation,
        RevocationReason.PrivilegeWithdrawn,
    ];

    public static string GetName(RevocationReason reason) => Array.Find(Table, entry => entry.Reason == reason).Name;

    public static RevocationReason? Find(string name)
    {
        foreach ((RevocationReason reason, string known) in Table)
        {
            if (known == name)
            {
                return reason;
            }
        }

        return null;
    }

    internal static bool IsKnown(int value) => value is >= 0 and <= 10 and not 7;
}

namespace Culvert.Ca.Revocation;

/// <summary>The spelling of reasons, as RFC 5280 §5.3.1 has it.</summary>
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

    /// <summary>
    /// The reasons for which a leaf may be revoked. No hold: revocation is permanent, and every verifier agrees on it.
    /// </summary>
    public static IReadOnlyList<RevocationReason> OfLeaves { get; } =
    [
        RevocationReason.Unspecified,
        RevocationReason.KeyCompromise,
        RevocationReason.AffiliationChanged,
        RevocationReason.Superseded,
        RevocationReason.CessationOfOperation,
        RevocationReason.PrivilegeWithdrawn,
    ];

    /// <summary>The spelling.</summary>
    public static string GetName(RevocationReason reason) => Array.Find(Table, entry => entry.Reason == reason).Name;

    /// <summary>Null when there is no such reason.</summary>
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

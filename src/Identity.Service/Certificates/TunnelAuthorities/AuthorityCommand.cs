namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Commands on an authority. For the state changes see <see cref="AuthorityTransitions"/>.</summary>
internal enum AuthorityCommand
{
    MakeKey,

    IssueRequest,

    Upload,

    /// <summary>The chain passed its checks and the trial.</summary>
    Verify,

    /// <summary>The chain failed its checks, at upload or at approval.</summary>
    Reject,

    /// <summary>An administrator compared the fingerprint and approves.</summary>
    Approve,

    /// <summary>Its certificate is added to the trust bundle.</summary>
    Stage,

    /// <summary>It starts to issue; the previous authority retires.</summary>
    Activate,

    /// <summary>Undoes a switch: the new authority becomes staged again.</summary>
    StandBy,

    /// <summary>Undoes a switch: the old authority issues again.</summary>
    Reinstate,

    /// <summary>It stops issuing temporarily.</summary>
    Suspend,

    Resume,

    /// <summary>It stops issuing permanently and stays trusted until its last leaf has expired.</summary>
    Retire,

    /// <summary>Its certificate is removed from the trust bundle.</summary>
    Withdraw,

    /// <summary>Its key is or may be compromised.</summary>
    Taint,

    Expire,

    Delete,

    Restore,
}

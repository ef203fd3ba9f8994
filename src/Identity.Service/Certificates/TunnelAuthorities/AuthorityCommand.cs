namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>What can be done with an authority. From where to where: <see cref="AuthorityTransitions"/>.</summary>
internal enum AuthorityCommand
{
    /// <summary>The key was made where it will live.</summary>
    MakeKey,

    /// <summary>The signing request is given out.</summary>
    IssueRequest,

    /// <summary>A chain came in.</summary>
    Upload,

    /// <summary>The chain passed its checks and the trial.</summary>
    Verify,

    /// <summary>The chain failed, now or when it was approved.</summary>
    Reject,

    /// <summary>An administrator compared the fingerprint and approves.</summary>
    Approve,

    /// <summary>Its certificate enters the trust bundle.</summary>
    Stage,

    /// <summary>It begins to issue; the one before it retires.</summary>
    Activate,

    /// <summary>A switch is undone: the new one becomes staged again.</summary>
    StandBy,

    /// <summary>A switch is undone: the old one issues again.</summary>
    Reinstate,

    /// <summary>It stops issuing for a while.</summary>
    Suspend,

    /// <summary>It issues again.</summary>
    Resume,

    /// <summary>It stops issuing permanently and stays trusted until its last leaf has expired.</summary>
    Retire,

    /// <summary>Its certificate leaves the trust bundle.</summary>
    Withdraw,

    /// <summary>Its key is or may be known to others.</summary>
    Taint,

    /// <summary>Its time is over.</summary>
    Expire,

    /// <summary>It becomes a tombstone.</summary>
    Delete,

    /// <summary>A tombstone becomes again what it was.</summary>
    Restore,
}

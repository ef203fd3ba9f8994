namespace Culvert.Identity.Service.Console.Sessions;

/// <summary>The effect of a sign-in on the admin key of init (S1), which the person is shown.</summary>
internal enum FirstKeyFate
{
    /// <summary>
    /// No effect: it is already revoked or expired, or it is the key of this sign-in, or the person is not a security-admin.
    /// </summary>
    Untouched,

    /// <summary>Not revoked, because no other live key may operate the installation.</summary>
    NotRevoked,

    Revoked,
}

namespace Culvert.Identity.Service.Console.Sessions;

/// <summary>What a sign-in did to the admin key that init made (S1); the person should learn of it.</summary>
internal enum FirstKeyFate
{
    /// <summary>
    /// Nothing: it had ended before, or it is the key that was signed in with, or the person does not have the role
    /// security-admin.
    /// </summary>
    Untouched,

    /// <summary>It stays, because no other live key may operate the installation.</summary>
    Kept,

    Revoked,
}

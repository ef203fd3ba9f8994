namespace Culvert.Machine.Client.Access;

/// <summary>How a machine proves itself for the first time.</summary>
public enum IdentityMode
{
    /// <summary>By its identity provider's token, exchanged for an access token.</summary>
    Automatic,

    /// <summary>By the tunnel token (agents alone, S5).</summary>
    Manual,
}

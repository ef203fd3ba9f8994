namespace Culvert.Machine.Client.Access;

/// <summary>How a machine proves itself for the first time.</summary>
public enum IdentityMode
{
    /// <summary>The identity provider's token is exchanged for an access token.</summary>
    Automatic,

    /// <summary>The tunnel token (agents only, S5).</summary>
    Manual,
}

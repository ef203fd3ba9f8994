namespace Culvert.Machine.Client.Access;

/// <summary>How a machine authenticates when it enrols.</summary>
public enum IdentityMode
{
    /// <summary>The machine exchanges a token of an identity provider for an access token.</summary>
    Automatic,

    /// <summary>The machine presents a tunnel token (agents only, S5).</summary>
    Manual,
}

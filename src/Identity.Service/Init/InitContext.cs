using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Init;

/// <summary>The options of init, and the results of earlier steps.</summary>
/// <param name="OrganizationName">Of the first organization.</param>
/// <param name="AdminKeyFile">Absolute path that the admin key goes to, unless it is given.</param>
internal sealed record InitContext(string OrganizationName, string AdminKeyFile)
{
    /// <summary>
    /// Reads the admin key that the operator gives, and keeps; null = one is made and written to the file. Not called
    /// when there is an installation already: the operator may have removed the key.
    /// </summary>
    public Func<string>? GivenAdminKey { get; init; }

    /// <summary>Set by the first step.</summary>
    public Organization? Organization { get; set; }

    public Workspace? DefaultWorkspace { get; set; }

    /// <summary>Lines that init prints at the end; never a secret.</summary>
    public IList<string> Messages { get; } = [];
}

using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Init;

/// <summary>The options of init, and the results of earlier steps.</summary>
/// <param name="OrganizationName">The name of the first organization.</param>
/// <param name="AdminKeyFile">The absolute path of the file that init writes a generated admin key to.</param>
internal sealed record InitContext(string OrganizationName, string AdminKeyFile)
{
    /// <summary>
    /// Reads the admin key that the operator supplies; null = init generates a key and writes it to the file. Not called if
    /// an installation exists: the operator may have removed the key.
    /// </summary>
    public Func<string>? ReadAdminKey { get; init; }

    public Organization? Organization { get; set; }

    public Workspace? DefaultWorkspace { get; set; }

    /// <summary>Lines that init prints at its end; never secrets.</summary>
    public IList<string> Messages { get; } = [];
}

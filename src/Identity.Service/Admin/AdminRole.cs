using System.Collections.Frozen;

namespace Culvert.Identity.Service.Admin;

/// <summary>What a key may do, by the name that people use. A role is nothing but its scopes.</summary>
/// <param name="Name">As written in requests and on the command line.</param>
/// <param name="Scopes">What the key holds.</param>
internal sealed record AdminRole(string Name, IReadOnlySet<string> Scopes)
{
    /// <summary>Tunnels and what hangs on them.</summary>
    public static readonly AdminRole Operator = Of("operator", Culvert.Identity.Service.Http.Scopes.ManageTunnels);

    /// <summary>Everything in its organization: certificate authorities, federation, other keys.</summary>
    public static readonly AdminRole SecurityAdmin = Of(
        "security-admin",
        Culvert.Identity.Service.Http.Scopes.OrganizationAdmin
    );

    /// <summary>As the key that init makes: the installation too (S1).</summary>
    public static readonly AdminRole InstallationOperator = Of(
        "installation-operator",
        Culvert.Identity.Service.Http.Scopes.InstallationOperate,
        Culvert.Identity.Service.Http.Scopes.OrganizationAdmin
    );

    public static readonly IReadOnlyList<AdminRole> All = [Operator, SecurityAdmin, InstallationOperator];

    /// <summary>For messages.</summary>
    public static string Names => string.Join(", ", All.Select(role => role.Name));

    public static AdminRole? Find(string name) => All.FirstOrDefault(role => role.Name == name);

    /// <summary>Null when the scopes are those of no role.</summary>
    public static AdminRole? Find(IReadOnlySet<string> scopes) =>
        All.FirstOrDefault(role => role.Scopes.SetEquals(scopes));

    private static AdminRole Of(string name, params string[] scopes) =>
        new(name, scopes.ToFrozenSet(StringComparer.Ordinal));
}

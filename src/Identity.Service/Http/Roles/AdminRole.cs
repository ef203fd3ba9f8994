using System.Collections.Frozen;

namespace Culvert.Identity.Service.Http.Roles;

/// <summary>A role: the same model for admin keys, the console and command-line sign-in.</summary>
/// <param name="Name">From <see cref="RoleName"/>.</param>
/// <param name="Scopes">Additional scopes of an admin key with the role. People have no scopes (S32).</param>
internal sealed record AdminRole(string Name, IReadOnlySet<string> Scopes)
{
    /// <summary>Reads everything of the organization that the console shows, but no secrets.</summary>
    public static readonly AdminRole Viewer = new(RoleName.Viewer, With());

    /// <summary>
    /// Viewer; also reads all evidence: exports, proofs, tokens, call approvals, policies. Changes nothing.
    /// </summary>
    public static readonly AdminRole Auditor = new(RoleName.Auditor, With());

    /// <summary>Viewer; also decides what needs a person's approval. Changes nothing else.</summary>
    public static readonly AdminRole Approver = new(RoleName.Approver, With());

    /// <summary>Viewer; also operates tunnels. A key may do everything that its scope allows.</summary>
    public static readonly AdminRole Operator = new(RoleName.Operator, With(Http.Scopes.ManageTunnels));

    /// <summary>Everything that a person may do in the organization. A key may also create keys and read secrets.</summary>
    public static readonly AdminRole SecurityAdmin = new(RoleName.SecurityAdmin, With(Http.Scopes.OrganizationAdmin));

    /// <summary>Provisions the people and groups of an identity provider, and reads nothing else. Only for keys.</summary>
    public static readonly AdminRole Scim = new(RoleName.Scim, With(Http.Scopes.Scim));

    /// <summary>Also operates the installation, like the key of init (S1). Only for keys.</summary>
    public static readonly AdminRole InstallationOperator = new(
        RoleName.InstallationOperator,
        With(Http.Scopes.InstallationOperate, Http.Scopes.OrganizationAdmin)
    );

    public static readonly IReadOnlyList<AdminRole> All =
    [
        Viewer,
        Auditor,
        Approver,
        Operator,
        SecurityAdmin,
        Scim,
        InstallationOperator,
    ];

    /// <summary>The roles that an identity provider's claims can grant (S32).</summary>
    public static readonly IReadOnlyList<AdminRole> OfPeople = [.. All.Except([Scim, InstallationOperator])];

    public static string Names => Describe(All);

    public static string Describe(IEnumerable<AdminRole> roles) => string.Join(", ", roles.Select(role => role.Name));

    public static AdminRole? Find(string name) => All.FirstOrDefault(role => role.Name == name);

    /// <summary>The role of a key that was created before keys had roles: null if no role has these scopes.</summary>
    public static AdminRole? Find(IReadOnlySet<string> scopes) =>
        All.FirstOrDefault(role => role.Scopes.Count > 0 && role.Scopes.SetEquals(scopes));

    private static FrozenSet<string> With(params string[] scopes) => scopes.ToFrozenSet(StringComparer.Ordinal);
}

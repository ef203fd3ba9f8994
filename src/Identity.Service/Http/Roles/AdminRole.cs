using System.Collections.Frozen;

namespace Culvert.Identity.Service.Http.Roles;

/// <summary>What a person may do: one model for admin keys, the console and the sign-in of the command line.</summary>
/// <param name="Name">One of <see cref="RoleName"/>.</param>
/// <param name="Scopes">Which scopes an admin key of the role has in addition. People have none (S32).</param>
/// <param name="Operations">Which operations the role may call, by <see cref="ApiOperation.Name"/>.</param>
internal sealed record AdminRole(string Name, IReadOnlySet<string> Scopes, IReadOnlySet<string> Operations)
{
    /// <summary>Reads everything of the organization that the console shows, and nothing secret.</summary>
    public static readonly AdminRole Viewer = new(RoleName.Viewer, With(), RoleRights.Viewing);

    /// <summary>Viewer, and reads all evidence: exports, proofs, tokens, approvals of calls, policies. Changes nothing.</summary>
    public static readonly AdminRole Auditor = new(
        RoleName.Auditor,
        With(),
        Join(RoleRights.Viewing, RoleRights.Reviewing, RoleRights.Auditing)
    );

    /// <summary>Viewer, and decides what needs a person's approval. Changes nothing else.</summary>
    public static readonly AdminRole Approver = new(
        RoleName.Approver,
        With(),
        Join(RoleRights.Viewing, RoleRights.Reviewing, RoleRights.DecidingCalls, RoleRights.Approving)
    );

    /// <summary>Viewer, and runs tunnels. A key may do all that its scope allows.</summary>
    public static readonly AdminRole Operator = new(
        RoleName.Operator,
        With(Http.Scopes.ManageTunnels),
        Join(RoleRights.Viewing, RoleRights.Reviewing, RoleRights.DecidingCalls, RoleRights.Operating)
    );

    /// <summary>All that a person may do in the organization. A key may also make keys and read secrets.</summary>
    public static readonly AdminRole SecurityAdmin = new(
        RoleName.SecurityAdmin,
        With(Http.Scopes.OrganizationAdmin),
        RoleRights.InOrganization
    );

    /// <summary>As the key that init makes: the installation too (S1). Of keys alone.</summary>
    public static readonly AdminRole InstallationOperator = new(
        RoleName.InstallationOperator,
        With(Http.Scopes.InstallationOperate, Http.Scopes.OrganizationAdmin),
        RoleRights.InOrganization
    );

    public static readonly IReadOnlyList<AdminRole> All =
    [
        Viewer,
        Auditor,
        Approver,
        Operator,
        SecurityAdmin,
        InstallationOperator,
    ];

    /// <summary>Those that an identity provider's claims can give (S32).</summary>
    public static readonly IReadOnlyList<AdminRole> OfPeople = [.. All.Except([InstallationOperator])];

    /// <summary>For messages.</summary>
    public static string Names => Describe(All);

    public static string Describe(IEnumerable<AdminRole> roles) => string.Join(", ", roles.Select(role => role.Name));

    public static AdminRole? Find(string name) => All.FirstOrDefault(role => role.Name == name);

    /// <summary>The role of a key that was made before keys had a role: null when the scopes are those of no role.</summary>
    public static AdminRole? Find(IReadOnlySet<string> scopes) =>
        All.FirstOrDefault(role => role.Scopes.Count > 0 && role.Scopes.SetEquals(scopes));

    // A record would print every operation.
    public override string ToString() => Name;

    private static FrozenSet<string> With(params string[] scopes) => scopes.ToFrozenSet(StringComparer.Ordinal);

    private static FrozenSet<string> Join(params IReadOnlySet<string>[] sets) =>
        sets.SelectMany(set => set).ToFrozenSet(StringComparer.Ordinal);
}

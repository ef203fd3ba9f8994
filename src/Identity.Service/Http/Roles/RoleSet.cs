namespace Culvert.Identity.Service.Http.Roles;

/// <summary>
/// The roles that may call an operation, by what the operation is for. The security admin is in each set, and so is the
/// installation operator; a directory's key is in none. Operations of the whole installation have none: no role of an organization grants those.
/// </summary>
internal static class RoleSet
{
    public static readonly IReadOnlyList<AdminRole> Viewing = [.. AdminRole.All.Except([AdminRole.Scim])];

    /// <summary>
    /// Call approvals and policy versions. Not for viewers: a request contains argument values, and a policy shows what is
    /// not refused; no other page or audit entry contains either.
    /// </summary>
    public static readonly IReadOnlyList<AdminRole> Reviewing =
    [
        AdminRole.Auditor,
        AdminRole.Approver,
        AdminRole.Operator,
        .. Admins,
    ];

    /// <summary>All evidence, for export and verification elsewhere.</summary>
    public static readonly IReadOnlyList<AdminRole> Auditing = [AdminRole.Auditor, .. Admins];

    /// <summary>Lint evaluates rules and changes nothing.</summary>
    public static readonly IReadOnlyList<AdminRole> Linting = [AdminRole.Auditor, AdminRole.Approver, .. Admins];

    public static readonly IReadOnlyList<AdminRole> Operating = [AdminRole.Operator, .. Admins];

    /// <summary>Approving, and the checks before it.</summary>
    public static readonly IReadOnlyList<AdminRole> Approving = [AdminRole.Approver, .. Admins];

    public static readonly IReadOnlyList<AdminRole> DecidingCalls = [AdminRole.Approver, AdminRole.Operator, .. Admins];

    public static readonly IReadOnlyList<AdminRole> Administering = Admins;

    private static IReadOnlyList<AdminRole> Admins => [AdminRole.SecurityAdmin, AdminRole.InstallationOperator];
}

namespace Culvert.Identity.Service.Console.Access;

/// <summary>What an identity provider's claims can make of a person (S32).</summary>
internal static class ConsoleRole
{
    /// <summary>Sees everything of the organization that is not secret.</summary>
    public const string Viewer = "viewer";

    /// <summary>Viewer, and runs tunnels.</summary>
    public const string Operator = "operator";

    /// <summary>All that a person may do in the organization.</summary>
    public const string SecurityAdmin = "security-admin";

    /// <summary>Viewer, and agrees to what others prepared.</summary>
    public const string Approver = "approver";

    public static readonly IReadOnlyList<string> All = [Viewer, Operator, SecurityAdmin, Approver];
}

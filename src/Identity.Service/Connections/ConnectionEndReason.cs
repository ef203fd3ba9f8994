namespace Culvert.Identity.Service.Connections;

/// <summary>Why a grant ended, in the audit.</summary>
internal static class ConnectionEndReason
{
    /// <summary>An administrator revoked it.</summary>
    public const string ByAdministrator = "by_administrator";

    /// <summary>The person disconnected on the page.</summary>
    public const string ByPerson = "by_person";

    /// <summary>The person connected again.</summary>
    public const string Replaced = "replaced";

    /// <summary>The connection or its tunnel was archived.</summary>
    public const string Archived = "archived";

    /// <summary>The person's access was withdrawn, for example by an off-boarding.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>The upstream refused the refresh token.</summary>
    public const string RefusedByUpstream = "refused_by_upstream";

    /// <summary>The upstream refused the refresh token after a refresh without a result.</summary>
    public const string RefreshInterrupted = "refresh_interrupted";

    /// <summary>The access token expired, and the upstream gave no refresh token.</summary>
    public const string Expired = "expired";
}

namespace Culvert.Identity.Service.Authorization;

/// <summary>The options of the organizations' authorization servers.</summary>
internal sealed record AuthorizationOptions
{
    public static readonly TimeSpan LongestRefresh = TimeSpan.FromDays(365);

    /// <summary>Whether people can sign in to routes. Requires a provider in <c>sign_in</c>.</summary>
    public bool Enabled { get; init; }

    /// <summary>A refresh token expires after this time without use.</summary>
    public TimeSpan RefreshIdle { get; init; } = TimeSpan.FromDays(30);

    /// <summary>No refresh extends a grant beyond this time after the sign-in.</summary>
    public TimeSpan RefreshLifetime { get; init; } = TimeSpan.FromDays(90);
}
